"""Bids and awards of a release: what is told of them, and what stays with the buyer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lotopt.market.discount import less
from lotopt.report.awarded import SIMULATED
from lotopt.report.ocds.parties import Parties
from lotopt.report.ocds.told import A_YEAR, DRAFT, Bids, amount, filled, label, lot_id, words
from lotopt.report.tender.notice import one_line

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation, Award
    from lotopt.market.bid import Bid, Item
    from lotopt.market.market import Market


def bids(plan: Allocation, shown: Bids, withdrawn: Collection[str], parties: Parties) -> dict[str, Any]:
    """How many bids and bidders there are for each lot and in all, and as many of the bids as may be shown.

    Losing bids, and who made them, are confidential until the buyer says otherwise: only `all` tells of them.
    """
    if shown == "none":
        return {}
    market = plan.market
    won = {award.bid for award in plan.awards}
    told = [] if shown == "counted" else [bid for bid in market.bids if shown == "all" or bid.id in won]
    details = [_bid(bid, market, won, withdrawn, parties) for bid in told]
    return filled({"statistics": list(_counts(market)), "details": details})


def _counts(market: Market) -> Iterator[dict[str, Any]]:
    note = {"notes": SIMULATED} if market.simulated else {}
    on: dict[Item | None, list[Bid]] = {None: list(market.bids), **{item: [] for item in market.items}}
    for bid in market.bids:
        for item in bid.items:
            on[item].append(bid)
    for of_item, found in on.items():
        of = {} if of_item is None else {"relatedLot": lot_id(of_item)}
        name = "" if of_item is None else f" {lot_id(of_item)}"
        for measure, number in (("bids", len(found)), ("bidders", len({bid.provider for bid in found}))):
            yield {"id": f"{measure}{name}", "measure": measure, "value": number} | note | of


def _bid(
    bid: Bid, market: Market, won: Collection[str], withdrawn: Collection[str], parties: Parties
) -> dict[str, Any]:
    # whether a losing bid was valid is for the buyer to say, not for an optimisation
    status = "withdrawn" if bid.id in withdrawn else "valid" if bid.id in won else "pending"
    return {
        "id": bid.id,
        "status": status,
        "tenderers": parties.bidders(bid, "tenderer"),
        "value": amount(bid.price),
        # a package is one bid for all its lots, since its price cannot be divided
        "relatedLots": [lot_id(item) for item in bid.items],
    }


def awards(plan: Allocation, shown: Bids, parties: Parties) -> list[dict[str, Any]]:
    """Every award, as pending: who is to get what, at what price, for which share of the work."""
    return [_award(award, plan.market, shown, parties) for award in plan.awards]


def _award(award: Award, market: Market, shown: Bids, parties: Parties) -> dict[str, Any]:
    bid = market.bid[award.bid]
    suppliers = parties.bidders(bid, "supplier")
    lots = ", ".join(market.item_name(item) for item in award.items)
    reserve = "" if award.share else "In reserve: no work unless it is called on."
    part = f"{(100 * award.share).normalize():f} % of the work." if award.share not in (0, 1) else ""
    covers = f"It covers {100 * award.covers:g} % of the need." if award.covers != 1 else ""
    # what it asks for its share of the work differs from what is paid where a discount is taken off
    asked = less(bid.price, award.share, Decimal(0))
    off = f"Bid at {bid.price:,.2f} GBP a year, before discount." if award.price != asked else ""
    title = f"{lots}: {market.provider[award.provider].title}"
    return filled(
        {
            "id": award.bid,
            "title": one_line(label(title, market.simulated)),
            "description": words(
                [DRAFT, "Proposed, not decided.", A_YEAR, reserve, part, covers, off], market.simulated
            ),
            "status": "pending",
            "value": amount(award.price) if award.share else None,
            "suppliers": suppliers,
            "relatedLots": [lot_id(item) for item in award.items],
            "relatedBids": [award.bid] if shown in ("winning", "all") else None,
        }
    )
