"""Designs side by side: what is measured of each, how it is told, and what is refused."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from report_cases import EVIL_AREA, awarded, solved

import lotopt as lo
from lotopt.core.errors import InputError
from lotopt.core.result import Result
from lotopt.design.design import LotDesign
from lotopt.design.rules import SizeBetween
from lotopt.report.compare.comparison import Comparison
from lotopt.report.compare.entry import Entry, Won
from lotopt.report.compare.given import numbered
from lotopt.report.compare.tables import blocks, difference_table, figures_table
from lotopt.report.table import Column, Table

DESIGNS = (
    "contract-package-areas-2014",
    "noms-regions-2004",
    "nps-divisions-2014",
    "probation-areas-2001",
    "probation-regions-2021",
)


@pytest.fixture
def columns(design: LotDesign) -> LotDesign:
    """Nine squares again, in three lots that are columns."""
    return LotDesign.from_mapping(design.territory, {area: area[-2:] for area in design.territory.ids}, "Columns")


@pytest.fixture
def rows(design: LotDesign) -> LotDesign:
    """Nine squares in three lots that are rows, as the layer has them."""
    return LotDesign.from_mapping(design.territory, {area: area[:2] for area in design.territory.ids}, "Rows")


def figures(found: Comparison, name: str) -> dict[str, object]:
    return next(each.figures for each in found.measured if each.entry.name == name)


def test_every_figure_is_a_number(rows: LotDesign, columns: LotDesign) -> None:
    """Three rows of three squares against three columns: a square of each lot stays, six of nine move."""
    found = lo.compare(rows, columns)
    told = figures(found, "Columns")
    assert (told["lots"], told["smallest_cases"], told["largest_cases"], told["ratio_cases"]) == (3, 3, 3, 1)
    # two lines of three kilometres, over three borders each
    assert (told["border_km"], told["cut_edges"]) == (6.0, 6)
    # in a line of three the mean distance to the middle is (1 + 0 + 1) / 3 km, and each line has 1 + 0 + 1 km2
    assert (told["mean_km"], told["reach_km"], told["inertia"]) == (pytest.approx(2 / 3), 1.0, pytest.approx(6.0))
    assert (told["moved_areas"], told["moved_share"], told["same_lots"]) == (6, pytest.approx(2 / 3), 0)
    # a column meets all three rows, and says nothing of which
    assert (told["police_interfaces"], told["police_straddles"], told["police_v_measure"]) == (9, 3, 0.0)


def test_the_base_comes_first_and_has_nothing_to_be_held_against(rows: LotDesign, columns: LotDesign) -> None:
    """`against` names it, by the design itself or by its name."""
    for base in (columns, "Columns"):
        found = lo.compare(rows, columns, against=base, names=("Rows", "Columns"))
        assert [entry.name for entry in found.entries] == ["Columns", "Rows"]
        assert "moved_share" not in figures(found, "Columns")
        assert figures(found, "Rows")["moved_areas"] == 6


def test_a_base_that_is_none_of_the_designs_is_added(rows: LotDesign, columns: LotDesign, design: LotDesign) -> None:
    """It comes first, under its own title."""
    found = lo.compare(rows, columns, against=design)
    assert [entry.name for entry in found.entries] == ["Three lots", "Rows", "Columns"]


def test_names_are_given_or_numbered(rows: LotDesign) -> None:
    """Two designs of one title are told apart."""
    assert [entry.name for entry in lo.compare(rows, rows).entries] == ["Rows", "Rows-2"]
    assert [entry.name for entry in lo.compare(rows, rows, names=("old", "new")).entries] == ["old", "new"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a-2", "a-3"]),
        (["a-2", "a", "a"], ["a-2", "a", "a-3"]),
        (["a", "a", "a-2"], ["a", "a-3", "a-2"]),
        (["a", "A"], ["a", "A-2"]),
    ],
)
def test_numbered_names_are_distinct_folders(names: list[str], told: list[str]) -> None:
    """Also where a name looks like a numbered one, and on disks that know no capitals."""
    assert numbered(names) == told


def test_few_designs_are_columns_and_many_are_rows(rows: LotDesign, columns: LotDesign) -> None:
    """Up to three designs stand side by side; four stand below one another."""
    few = figures_table(lo.compare(rows, columns))
    assert [column.title for column in few.columns] == ["Figure", "Rows", "Columns"]
    many = figures_table(lo.compare(rows, columns, rows, columns))
    assert [row[0] for row in many.rows] == ["Rows", "Columns", "Rows-2", "Columns-2"]
    assert many.columns[0].title == "Design"


def test_a_wide_table_becomes_several() -> None:
    """Each with the first column and no wider than asked: 4 + 2 + 6 + 2 + 6 = 20."""
    head = (Column("Name"), *(Column(title, True) for title in ("Aaaaaa", "Bbbbbb", "Cccccc")))
    table = Table("Wide", head, (("x", "1", "2", "3"),))
    first, second = blocks(table, 20)
    assert [column.title for column in first.columns] == ["Name", "Aaaaaa", "Bbbbbb"]
    assert second.rows == (("x", "3"),)
    assert second.caption == "Wide (continued)"


def test_many_designs_stay_readable_on_the_terminal() -> None:
    """Five designs of England and Wales against ten layers: no line is longer than a hundred characters."""
    text = str(lo.compare(*DESIGNS))
    assert max(map(len, text.splitlines())) <= 100
    assert all(text.count(name) >= 3 for name in DESIGNS)


def test_differences_have_a_sign(rows: LotDesign, columns: LotDesign) -> None:
    """Two rows made one lot: a lot less, three kilometres of border less, three cases more; else nought."""
    halves = replace(rows, lots=("upper", "lower"), of=np.minimum(rows.of, 1), title="Two")
    table = difference_table(lo.compare(rows, columns, halves))
    at = {column.title: k for k, column in enumerate(table.columns)}
    told = {row[0]: row for row in table.rows}
    titles = ("Lots", "Border between lots, km", "Smallest lot, cases", "Largest lot, cases")
    assert [told["Two"][at[title]] for title in titles] == ["-1", "-3", "0", "+3"]
    assert [told["Columns"][at[title]] for title in titles] == ["0", "0", "0", "0"]
    assert told["Columns"][at["Moved, share of cases"]] == "66.7 %"


def test_prices_are_held_against_each_other_only_in_one_market(design: LotDesign) -> None:
    """A penny more in the same market is a difference; in another one it is none, and a note says why."""
    ours = Entry("a", solved(design), Won(Decimal("10.00"), 1, {}, False, "bids.xlsx"))
    same = replace(ours, name="b", won=replace(ours.won, total_price=Decimal("10.01")))
    other = replace(same, name="c", won=replace(same.won, source="others.xlsx"))
    base, b, c = Comparison.of([ours, same, other]).measured
    assert b.difference(base)["total_price"] == Decimal("0.01")
    assert "total_price" not in c.difference(base)
    assert "different markets" in " ".join(Comparison.of([ours, other]).notes())


def test_what_nobody_should_overlook_is_told_everywhere(design: LotDesign) -> None:
    """Made-up prices and a plan that breaks its rules: on the terminal, in the document, to whoever asks."""
    broken = solved(design, (SizeBetween(measure="cases", at_most=2),))
    found = Comparison.of([Entry("a", broken, Won.of(awarded(design, True))), Entry("b", solved(design))])
    warned = ("SIMULATED MARKET", "a breaks rules that were asked for")
    for told in (str(found), "\n".join(found.warnings()), "\n".join(found.document()["warnings"])):
        assert [word in told for word in warned] == [True, True]
    assert "\n! SIMULATED MARKET" in str(found)


def test_awards_are_told(design: LotDesign) -> None:
    """1000.10 + 2000.10 + 3000.10 GBP a year, to two providers."""
    found = Comparison.of([Entry("a", solved(design), Won.of(awarded(design))), Entry("b", solved(design))])
    assert figures(found, "a")["total_price"] == Decimal("6000.30")
    assert figures(found, "a")["providers"] == 2
    assert figures(found, "b")["total_price"] is None


def test_a_design_that_does_not_exist_has_a_row(design: LotDesign, no_plan: Result[LotDesign]) -> None:
    """Its status is told and nothing else; the first one with a plan is the base."""
    found = Comparison.of([Entry("nowhere", no_plan), Entry("here", solved(design))])
    assert found.base.name == "here"
    table = figures_table(found)
    assert [row[2] for row in table.rows if row[0] == "Status"] == ["no design exists"]
    assert {row[2] for row in table.rows if row[0] != "Status"} == {""}
    frame = found.to_frame()
    assert frame.loc[1, "status"] == "infeasible"


def test_designs_of_other_ground_are_refused(
    design: LotDesign, no_plan: Result[LotDesign], plan: Callable[..., object]
) -> None:
    """All problems at once, by name: other areas, an unknown measure."""
    moved = replace(design, territory=replace(design.territory, ids=tuple(f"x{i}" for i in range(9))))
    entries = [Entry("here", solved(design)), Entry("there", solved(moved)), Entry("nowhere", no_plan)]
    with pytest.raises(InputError) as caught:
        Comparison.of(entries, measure="crime")
    assert len(caught.value.problems) == 2
    assert "'there' is drawn on other areas: 9 are missing and 9 are not of this territory" in str(caught.value)
    assert "no measure 'crime'; possible: cases" in str(caught.value)


@pytest.mark.parametrize("entries", [[], ["nowhere"]])
def test_without_any_plan_there_is_nothing_to_compare(entries: list[str], no_plan: Result[LotDesign]) -> None:
    """Told in a sentence."""
    with pytest.raises(InputError, match=r"give at least one design|none of the designs has a plan"):
        Comparison.of([Entry(name, no_plan) for name in entries])


def test_a_territory_of_other_content_is_told(design: LotDesign) -> None:
    """The same areas with another digest: measured on the ground of the base, and said so."""
    other = replace(design, territory=replace(design.territory, digest="another"))
    found = Comparison.of([Entry("a", solved(design)), Entry("b", solved(other))])
    assert any("that of b has the same areas and other content" in note for note in found.notes())


def test_the_frame_is_for_computing(rows: LotDesign, columns: LotDesign) -> None:
    """One row per design, names and figures under plain columns."""
    frame = lo.compare(rows, columns).to_frame()
    assert frame["design"].tolist() == ["Rows", "Columns"]
    assert frame["police_v_measure"].tolist() == [1.0, 0.0]
    assert frame["how"].tolist() == ["given", "given"]


def test_the_notebook_shows_names_as_text(rows: LotDesign) -> None:
    """A name that is markup stays text."""
    shown = lo.compare(rows, replace(rows, title=EVIL_AREA))._repr_html_()
    assert "&lt;img" in shown
    assert "<img" not in shown


def test_the_sheet_holds_numbers_and_no_formulas(rows: LotDesign, columns: LotDesign, tmp_path: Path) -> None:
    """compare.csv reads back as numbers; a name that a spreadsheet would run is put behind an apostrophe."""
    lo.compare(rows, columns, names=("=1+1", "b")).write(tmp_path)
    with (tmp_path / "compare.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["design"], first["base"], second["base"]) == ("'=1+1", "true", "false")
    assert (first["moved_share"], float(second["moved_share"])) == ("", pytest.approx(2 / 3))
    assert second["police_v_measure"] == "0.0"


def test_the_document_is_json(rows: LotDesign, columns: LotDesign) -> None:
    """Figures and differences are numbers, lots by area; nothing is infinite."""
    document = lo.compare(rows, columns).document()
    text = json.dumps(document, allow_nan=False)
    second = json.loads(text)["designs"][1]
    assert second["difference_to_base"]["police_interfaces"] == 6
    assert second["lots"]["r2c3"] == "c3"
    assert json.loads(text)["designs"][0]["difference_to_base"] == {}


def test_the_same_designs_give_the_same_bytes(shaped: LotDesign, tmp_path: Path) -> None:
    """Page and sheet, written twice."""
    turned = replace(shaped, of=shaped.of[::-1].copy(), title="Turned round")
    first = [path.read_bytes() for path in lo.compare(shaped, turned).write(tmp_path / "a")]
    again = [path.read_bytes() for path in lo.compare(shaped, turned).write(tmp_path / "b")]
    assert first == again
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["compare.csv", "compare.html"]


def test_a_failed_write_leaves_the_old_files(
    shaped: LotDesign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that cannot be made takes nothing away and leaves nothing half-written behind."""
    files = lo.compare(shaped, shaped).write(tmp_path)
    before = [path.read_bytes() for path in files]

    def broken(*given: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("lotopt.report.tables.write_csv", broken)
    with pytest.raises(OSError, match="disk full"):
        lo.compare(shaped, replace(shaped, of=shaped.of[::-1].copy())).write(tmp_path)
    assert [path.read_bytes() for path in files] == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".gpkg") == [
        "compare.csv",
        "compare.html",
    ]


def test_designs_are_named_as_on_the_command_line(tmp_path: Path) -> None:
    """A name of the territory and a file of lots, with a design in memory."""
    england = lo.load_territory("england-wales")
    drawn = tmp_path / "drawn.csv"
    rows = [
        f"{area},{'north' if y > 300_000 else 'south'}" for area, (_, y) in zip(england.ids, england.xy, strict=True)
    ]
    drawn.write_text("area,lot\n" + "\n".join(rows) + "\n", encoding="utf-8")
    plan = LotDesign.from_partition(england, england.design("nps-divisions-2014"))
    found = lo.compare("noms-regions-2004", drawn, plan)
    assert [entry.how for entry in found.entries] == ["by name", "drawn", "given"]
    assert found.to_frame()["lots"].tolist() == [10, 2, 7]
