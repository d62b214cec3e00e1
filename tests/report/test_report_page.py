"""report.html and the comparison page, read as a browser's parser reads them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_cases import EVIL_AREA, EVIL_PROVIDER, GOALS, RULES, awarded, solved

from lotopt.core.result import Result
from lotopt.design.design import LotDesign
from lotopt.report.page import write_report

VOID = {"meta", "input", "br", "link", "img", "hr"}
CLOSED_IN_SVG = {"path", "rect", "use"}


class Reader(HTMLParser):
    """Collects elements and text, and holds that every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"{tag} repeats an attribute"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in CLOSED_IN_SVG, f"<{tag}/> closes nothing in HTML"
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(shaped: LotDesign, tmp_path: Path) -> str:
    """The report of a design with hostile names, with awards."""
    path = write_report(
        tmp_path / "report.html",
        solved(shaped),
        awarded(shaped),
        title="Three <lots> & more",
        rules=RULES,
        goals=GOALS,
        scenario_text='title = "</pre><script>alert(3)</script>"',
    )
    return path.read_text(encoding="utf-8")


def test_it_is_well_formed(page: str) -> None:
    """Every element is closed, ids are unique, every label and link meets its target."""
    found = Reader(page)
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    meant = [a["aria-labelledby"] for _, a in found.elements if "aria-labelledby" in a]
    meant += [str(a["href"])[1:] for _, a in found.elements if str(a.get("href", "")).startswith("#")]
    assert set(meant) <= set(ids)


def test_nothing_is_fetched(page: str) -> None:
    """No element names another address, and the style sheet has no url but fragments."""
    found = Reader(page)
    for tag, attributes in found.elements:
        assert not {"src", "srcset", "action", "data", "poster"} & attributes.keys(), tag
        assert str(attributes.get("href") or "#").startswith("#"), tag
    assert not found.named("link")
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert "@import" not in page


def test_the_policy_allows_these_texts_only(page: str) -> None:
    """The hashes in the policy are those of the one style and the one script; there are no inline styles."""
    found = Reader(page)
    policy = next(m["content"] for m in found.named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        text = [data for name, data in found.texts if name == tag][-1]  # the first script is data
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not any("style" in attributes or "onclick" in attributes for _, attributes in found.elements)


def test_names_are_text_wherever_they_come(page: str) -> None:
    """Hostile names of areas, providers, titles and scenarios stay text: no element comes from them."""
    found = Reader(page)
    assert not found.named("img")
    assert len(found.named("script")) == 2  # the page's own, and the data that it reads
    shown = [data for tag, data in found.texts if tag not in ("script", "style")]
    assert EVIL_AREA in shown
    assert EVIL_PROVIDER in shown
    data = json.loads(next(text for tag, text in found.texts if tag == "script"))
    assert data["areas"][0]["n"] == EVIL_AREA


def test_every_area_once_on_the_map_and_once_in_the_table(page: str, shaped: LotDesign) -> None:
    """The table says in words what the map shows in colour."""
    found = Reader(page)
    options = [a for a in found.named("path") if a.get("role") == "option"]
    told = sorted((int(a["data-a"]), int(a["data-l"])) for a in options)
    assert told == list(enumerate(shaped.of.tolist()))
    table = page.split("Every area and its lot</caption>")[1].split("</table>")[0]
    heads = re.findall(r'<th scope="row">(.*?)</th>', table)
    assert len(heads) == len(set(heads)) == len(shaped.territory)


def test_tables_have_captions_and_scopes(page: str) -> None:
    """What a screen reader needs to say where it is."""
    found = Reader(page)
    assert len(found.named("table")) == len(found.named("caption"))
    assert all(head.get("scope") in ("col", "row") for head in found.named("th"))
    assert found.named("html") == [{"lang": "en-GB"}]


def test_the_same_result_gives_the_same_bytes(shaped: LotDesign, tmp_path: Path) -> None:
    """No time of writing, no order of a set."""
    first = write_report(tmp_path / "a.html", solved(shaped), awarded(shaped), rules=RULES).read_bytes()
    assert write_report(tmp_path / "b.html", solved(shaped), awarded(shaped), rules=RULES).read_bytes() == first


def test_without_a_plan_the_page_tells_the_conflict(no_plan: Result[LotDesign], tmp_path: Path) -> None:
    """No map, no tables, but why."""
    page = write_report(tmp_path / "report.html", no_plan, title="Too much").read_text(encoding="utf-8")
    found = Reader(page)
    assert ("li", "There are exactly 9 lots.") in found.texts
    assert not found.named("svg")


def test_without_shapes_there_is_a_map_all_the_same(design: LotDesign, tmp_path: Path) -> None:
    """Circles, and a sentence that says so."""
    page = write_report(tmp_path / "report.html", solved(design)).read_text(encoding="utf-8")
    assert len([a for a in Reader(page).named("path") if a.get("role") == "option"]) == 9
    assert "This territory has no shapes" in page


def test_a_failure_leaves_the_old_file(shaped: LotDesign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced whole or not at all, and nothing is left beside it."""
    path = write_report(tmp_path / "out" / "report.html", solved(shaped))
    before = path.read_bytes()

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_report(path, solved(shaped), title="New")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
