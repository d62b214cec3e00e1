"""A good market as tables, and what can be wrong with its bids: the tables that change, and the sentence told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Rows = Sequence[Sequence[Any]]
PROVIDERS: Rows = [["provider", "group", "capacity_cases"], ["alpha", "", 25], ["beta", "Holding", None]]
BIDS: Rows = [
    ["bid", "provider", "lots", "services", "price", "fixed", "covers"],
    ["a1", "alpha", "North", "work", 1000, 100, 1],
    ["a2", "alpha", "North; South", "work", 2500, None, None],
    ["b1", "beta", "South", "work; help", 1900, None, 0.5],
]
LISTED: Rows = [
    ["lot", "service", "value", "region", "date", "volume_cases"],
    ["North", "", 1200, "upper", "2021-04-26", 10],
    ["South", "work", 900, "lower", "", 20],
    ["South", "help", 300, "lower", "", 20],
]


def header(rows: Rows, *more: str) -> list[str]:
    """The columns of a table, and further ones."""
    return [*rows[0], *more]


def wider(rows: Rows, column: str, *values: Any) -> Rows:
    """A table with a further column; its values go to the rows in order."""
    padded = [*values, *[None] * (len(rows) - 1 - len(values))]
    return [header(rows, column), *([*row, value] for row, value in zip(rows[1:], padded, strict=True))]


BID = header(BIDS)

OF_BIDS: dict[str, tuple[dict[str, Rows], str]] = {
    # bids
    "a lot that is not offered": (
        {"Bids": [*BIDS, ["x", "alpha", "Nroth", "work", 5]]},
        "sheet Bids, row 5, lots: no lot 'Nroth'; did you mean 'North'?",
    ),
    "a service that is not bought": (
        {"Bids": [*BIDS, ["x", "alpha", "South", "hlp", 5]]},
        "sheet Bids, row 5, services: no service 'hlp'; did you mean 'help'?",
    ),
    "a service not bought in this lot": (
        {
            "Lots": [*LISTED, ["East", "help", 1, "lower", "", 5]],
            "Bids": [*BIDS, ["x", "beta", "East", "work", 5]],
        },
        "sheet Bids, row 5, services: 'work' is not bought in lot 'East'",
    ),
    "an id used twice": (
        {"Bids": [*BIDS, ["a1", "alpha", "South", "work", 7]]},
        (
            "sheet Bids, row 5, bid: 'a1' is there twice; ids are used once, "
            "and this bid has two prices: 1000.00 and 7.00"
        ),
    ),
    "two prices": (
        {"Bids": [*BIDS, ["a3", "alpha", "South; North", "work", 2400]]},
        (
            "sheet Bids, row 5, price: 2400.00 for what bid 'a2' offers at 2500.00: two prices for one bid; "
            "keep one, or give both the same alternative"
        ),
    ),
    "two prices, without names": (
        {"Bids": [BID, [None, "alpha", "North", "work", 5], [None, "alpha", "North", "work", 6]]},
        (
            "sheet Bids, row 3, price: 6.00 for what bid 'row 2' offers at 5.00: two prices for one bid; "
            "keep one, or give both the same alternative"
        ),
    ),
    "two prices under different alternatives": (
        {"Bids": wider([*BIDS, ["a3", "alpha", "North", "work", 900, None, 1]], "alternative", "x", "", "", "y")},
        (
            "sheet Bids, row 5, price: 900.00 for what bid 'a1' offers at 1000.00: two prices for one bid; "
            "keep one, or give both the same alternative"
        ),
    ),
    "a price in words": (
        {"Bids": [*BIDS, ["x", "alpha", "South", "work", "about 12k"]]},
        "sheet Bids, row 5, price: 'about 12k' is not an amount; write 12500.00",
    ),
    "a price with a letter for a digit": (
        {"Bids": [*BIDS, ["x", "alpha", "South", "work", "12,5OO"]]},
        "sheet Bids, row 5, price: '12,5OO' is not an amount; write 12500.00",
    ),
    "a fixed part above the price": (
        {"Bids": [*BIDS, ["x", "alpha", "South", "work", 500, 500.01]]},
        "sheet Bids, row 5, fixed: 500.01 is more than the price, 500.00",
    ),
    "a negative fixed part": (
        {"Bids": [*BIDS, ["x", "alpha", "South", "work", 500, -1]]},
        "sheet Bids, row 5, fixed: -1.00 is not zero or above",
    ),
    "more than all of the need": (
        {"Bids": [*BIDS, ["x", "alpha", "South", "work", 500, None, 1.2]]},
        "sheet Bids, row 5, covers: 1.2 is not above 0 and at most 1",
    ),
    "a condition on nothing": (
        {"Bids": wider(BIDS, "only_with", "a9")},
        "sheet Bids, row 2, only_with: no bid or lot 'a9'; possible: North, South, a1, a2",
    ),
    "a condition on another's bid": (
        {"Bids": wider(BIDS, "only_with", "b1")},
        "sheet Bids, row 2, only_with: bid 'b1' is of provider 'beta'; a bid can depend on its own provider's only",
    ),
    "a condition on itself": (
        {"Bids": wider(BIDS, "only_with", "a1")},
        "sheet Bids, row 2, only_with: 'a1' is this bid itself",
    ),
    "a condition that cannot be met": (
        {"Bids": wider(BIDS, "only_with", None, None, "North")},
        "sheet Bids, row 4, only_with: provider 'beta' has no other bid for lot 'North', so this bid could never win",
    ),
    "half a preference": (
        {"Bids": wider(BIDS, "preference", 1.5)},
        "sheet Bids, row 2, preference: 1.5 is not a whole number from 1 up",
    ),
    "no preference": (
        {"Bids": wider(BIDS, "preference", 0)},
        "sheet Bids, row 2, preference: 0 is not a whole number from 1 up",
    ),
    "a member named twice": (
        {"Bids": wider(BIDS, "members", "X; X")},
        "sheet Bids, row 2, members: 'X' is named twice",
    ),
    "one firm in two roles": (
        {"Bids": wider(wider(BIDS, "members", "X"), "subcontractors", "X")},
        "sheet Bids, row 2, subcontractors: 'X' is named twice; a firm has one role in a bid",
    ),
    "a member of the bidder's own group": (
        {"Bids": wider(BIDS, "members", None, None, "Holding")},
        "sheet Bids, row 4, members: 'Holding' is of the bidder's own legal group; leave it out",
    ),
    "a truth value as a name": (
        {"Bids": [*BIDS, [True, "alpha", "South", "work", 500]]},
        "sheet Bids, row 5, bid: True is not a name; write text",
    ),
}
