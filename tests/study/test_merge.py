"""Variants hold only their difference; files that cannot be scenarios are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotopt.core.errors import InputError
from lotopt.study.merge import LARGEST_FILE, merge, merged_file, read_table


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_variant_keeps_what_it_does_not_mention():
    """Tables merge key by key."""
    below = {"title": "base", "solver": {"name": "highs", "seed": 1}}
    assert merge(below, {"solver": {"seed": 2}}) == {"title": "base", "solver": {"name": "highs", "seed": 2}}


def test_a_clause_given_again_replaces_the_inherited_one_whole():
    """No field of the old clause is left over, so a clause can be read where it stands."""
    below = {"design": {"rules": {"size": {"measure": "cases", "at_least": 5, "except": ["London"]}}}}
    above = {"design": {"rules": {"size": {"measure": "cases", "at_most": 9}}}}
    assert merge(below, above)["design"]["rules"]["size"] == {"measure": "cases", "at_most": 9}


def test_false_drops_an_inherited_clause():
    """The other clauses stay."""
    below = {"design": {"rules": {"contiguous": {}, "lot_count": {"at_least": 2}}}}
    assert merge(below, {"design": {"rules": {"contiguous": False}}}) == {
        "design": {"rules": {"lot_count": {"at_least": 2}}}
    }


def test_false_drops_a_whole_table():
    """A variant may design lots only."""
    assert merge({"title": "x", "market": {"file": "bids.xlsx"}}, {"market": False}) == {"title": "x"}


def test_a_market_comes_from_one_place():
    """A variant with a simulated market does not inherit the file."""
    merged = merge({"market": {"file": "a.xlsx", "services": ["x"]}}, {"market": {"simulate": {"seed": 1}}})
    assert merged == {"market": {"simulate": {"seed": 1}, "services": ["x"]}}


def test_merging_leaves_its_arguments_alone():
    """Both tables are as they were."""
    below, above = {"solver": {"seed": 1}}, {"solver": {"seed": 2}}
    merge(below, above)
    assert (below, above) == ({"solver": {"seed": 1}}, {"solver": {"seed": 2}})


def test_three_scenarios_one_upon_another(tmp_path: Path):
    """The nearest file has the last word, and every file that was read is told."""
    put(tmp_path, "a.toml", 'title = "a"\n[solver]\nseed = 1\ngap = 0.1')
    put(tmp_path, "b.toml", 'extends = "a.toml"\n[solver]\nseed = 2')
    table, files = merged_file(put(tmp_path, "c.toml", 'extends = "b.toml"\ntitle = "c"'))
    assert table == {"title": "c", "solver": {"seed": 2, "gap": 0.1}}
    assert [file.name for file in files] == ["c.toml", "b.toml", "a.toml"]


def test_scenarios_that_extend_each_other_in_a_circle(tmp_path: Path):
    """The circle is told by the names of its files."""
    put(tmp_path, "a.toml", 'extends = "b.toml"')
    b = put(tmp_path, "b.toml", 'extends = "a.toml"')
    with pytest.raises(InputError, match=r"b\.toml extends a\.toml extends b\.toml"):
        merged_file(b)


def test_a_scenario_that_extends_itself(tmp_path: Path):
    """A circle of one."""
    with pytest.raises(InputError, match=r"a\.toml extends a\.toml"):
        merged_file(put(tmp_path, "a.toml", 'extends = "a.toml"'))


def test_extending_a_file_that_is_not_there_tells_what_is(tmp_path: Path):
    """The files beside it are named."""
    put(tmp_path, "base.toml", "")
    with pytest.raises(InputError, match=r"no file 'bsae\.toml' next to a\.toml; beside it: base\.toml"):
        merged_file(put(tmp_path, "a.toml", 'extends = "bsae.toml"'))


def test_paths_are_taken_from_the_file_that_names_them(tmp_path: Path):
    """A base in another folder keeps naming its own neighbours."""
    (tmp_path / "base").mkdir()
    put(tmp_path / "base", "base.toml", 'territory = "map/territory.toml"\n[market]\nfile = "bids"')
    table, _ = merged_file(put(tmp_path, "a.toml", 'extends = "base/base.toml"'))
    assert table["territory"] == str(tmp_path / "base" / "map" / "territory.toml")
    assert table["market"]["file"] == str(tmp_path / "base" / "bids")


def test_an_embedded_place_stays_a_name_whatever_lies_beside_it(tmp_path: Path):
    """A folder of the same name changes nothing."""
    (tmp_path / "england-wales").mkdir()
    table, _ = merged_file(put(tmp_path, "a.toml", 'territory = "england-wales"'))
    assert table["territory"] == "england-wales"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "title = ", "is not TOML"),
        ("a.toml", "a = 1\na = 2", "is not TOML"),
        ("a.json", '{"title": ', r"is not JSON: .* \(line 1"),
        ("a.json", '{"title": "x", "title": "y"}', "the key 'title' is given twice"),
        ("a.json", '{"gap": NaN}', "NaN is not a number in JSON"),
        ("a.json", "[1, 2]", "holds no table at the top"),
        ("a.json", "[" * 200_000, "is nested too deeply"),
        ("a.toml", "a = " + "[" * 200_000, "is nested too deeply"),
        ("a.toml", "#" * (LARGEST_FILE + 1), "is larger than 1,000,000 bytes"),
    ],
    ids=["toml", "twice", "json", "json-twice", "nan", "list", "deep-json", "deep-toml", "large"],
)
def test_a_file_that_cannot_be_a_scenario(tmp_path: Path, name: str, text: str, told: str):
    """Each is refused in one message, whatever the parser would have done."""
    with pytest.raises(InputError, match=told):
        read_table(put(tmp_path, name, text))


def test_a_file_that_is_not_text(tmp_path: Path):
    """The place of the first wrong byte is told."""
    path = tmp_path / "a.toml"
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(InputError, match=r"not UTF-8 text \(byte 9\)"):
        read_table(path)


def test_a_file_that_is_missing_and_a_folder(tmp_path: Path):
    """Both are told in words."""
    with pytest.raises(InputError, match="there is no such file"):
        read_table(tmp_path / "none.toml")
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path)
