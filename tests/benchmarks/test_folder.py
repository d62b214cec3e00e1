"""Instances in files: read, solved and compared with the optimum they name; wrong ones told in one message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.convert import convert
from benchmarks.folder import read_instance
from benchmarks.instances import ground_of
from benchmarks.run import main
from lotopt.core.errors import InputError

# a b c      Two lots of 4 to 8 people. Cut borders: {a, d} and the rest cut 2 (a-b, d-e); {a, b, c} | {d, e, f}
# d e f      cuts 3; so 2 is the least. x runs along a row, y down.
AREAS = """id,weight,x,y,police
a,2,0,0,p
b,2,10000,0,p
c,2,20000,0,q
d,2,0,10000,p
e,2,10000,10000,p
f,2,20000,10000,q
"""
BORDERS = "a,b,length\na,b,5000\nb,c,1000\nd,e,5000\ne,f,1000\na,d,9000\nb,e,9000\nc,f,9000\n"


def written(folder: Path, text: str) -> Path:
    """An instance folder of six areas."""
    (folder / "areas.csv").write_text(AREAS, encoding="utf-8")
    (folder / "borders.csv").write_text(BORDERS, encoding="utf-8")
    file = folder / "instance.toml"
    file.write_text(text, encoding="utf-8")
    return file


GOALS = {
    "cut_edges": 2.0,
    "border": 2.0,  # km: b-c and e-f
    "interfaces": 2.0,  # {a, b, d, e} | {c, f}: each lot meets one
}


@pytest.mark.parametrize("goal", sorted(GOALS))
def test_an_instance_in_a_folder_is_solved(tmp_path: Path, goal: str) -> None:
    """The known value is met: exit 0, and the file tells the instance, its limits and what was reached."""
    layer = 'layer = "police"\n' if goal == "interfaces" else ""
    limits = "[limits]\nat_least = 4\nat_most = 8\n"
    written(tmp_path, f'title = "six"\nlots = 2\ngoal = "{goal}"\n{layer}known = {GOALS[goal]}\nlimit = 20\n{limits}')
    out = tmp_path / "found.json"
    done = CliRunner().invoke(main, ["--instance", str(tmp_path), "--peer", "none", "-o", str(out)])
    assert done.exit_code == 0, done.output
    one = json.loads(out.read_text(encoding="utf-8"))["instances"][0]
    assert (one["instance"], one["known"]) == ("six", GOALS[goal])
    assert one["outcomes"][0]["objective"] == pytest.approx(GOALS[goal])


def test_another_value_than_the_known_one_exits_1(tmp_path: Path) -> None:
    """A published optimum that the engine does not meet is a contradiction, whoever is right."""
    text = 'lots = 2\ngoal = "cut_edges"\nknown = 3\npeers = []\nlimit = 20\n[limits]\nat_least = 4\nat_most = 8\n'
    file = written(tmp_path, text)
    done = CliRunner().invoke(main, ["--instance", str(file)])
    assert done.exit_code == 1
    assert "below the bound 3.0 of the known optimum" in done.output


def test_limits_of_a_file_become_rules(tmp_path: Path) -> None:
    """Within a fraction of the mean, whole, nested, splits: each is a rule of lot design."""
    file = written(
        tmp_path,
        'lots = 2\ngoal = "compact"\n[limits]\naround = 0.5\nwhole = "police"\nsplits = { police = 1 }\n',
    )
    instance = read_instance(file)
    assert [rule.kind for rule in instance.rules] == ["lot_count", "size_between", "contiguous", "whole", "splits"]
    size = instance.rules[1]
    assert (size.at_least, size.at_most) == pytest.approx((0.25, 0.75))  # type: ignore[attr-defined]
    assert "assignment, HiGHS" not in instance.peers  # inertia is not linear in assignments
    territory = ground_of(instance)
    assert len(territory) == 6  # type: ignore[arg-type]


def test_an_embedded_place_is_read(tmp_path: Path) -> None:
    """318 districts, size by recorded crime, two goals."""
    file = tmp_path / "districts.toml"
    file.write_text(
        'territory = "england-wales"\nmeasure = "crime"\nlots = 21\nlayer = "police"\n'
        "[goals]\ninterfaces = 1e6\ncompact = 1\n[limits]\naround = 0.4\n",
        encoding="utf-8",
    )
    instance = read_instance(file)
    assert [(goal.kind, goal.weight) for goal in instance.goals] == [("interfaces", 1e6), ("compactness", 1.0)]
    assert len(ground_of(instance)) == 318  # type: ignore[arg-type]


WRONG = {
    "lots = 2\n": "either goal or goals",
    "lots = 2\ngoals = { border = 1, cut_edges = 1 }\n": "two lengths",
    'lots = 2\ngoal = "cheap"\n': "cut_edges",
    'lots = 2\ngoal = "border"\npeers = ["me"]\n': "no peer 'me'",
    'lots = 2\ngoal = "interfaces"\n': "needs `layer`",
    'lots = 2\ngoal = "border"\ncolour = 1\n': "colour",
    "lots = \n": "Invalid value",
}


@pytest.mark.parametrize("text", sorted(WRONG))
def test_a_wrong_file_is_told(tmp_path: Path, text: str) -> None:
    """One message that names the file and what is wrong in it; exit 2."""
    written(tmp_path, text)
    with pytest.raises(InputError, match=WRONG[text]):
        read_instance(tmp_path)
    done = CliRunner().invoke(main, ["--instance", str(tmp_path)])
    assert done.exit_code == 2
    assert "instance.toml" in done.output


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    """A table without weights cannot be used."""
    file = written(tmp_path, 'lots = 2\ngoal = "border"\n')
    (tmp_path / "areas.csv").write_text("id,people\na,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"areas.csv.*\n?.*no column 'weight'"):
        ground_of(read_instance(file))


def test_a_county_graph_becomes_an_instance(tmp_path: Path) -> None:
    """Seats of the state as lots, half a per cent around the mean, positions in metres, borders by county code."""
    state = {
        "name": "NE_county_2020",
        "node_fields": ["geoid", "name", "pop", "lat", "lon"],
        "edge_fields": ["u", "v", "shared_perim_deg"],
        "nodes": [["2", "B", 20, 41.0, -99.0], ["1", "A", 10, 40.0, -99.0], ["3", "C", 30, 41.0, -98.0]],
        "edges": [[0, 1, 0.5], [2, 0, 0.25]],
    }
    file = tmp_path / "NE_county_2020.json"
    file.write_text(json.dumps(state), encoding="utf-8")
    instance = read_instance(convert(file, tmp_path / "out", known=1.0))
    assert instance.name == "NE_county_2020-3-cut_edges"
    assert instance.known == 1.0
    assert instance.rules[0].at_most == 3  # type: ignore[attr-defined]
    territory = instance.ground.territory()
    assert territory.ids == ("1", "2", "3")
    assert territory.measure("weight").tolist() == [10.0, 20.0, 30.0]
    # a degree of latitude is 111.195 km on a sphere of 6371.009 km
    assert territory.xy[1, 1] - territory.xy[0, 1] == pytest.approx(111_195, abs=2)
    assert territory.borders.metres.tolist() == [1000.0, 1000.0]  # each cut counts one


def test_a_state_with_one_seat_is_told(tmp_path: Path) -> None:
    """There is nothing to divide unless somebody says into how many lots."""
    file = tmp_path / "WY_county_2020.json"
    file.write_text(json.dumps({"name": "WY_county_2020"}), encoding="utf-8")
    with pytest.raises(ValueError, match="no number of lots for WY"):
        convert(file, tmp_path)
