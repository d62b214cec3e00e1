"""An allocation as the report reads it: who serves which lot, at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lotopt.core.result import Result
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, listed, money, share

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation

SIMULATED = "SIMULATED MARKET: the providers, bids and prices are made up. They are not offers by anyone."


@dataclass(frozen=True)
class Awarded:
    """One award: the lots it covers, the service, provider, bid, price a year, quality and share of need covered."""

    lots: tuple[str, ...]
    service: str
    provider: str
    provider_name: str
    bid: str
    price: Decimal
    quality: float | None
    covers: float
    share: Decimal = Decimal(1)


def awarded(awards: Result[Allocation] | None) -> tuple[Awarded, ...]:
    """The awards of a result in the order of lots; none where there is no plan."""
    if awards is None or awards.plan is None:
        return ()
    market = awards.plan.market
    return tuple(
        Awarded(
            award.lots,
            award.service,
            award.provider,
            market.provider[award.provider].title if award.provider in market.provider else award.provider,
            award.bid,
            award.price,
            award.quality,
            award.covers,
            award.share,
        )
        for award in awards.plan.awards
    )


def is_simulated(awards: Result[Allocation] | None) -> bool:
    return awards is not None and awards.plan is not None and bool(awards.plan.market.simulated)


def provider_of_lots(awards: Result[Allocation] | None) -> dict[str, str]:
    """For each awarded lot, the names of its providers."""
    found: dict[str, list[str]] = {}
    for award in awarded(awards):
        for lot in award.lots:
            if award.provider_name not in found.setdefault(lot, []):
                found[lot].append(award.provider_name)
    return {lot: listed(names) for lot, names in found.items()}


def price_of_lots(awards: Result[Allocation] | None, labels: Mapping[str, str]) -> dict[str, str]:
    """For each awarded lot, the sum of its prices; a package's price stands once, with the lots it covers.

    `labels` are what the lots are called, in the order they are told in: a package's price stands at the first.
    """
    place = {lot: i for i, lot in enumerate(labels)}
    sums: dict[tuple[str, ...], Decimal] = {}
    for award in awarded(awards):
        lots = tuple(sorted(award.lots, key=lambda lot: (place.get(lot, len(place)), lot)))
        sums[lots] = sums.get(lots, Decimal(0)) + award.price
    found: dict[str, list[str]] = {}
    for lots in sorted(sums, key=len):
        first, *others = lots
        names = [labels.get(lot, lot) for lot in lots]
        whole = money(sums[lots])
        found.setdefault(first, []).append(f"{whole} for {' + '.join(names)}" if others else whole)
        for lot in others:
            found.setdefault(lot, []).append(f"with {names[0]}")
    return {lot: "; ".join(dict.fromkeys(told)) for lot, told in found.items()}


def total_price(awards: Result[Allocation] | None) -> Decimal:
    return sum((award.price for award in awarded(awards)), Decimal(0))


def awards_table(
    awards: Result[Allocation],
    labels: Mapping[str, str],
    names: Mapping[str, str],
    order: Sequence[str],
    scheduled: bool = False,
) -> Table:
    """One row per award: lots, service, provider, bid, price, quality, share of need covered.

    `labels` and `names` are what a lot is called in short and in full; a package begins with the short ones. Where
    prices are `scheduled` nobody has bid, and the lowest price of any other provider stands in place of a bid.
    """
    rows = awarded(awards)
    services = any(row.service for row in rows)
    quality = any(row.quality is not None for row in rows)
    partly = any(row.covers != 1 for row in rows)
    shared = any(row.share != 1 for row in rows)
    head = [Column("Lot"), *([Column("Service")] if services else []), Column("Provider")]
    head += [] if scheduled else [Column("Bid")]
    head.append(Column("Price a year", numeric=True))
    head += [Column("Lowest price of another", numeric=True)] if scheduled else []
    others = _lowest_others(awards) if scheduled else {}
    head += [Column("Quality", numeric=True)] if quality else []
    head += [Column("Covers", numeric=True)] if partly else []
    head += [Column("Share of the work", numeric=True)] if shared else []
    body = []
    for row in rows:
        cells = [_lots_in_words(row.lots, labels, names), *([row.service] if services else [])]
        cells += [row.provider_name, *([] if scheduled else [row.bid]), money(row.price)]
        cells += [others.get(row.lots[0], "none")] if scheduled else []
        cells += [("" if row.quality is None else amount(row.quality))] if quality else []
        cells += [share(row.covers, 0)] if partly else []
        cells += [(share(float(row.share), 0) if row.share else "in reserve")] if shared else []
        body.append(tuple(cells))
    place = {lot: i for i, lot in enumerate(order)}
    simulated = is_simulated(awards)
    return Table(
        "Awards (simulated market)" if simulated else "Awards",
        tuple(head),
        tuple(body),
        note=f"Total price: {money(total_price(awards))} a year." + (f" {SIMULATED}" if simulated else ""),
        lots=tuple(place.get(row.lots[0], -1) for row in rows) if order else (),
    )


def _lowest_others(awards: Result[Allocation]) -> dict[str, str]:
    """For each lot, what the cheapest provider asks that has not won it."""
    assert awards.plan is not None
    market = awards.plan.market
    winner = {lot: award.provider for award in awards.plan.awards for lot in award.lots}
    asked: dict[str, list[tuple[Decimal, str]]] = {}
    for bid in market.bids:
        if winner.get(bid.lots[0]) != bid.provider:
            asked.setdefault(bid.lots[0], []).append((bid.price, market.provider[bid.provider].title))
    lowest = {lot: min(offers) for lot, offers in asked.items()}
    return {lot: f"{money(price)}, {provider}" for lot, (price, provider) in lowest.items()}


def _lots_in_words(lots: Sequence[str], labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The full name of a lot; of several first the labels, so that a line cut short still tells which they are."""
    full = [names.get(lot, lot) for lot in lots]
    short = [labels.get(lot, lot) for lot in lots]
    if len(lots) == 1 or full == short:
        return " + ".join(full)
    return f"{' + '.join(short)}: {'; '.join(full)}"


def by_provider_table(awards: Result[Allocation]) -> Table:
    """One row per provider with an award: how many lots, how much, and its share of the total."""
    found: dict[str, tuple[set[str], Decimal]] = {}
    for row in awarded(awards):
        lots, price = found.get(row.provider_name, (set(), Decimal(0)))
        found[row.provider_name] = (lots | set(row.lots), price + row.price)
    total = total_price(awards)
    rows = [
        (name, str(len(lots)), money(price), share(float(price / total)) if total else "")
        for name, (lots, price) in sorted(found.items(), key=lambda item: (-item[1][1], item[0]))
    ]
    head = (Column("Provider"), Column("Lots", True), Column("Price a year", True), Column("Share", True))
    return Table("Providers" + (" (simulated market)" if is_simulated(awards) else ""), head, tuple(rows))
