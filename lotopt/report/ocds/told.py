"""What every part of a release is made of: ids, amounts, and the words that say what it is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from lotopt.market.bid import Item
from lotopt.report.awarded import SIMULATED

if TYPE_CHECKING:
    from lotopt.market.market import Market

Stage = Literal["planning", "tender", "award"]
Bids = Literal["none", "counted", "winning", "all"]

DRAFT = "DRAFT made by lotopt: not registered and not published."
A_YEAR = "Amounts are GBP a year."
LABEL = "SIMULATED: "


def label(title: str, simulated: bool) -> str:
    """A title that says when it speaks of a made-up market."""
    return f"{LABEL}{title}" if simulated else title


def words(sentences: Iterable[str], simulated: bool = False) -> str:
    """Sentences in one text, with the warning of a made-up market first."""
    return " ".join([*([SIMULATED] if simulated else []), *filter(None, sentences)])


def amount(exact: Decimal) -> dict[str, Any]:
    """Money as OCDS has it: a JSON number with the digits of the amount, and its currency."""
    # a double has 15 decimal digits, and the largest amount of a market 12 before the point and 2 behind it
    whole = exact == exact.to_integral_value()
    return {"amount": int(exact) if whole else float(exact), "currency": "GBP"}


def lot_id(item: Item) -> str:
    """The id of what can be bid for by itself: a lot, or a service in a lot. Different items have different ids."""
    if not item.service:
        return item.lot
    return "/".join(quote(part, safe=" ,;:()&'") for part in item)


def items_of(lots: Iterable[str], market: Market | None) -> tuple[Item, ...]:
    """What is put out to tender: the items of the market, or every lot where there is none."""
    return tuple(Item(lot) for lot in lots) if market is None else market.items


def filled(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content without what is empty, for OCDS leaves out what there is none of."""
    return {key: value for key, value in content.items() if value not in (None, "", [], {})}
