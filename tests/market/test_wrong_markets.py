"""Wrong markets: each fault is told in one sentence with sheet, row and column, and all faults at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from books import LOTS, folder, rewritten, workbook
from wrong_bids import BIDS, LISTED, OF_BIDS, PROVIDERS, Rows, wider
from wrong_terms import MEMBERS, OF_TERMS, PANEL, TIERS

from lotopt.core.errors import InputError
from lotopt.market.read import read_market


def problems(path: Path, **given: Any) -> tuple[str, ...]:
    """Everything that is said to be wrong with a market."""
    with pytest.raises(InputError) as caught:
        read_market(path, **given)
    return caught.value.problems


def test_the_market_that_all_these_are_made_from_is_right(tmp_path: Path) -> None:
    """Without a fault put in, nothing is told."""
    market = read_market(workbook(tmp_path / "m.xlsx", PROVIDERS, BIDS, Lots=LISTED))
    assert len(market.items) == 4
    assert read_market(folder(tmp_path / "m", PROVIDERS, BIDS, Lots=LISTED)).digest == market.digest


CASES = {**OF_BIDS, **OF_TERMS}


def tables(changes: dict[str, Rows]) -> dict[str, Rows]:
    """The good market with some of its tables changed."""
    return {"Providers": PROVIDERS, "Bids": BIDS, "Lots": LISTED, **changes}


def as_workbook(path: Path, changes: dict[str, Rows]) -> Path:
    given = tables(changes)
    return workbook(path, given.pop("Providers"), given.pop("Bids"), **given)


def as_folder(path: Path, changes: dict[str, Rows]) -> Path:
    given = tables(changes)
    return folder(path, given.pop("Providers"), given.pop("Bids"), **given)


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_workbook_is_told_in_one_sentence(case: str, tmp_path: Path) -> None:
    """File, sheet, row, column, what was given, what is possible; and nothing else is told."""
    changes, said = CASES[case]
    place = "m.xlsx: " if said.startswith("sheet '") else "m.xlsx, "
    assert problems(as_workbook(tmp_path / "m.xlsx", changes)) == (f"{place}{said}",)


@pytest.mark.parametrize("case", [case for case in CASES if "number for a date" not in case and "truth" not in case])
def test_a_wrong_folder_is_told_in_the_same_sentence(case: str, tmp_path: Path) -> None:
    """The same tables as CSV files: the file's name in place of workbook and sheet."""
    changes, said = CASES[case]
    told = said.replace("m.xlsx, sheet ", "sheet ")
    for name in ("Providers", "Bids", "Lots", "Panel", "Members", "Discounts"):
        told = told.replace(f"sheet {name},", f"{name.lower()}.csv,")
    told = told.replace("sheet 'Discount' is", "m: file discount.csv is").replace("'Discounts'?", "'discounts.csv'?")
    told = told if case == "a misspelt sheet" else told.replace("'discounts.csv'?", "'Discounts'?")
    assert problems(as_folder(tmp_path / "m", changes)) == (told,)


def test_very_wrong_workbook_tells_everything_at_once(tmp_path: Path) -> None:
    """Eleven faults in six sheets: one message has them all."""
    changes: dict[str, Rows] = {
        "Providers": wider(PROVIDERS, "viable", "lots"),
        "Bids": [*BIDS, ["x", "alpha", "South", "work", "12,5OO"], ["y", "beta", "South", "help", 1, 2, 3]],
        "Lots": [LISTED[0], ["North", "", 1200, "upper", "31/02/2021", 10], *LISTED[2:]],
        "Panel": [PANEL, ["gamma"], ["beta", None, None, None, None, None, "2021-05-01", "2021-04-30"]],
        "Members": [MEMBERS, ["alpha", "X", "One"], ["beta", "X", "Two"], ["beta", "Y", None, "boss"]],
        "Discounts": [TIERS, ["alpha", "", 0, 1000, 0], ["alpha", "", 1500, None, 2]],
    }
    assert problems(as_workbook(tmp_path / "m.xlsx", changes)) == (
        "m.xlsx, sheet Providers, row 2, viable: 'lots' is not an amount; write 12500.00",
        (
            "m.xlsx, sheet Members, row 3, group: 'X' is of group 'One' (m.xlsx, sheet Members, row 2); "
            "a firm is in one legal group"
        ),
        "m.xlsx, sheet Members, row 4, role: 'boss' is not known; possible: member, subcontractor",
        "m.xlsx, sheet Discounts, row 3, discount: 2 is not from 0 to below 1; write 0.05 for 5 %",
        "m.xlsx, sheet Bids, row 5, price: '12,5OO' is not an amount; write 12500.00",
        "m.xlsx, sheet Bids, row 6, fixed: 2.00 is more than the price, 1.00",
        "m.xlsx, sheet Bids, row 6, covers: 3 is not above 0 and at most 1",
        "m.xlsx, sheet Lots, row 2, date: '31/02/2021' is not a date; write a day of the calendar such as 2021-04-26",
        "m.xlsx, sheet Panel, row 2, provider: no provider 'gamma'; possible: alpha, beta",
        "m.xlsx, sheet Panel, row 3, left: 2021-04-30 is before it joined, on 2021-05-01",
    )


LOTS_PART = "xl/worksheets/sheet3.xml"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            {LOTS_PART: (r'<c r="C2"><v>1200</v></c>', '<c r="C2"><f>600*2</f></c>')},
            "cell C2: holds a formula without a stored value; open the file in Excel and save it",
        ),
        (
            {LOTS_PART: (r'<c r="C2"><v>1200</v></c>', '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')},
            "cell C2: holds the error #DIV/0!; mend the formula",
        ),
        (
            {LOTS_PART: ("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="D3:D4"/></mergeCells>')},
            "cell D3:D4: cells are merged; unmerge them and fill each",
        ),
        (
            {LOTS_PART: ('<row r="3"', '<row r="3" hidden="1"')},
            "cell A3: is in a hidden row; show the row or delete it",
        ),
        (
            {LOTS_PART: ("<sheetData>", '<cols><col min="3" max="3" hidden="1"/></cols><sheetData>')},
            "cell C1: is in a hidden column; show the column or delete it",
        ),
    ],
    ids=["formula", "error", "merged", "hidden row", "hidden column"],
)
def test_what_is_hidden_in_a_sheet_of_terms_is_told(
    parts: dict[str, tuple[str, str]], said: str, tmp_path: Path
) -> None:
    """The optional sheets are held to what the others are."""
    path = rewritten(as_workbook(tmp_path / "m.xlsx", {}), parts)
    assert problems(path) == (f"m.xlsx, sheet Lots, {said}",)


def test_a_hidden_sheet_of_terms_is_told(tmp_path: Path) -> None:
    """Terms that nobody sees."""
    path = as_workbook(tmp_path / "m.xlsx", {})
    rewritten(path, {"xl/workbook.xml": ('name="Lots"', 'name="Lots" state="hidden"')})
    assert problems(path) == ("m.xlsx, sheet Lots: the sheet is hidden; show it",)


def test_a_market_by_itself_needs_its_lots(tmp_path: Path) -> None:
    """Without lots at hand the sheet Lots is one that must be there, with a lot in it."""
    path = workbook(tmp_path / "m.xlsx")
    assert problems(path) == ("m.xlsx: no sheet 'Lots'; it has Providers, Bids",)
    assert problems(folder(tmp_path / "m")) == ("no file lots.csv in it",)
    path = workbook(tmp_path / "m.xlsx", PROVIDERS, BIDS, Lots=[["lot"]])
    assert problems(path)[0] == "m.xlsx, sheet Lots: there is no lot; fill in a row for each"


def test_terms_for_lots_that_are_not_at_hand_are_told(tmp_path: Path) -> None:
    """Lots drawn elsewhere: a term for another lot, and one that disagrees with what is known."""
    listed = [["lot", "value", "areas", "volume_cases"], ["Nrth", 5], ["South", 5, "a1; a2", 21]]
    path = workbook(tmp_path / "m.xlsx", Lots=listed)
    assert problems(path, lots=LOTS) == (
        "m.xlsx, sheet Lots, row 2, lot: no lot 'Nrth'; did you mean 'North'?",
        (
            "m.xlsx, sheet Lots, row 3, areas: these are not the areas of lot 'South' in the lots at hand: "
            "a1, a2 in one of them only"
        ),
        "m.xlsx, sheet Lots, row 3, volume_cases: 21 is 20 in the lots at hand",
    )


def test_a_file_of_many_faults_is_told_up_to_five_hundred(tmp_path: Path) -> None:
    """600 rows for a lot that is not offered: nobody reads more than the first."""
    bids = [BIDS[0], *([f"b{i}", "alpha", f"no {i}", "work", 5] for i in range(600))]
    found = problems(as_folder(tmp_path / "m", {"Bids": bids}))
    assert len(found) == 501
    assert found[-1] == "and more problems; mend these first"
