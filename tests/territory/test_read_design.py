"""Plans drawn by hand: CSV rows to lots."""

import pytest

from lotopt.core.errors import InputError
from lotopt.territory.read import read_design


@pytest.fixture
def ground(plan):
    """Four areas in two police areas."""
    return plan("AABB", layers={"police": "XXYY"}).territory


@pytest.fixture
def write(tmp_path):
    def write(text, name="drawn.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems_of(path, territory):
    with pytest.raises(InputError) as caught:
        read_design(path, territory)
    return caught.value.problems


def test_area_and_lot_are_enough(write, ground):
    """The design goes by the file's name; lots are sorted."""
    design = read_design(write("area,lot\nr1c1,west\nr1c2,west\nr1c3,east\nr1c4,west\n"), ground)
    assert (design.name, design.lots, design.of.tolist()) == ("drawn", ("east", "west"), [1, 1, 0, 1])
    assert design.names == ()


def test_lots_come_as_people_count(write, ground):
    """2 before 10, whatever the order of rows."""
    design = read_design(write("area,lot\nr1c1,10\nr1c2,9\nr1c3,L2\nr1c4,L10\n"), ground)
    assert design.lots == ("9", "10", "L2", "L10")


def test_lots_may_have_names_and_other_columns_are_left_alone(write, ground):
    """The lots.csv that lotopt writes can be read back."""
    rows = "".join(f"r1c{i},Area {i},{1 + i // 3},Lot no {1 + i // 3}\n" for i in (1, 2, 3, 4))
    design = read_design(write("area,name,lot,lot_name\n" + rows), ground)
    assert (design.lots, design.names) == (("1", "2"), ("Lot no 1", "Lot no 2"))


def test_agencies_stand_for_their_areas(write, ground):
    """A design drawn in police areas."""
    design = read_design(write("agency,lot,layer\nX,1,police\nY,2,police\n"), ground)
    assert design.of.tolist() == [0, 0, 1, 1]


def test_every_row_that_cannot_be_used_is_told(write, ground):
    """Unknown area, empty lot, two lots for one area, the same row twice, and who is left over."""
    text = "area,lot\nr1c1,1\nr1c9,1\nr1c2,\nr1c1,2\nr1c1,1\n"
    assert problems_of(write(text), ground) == (
        "drawn.csv, row 3, area: no area 'r1c9'; did you mean 'r1c4'?",
        "drawn.csv, row 4, lot: is empty; every area needs a lot",
        "drawn.csv, row 5, area: 'r1c1' is in lot '2' here and in lot '1' in row 2; keep one",
        "drawn.csv, row 6, area: 'r1c1' is already in row 2",
        "drawn.csv: area 'r1c3' has no lot",
        "drawn.csv: area 'r1c4' has no lot",
    )


def test_unknown_agencies_and_layers_are_told(write, ground):
    """With what was meant."""
    text = "agency,lot,layer\nX,1,polise\nZ,2,police\n"
    assert problems_of(write(text), ground)[:2] == (
        "drawn.csv, row 2, layer: no layer 'polise'; did you mean 'police'?",
        "drawn.csv, row 3, agency: no agency of police 'Z'; possible: X, Y",
    )


def test_a_lot_has_one_name(write, ground):
    """Two names for one lot: which is meant?"""
    text = "area,lot,lot_name\nr1c1,1,North\nr1c2,1,South\nr1c3,1,\nr1c4,1,North\n"
    assert problems_of(write(text), ground) == (
        "drawn.csv, row 3, lot_name: lot '1' is 'South' here and 'North' above; keep one",
    )


def test_a_file_that_is_none_is_told(write, ground, tmp_path):
    """Missing, or of another kind."""
    assert problems_of(tmp_path / "none.csv", ground)[0].startswith("no file ")
    assert problems_of(write("{}", "drawn.json"), ground) == (
        "drawn.json: a design is a .csv file with the columns area, lot",
    )


def test_missing_columns_are_told(write, ground):
    """With the meaning and those there are."""
    assert problems_of(write("district,lots\nr1c1,1\n"), ground) == (
        "drawn.csv: no column 'area' (the area; or give agency, lot and layer); possible: district, lots",
    )
