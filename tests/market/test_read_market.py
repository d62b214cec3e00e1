"""Reading markets: what is right is read, what is wrong is told with its place, all at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from books import BIDS, LOTS, PROVIDERS, Rows, folder, with_row, workbook

from lotopt.core.errors import InputError
from lotopt.market.bid import Item
from lotopt.market.market import Market
from lotopt.market.read import read_market


def problems(path: Path, services: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Everything that is said to be wrong with a market."""
    with pytest.raises(InputError) as caught:
        read_market(path, LOTS, services)
    return caught.value.problems


def of_bids(tmp_path: Path, bids: Rows) -> tuple[str, ...]:
    return problems(workbook(tmp_path / "bids.xlsx", bids=bids))


@pytest.mark.parametrize("make", [lambda p: workbook(p / "m.xlsx"), lambda p: folder(p / "m")], ids=["xlsx", "csv"])
def test_a_market_is_read_alike_from_workbook_and_folder(make: object, tmp_path: Path) -> None:
    """Prices to the penny, packages, empty cells: the same market with the same fingerprint."""
    market = read_market(make(tmp_path), LOTS)  # type: ignore[operator]
    assert [bid.price for bid in market.bids] == [Decimal("1000"), Decimal("2500.50"), Decimal("1900")]
    assert market.bids[1].items == (Item("North"), Item("South"))
    assert market.bids[1].quality == 75.5
    assert market.provider["alpha"].capacity == {"cases": 25.0}
    assert market.provider["beta"].capacity == {}
    assert market.digest == read_market(folder(tmp_path / "again"), LOTS).digest
    assert not market.simulated
    assert market.notes == ()


def test_a_bids_file_has_its_providers_beside_it(tmp_path: Path) -> None:
    """Either file of the pair may be named, and the pair is read."""
    assert len(read_market(folder(tmp_path) / "bids.csv", LOTS).bids) == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["x", "alpha", "North", "12,5OO"], "price: '12,5OO' is not an amount; write 12500.00"),
        (["x", "alpha", "North", -5], "price: -5.00 is not above zero"),
        (["x", "alpha", "North", 0], "price: 0.00 is not above zero"),
        (["x", "alpha", "North", None], "price: is empty; write an amount such as 12500.00"),
        (["x", "alpha", "North", 1.005], "price: 1.005 has fractions of a penny; write 1.01"),
        (["x", "alpha", "North", True], "price: True is not an amount; write 12500.00"),
        (["x", "alpha", "Nrth", 5], "lots: no lot 'Nrth'; did you mean 'North'?"),
        (["x", "alpha", "North; North", 5], "lots: 'North' is named twice"),
        (["x", "alpha", None, 5], "lots: is empty; name the lots, separated by ';'"),
        (["x", "alhpa", "North", 5], "provider: no provider 'alhpa'; did you mean 'alpha'?"),
        (["x", None, "North", 5], "provider: is empty; fill it in"),
        (
            ["a1", "alpha", "North", 5],
            "bid: 'a1' is there twice; ids are used once, and this bid has two prices: 1000.00 and 5.00",
        ),
        (["x", "alpha", "North", 5, 101], "quality: 101 is not from 0 to 100"),
        (["x", "alpha", "North", 5, -1], "quality: -1 is not from 0 to 100"),
        (["x", "alpha", "North", 5, "good"], "quality: 'good' is not a number; write digits such as 75 or 0.5"),
        (["x", "alpha", "North", 5, "nan"], "quality: 'nan' is not a number; write digits such as 75 or 0.5"),
        (["x", "alpha", "North", 5, "1e999"], "quality: '1e999' is not a number; write digits such as 75 or 0.5"),
    ],
)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_wrong_value_is_told_with_row_and_column(row: list[object], said: str, form: str, tmp_path: Path) -> None:
    """The file, the sheet, the row as a sheet numbers it, the column, what was given and what would do."""
    if form == "xlsx":
        assert problems(workbook(tmp_path / "bids.xlsx", bids=with_row(*row))) == (
            f"bids.xlsx, sheet Bids, row 5, {said}",
        )
    else:
        found = problems(folder(tmp_path, bids=with_row(*row)))
        assert [line.partition(" row 5, ")[2].split(";")[0].split(" ")[0] for line in found] == [said.split(" ")[0]]


@pytest.mark.parametrize(("covers", "said"), [(0, "0"), (1.5, "1.5"), (-1, "-1")])
def test_a_bid_covers_some_of_the_need_and_no_more_than_all(covers: float, said: str, tmp_path: Path) -> None:
    """Nothing, more than all and less than nothing are refused."""
    bids = [["bid", "provider", "lots", "price", "covers"], ["a", "alpha", "North", 5, covers]]
    assert of_bids(tmp_path, bids) == (f"bids.xlsx, sheet Bids, row 2, covers: {said} is not above 0 and at most 1",)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Three rows and a provider are wrong in six ways; one message has all six, blank rows keep the count."""
    bids = [*BIDS, ["x", "gamma", "Nowhere", "much"], [None] * 5, ["a1", "alpha", "North", -1, 200]]
    providers = [*PROVIDERS, ["beta", "again", "lots"]]
    found = problems(workbook(tmp_path / "bids.xlsx", providers, bids))
    assert [line.split(":")[0] for line in found] == [
        "bids.xlsx, sheet Providers, row 4, capacity_cases",
        "bids.xlsx, sheet Bids, row 5, price",
        "bids.xlsx, sheet Bids, row 7, price",
        "bids.xlsx, sheet Bids, row 7, quality",
    ]
    # what depends on several rows is told as soon as the rows can be read
    found = problems(workbook(tmp_path / "bids.xlsx", [*PROVIDERS, ["beta"]], with_row("a1", "gamma", "Nowhere", 9)))
    assert [line.split(":")[0] for line in found] == [
        "bids.xlsx, sheet Providers, row 4, provider",
        "bids.xlsx, sheet Bids, row 5, bid",
        "bids.xlsx, sheet Bids, row 5, provider",
        "bids.xlsx, sheet Bids, row 5, lots",
    ]


def test_a_provider_with_a_mistake_is_still_known_to_its_bids(tmp_path: Path) -> None:
    """Only the mistake itself is told, not that its bids have no provider."""
    providers = [PROVIDERS[0], ["alpha", "Alpha Ltd", "many"], PROVIDERS[2]]
    assert len(problems(workbook(tmp_path / "m.xlsx", providers))) == 1


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["bid", "provider", "lots", "cost"], "row 1: no column 'price'"),
        (["bid", "provider", "lots", "price", "qualty"], "no column 'qualty' is known; did you mean 'quality'?"),
        (["bid", "provider", "lots", "price", "price"], "column 'price' is there twice"),
        (["bid", "provider", "lots", "price", None], "column 5 holds values and has no name"),
        (["bid", "provider", "lots", "price", "volume_case"], "no measure 'case' in the lots; did you mean 'cases'?"),
        ([], "row 1: no column 'provider'"),
    ],
)
def test_a_wrong_header_is_told(header: list[object], said: str, tmp_path: Path) -> None:
    """Missing, misspelt, doubled and nameless columns."""
    found = of_bids(tmp_path, [header, ["x", "alpha", "North", 5, 5]])
    assert any(said in line and "sheet Bids" in line for line in found), found


def test_a_misspelt_price_is_told_once_and_not_for_every_row(tmp_path: Path) -> None:
    """Missing and misspelt are one mistake, and every row would be empty because of it."""
    bids = [["bid", "provider", "lots", "prise"], ["x", "alpha", "North", 5], ["y", "alpha", "South", 5]]
    found = of_bids(tmp_path, bids)
    assert found == ("bids.xlsx, sheet Bids, row 1: no column 'price'; found 'prise', did you mean 'price'?",)


def test_capitals_in_column_names_do_not_matter(tmp_path: Path) -> None:
    """A header typed as Price or BID is understood."""
    bids = [["BID", "Provider", " Lots ", "Price"], ["a", "alpha", "North", 5]]
    assert len(read_market(workbook(tmp_path / "m.xlsx", bids=bids), LOTS).bids) == 1


def test_a_capacity_in_a_measure_nobody_has_is_told(tmp_path: Path) -> None:
    """A misspelt measure would leave the provider without limit."""
    found = problems(workbook(tmp_path / "m.xlsx", [["provider", "capacity_caes"], ["alpha", 5], ["beta", 5]]))
    assert found == (
        "m.xlsx, sheet Providers, row 1, capacity_caes: no measure 'caes' in the lots; did you mean 'cases'?",
    )


def test_names_that_look_like_numbers_stay_names(tmp_path: Path) -> None:
    """A sheet stores the provider 7 as the number 7.0; it is the same provider as the text 7."""
    path = workbook(
        tmp_path / "m.xlsx", [["provider"], [7]], [["provider", "lots", "price"], ["7", "North", 5], [7, "South", 6]]
    )
    market = read_market(path, LOTS)
    assert [bid.provider for bid in market.bids] == ["7", "7"]
    assert [bid.id for bid in market.bids] == ["row 2", "row 3"]


def test_services_are_those_that_bids_name(tmp_path: Path) -> None:
    """With two services a bid must say which; with one, or none, it need not."""
    header = ["provider", "lots", "services", "price"]
    bids = [header, ["alpha", "North", "work; help", 5], ["beta", "North", "help", 5]]
    market = read_market(workbook(tmp_path / "m.xlsx", bids=bids), LOTS)
    assert market.services == ("help", "work")
    assert len(market.items) == 4
    assert market.bids[0].services == ("work", "help")
    found = of_bids(tmp_path, [*bids, ["beta", "South", None, 5]])
    assert found == (
        "bids.xlsx, sheet Bids, row 4, services: is empty; name the services the price is for: help, work",
    )
    one = read_market(workbook(tmp_path / "m.xlsx"), LOTS, ("work",))
    assert {bid.services for bid in one.bids} == {("work",)}
    assert (
        "no service 'hlp'; did you mean 'help'?"
        in problems(workbook(tmp_path / "m.xlsx", bids=[header, ["alpha", "North", "hlp", 5]]), ("help", "work"))[0]
    )


def test_a_provider_without_bids_is_a_note(tmp_path: Path) -> None:
    """It is worth knowing and not wrong."""
    market = read_market(workbook(tmp_path / "m.xlsx", bids=BIDS[:3]), LOTS)
    assert market.notes == ("m.xlsx, sheet Providers, row 3: provider 'beta' has no bids",)


def test_a_firm_is_in_one_group(tmp_path: Path) -> None:
    """A group named after a provider that itself belongs to another group would count one firm twice."""
    providers = [["provider", "group"], ["alpha", "holding"], ["beta", "alpha"]]
    found = problems(workbook(tmp_path / "m.xlsx", providers))
    assert found == (
        "m.xlsx, sheet Providers, row 3, group: 'alpha' is a provider that belongs to 'holding'; write 'holding'",
    )


def test_empty_tables_are_told(tmp_path: Path) -> None:
    """No provider and no bid make no market."""
    found = problems(workbook(tmp_path / "m.xlsx", [["provider"]], [["provider", "lots", "price"]]))
    assert "there is no provider" in found[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"bid,provider,lots,price\n\xff\xfe,a,b,1\n", "byte 25 is not UTF-8"),
        (b"bid;provider;lots;price\n1;a;b;1\n", "separated by ';'; save it with commas"),
        (b'bid,provider,lots,price\n"x,a,b,1\n', "not a well-formed CSV file"),
        (b"bid,provider\0,lots,price\n", "not a text file"),
        (b"bid,provider,lots,price\na,alpha,North,12,500\n", "row 2: more values than the 4 columns"),
        (b"", "no column 'provider'"),
    ],
)
def test_a_broken_csv_file_is_told(content: bytes, said: str, tmp_path: Path) -> None:
    """Wrong encoding, semicolons, an open quotation mark, a binary file, a comma too many, nothing."""
    (folder(tmp_path) / "bids.csv").write_bytes(content)
    assert any(said in line for line in problems(tmp_path))


def test_a_csv_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """Excel writes one."""
    path = folder(tmp_path) / "bids.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_market(path, LOTS).bids) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.xlsx", "cannot be opened"),
        ("bids.ods", "give an .xlsx workbook"),
        ("none/bids.csv", "no file bids.csv"),
    ],
)
def test_a_file_that_is_not_there_is_told(name: str, said: str, tmp_path: Path) -> None:
    """A missing workbook, a format that is not read, a missing folder."""
    assert any(said in line for line in problems(tmp_path / name))


def test_lots_may_be_given_by_a_plan(tmp_path: Path) -> None:
    """Anything that can say the facts of its lots will do, also when it can be looped over."""

    class Plan:
        def facts(self) -> tuple[object, ...]:
            return LOTS

        def __iter__(self) -> object:
            raise AssertionError("asked for its areas")

    market: Market = read_market(workbook(tmp_path / "m.xlsx"), Plan())  # type: ignore[arg-type]
    assert [lot.id for lot in market.lots] == ["North", "South"]
