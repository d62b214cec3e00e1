"""A made-up market for trying things out: the same for the same seed, and labelled as simulated."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from lotopt.core.errors import InputError, did_you_mean
from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.bid import Bid, Item
from lotopt.market.draws import generator, homes_of, made_up, rounded
from lotopt.market.market import Lots, Market, facts_of
from lotopt.market.money import PENNY
from lotopt.market.provider import LOTS, Provider
from lotopt.market.schedule import PriceSchedule
from lotopt.market.terms import NOTHING_SAID, ItemTerms

FEWEST_BIDDERS = 4  # the nearest providers bid for a lot however far it is
NEAREST = 2  # packages pair a lot with this many of the lots nearest to it


@dataclass(frozen=True)
class _Bidder:
    provider: Provider
    schedule: PriceSchedule
    quality: float  # points, before what differs from lot to lot


def simulate(
    plan: Lots,
    *,
    seed: int = 1,
    providers: int | Sequence[Provider] = 8,
    measure: str | None = None,
    services: Sequence[str] = ("",),
    rate: float = 80.0,
    values: bool = False,
    fixed: bool = False,
    regions: Mapping[str, str] | None = None,
) -> Market:
    """A made-up market over the lots of a plan: providers with homes, rates and capacity, single bids and packages.

    `measure` is what prices and capacities go by, the first of the lots' measures unless given; `rate` is the usual
    price per unit of it, in GBP. Every draw depends on the seed, the provider and the lot alone, so the order of
    lots changes nothing. With `values` each lot has an indicative value, what its volume costs at the usual rate, to
    the nearest 1,000 GBP. With `fixed` bids say which part of their price does not vary with volume. `regions` names
    the region of a lot by its id. Neither changes a price. Raises InputError for a measure the lots do not have, or
    a lot of `regions` that is none of them.
    """
    lots = tuple(sorted(facts_of(plan), key=lambda lot: lot.id))
    measure = _measure(lots, measure)
    areas = _areas(lots)
    given = made_up(providers) if isinstance(providers, int) else tuple(providers)
    homes = homes_of(given, areas, measure, seed)
    bidders = [_bidder(p, homes.get(p.id), lots, len(services), measure, rate, seed) for p in given]
    bids = tuple(_bids(bidders, lots, tuple(services) or ("",), measure, seed, fixed))
    terms = _terms(lots, tuple(services) or ("",), measure, rate if values else None, regions or {})
    return Market(
        facts_of(plan),
        tuple(bidder.provider for bidder in bidders),
        bids,
        tuple(services) or ("",),
        simulated=True,
        source=f"simulated market, seed {seed}",
        notes=("This market is made up: no provider, price or score in it is real.",),
        terms=terms,
    )


def _terms(
    lots: Sequence[LotFacts], services: Sequence[str], measure: str, rate: float | None, regions: Mapping[str, str]
) -> dict[Item, ItemTerms]:
    """What a buyer would say of the lots, where that is wanted; nothing otherwise."""
    known = [lot.id for lot in lots]
    unknown = [f"regions: no lot '{id}'; {did_you_mean(id, known)}" for id in sorted(regions) if id not in known]
    if unknown:
        raise InputError("simulate", unknown)
    found = {}
    for lot in lots:
        value = None if rate is None else rounded(rate * lot.volumes[measure], "1000")
        terms = ItemTerms(value=value, region=regions.get(lot.id, ""))
        if terms != NOTHING_SAID:
            found.update({Item(lot.id, service): terms for service in services})
    return found


def _measure(lots: Sequence[LotFacts], measure: str | None) -> str:
    known = [name for name in (lots[0].volumes if lots else {}) if all(name in lot.volumes for lot in lots)]
    if not known or (measure is not None and measure not in known):
        told = did_you_mean(measure or "", known)
        raise InputError("simulate", f"no measure '{measure or ''}' in every lot; {told}")
    return measure or known[0]


def _areas(lots: Sequence[LotFacts]) -> tuple[AreaFacts, ...]:
    found = {area.id: area for lot in lots for area in lot.areas or (AreaFacts(lot.id, volumes=lot.volumes),)}
    return tuple(found[id] for id in sorted(found))


def _bidder(
    provider: Provider,
    home: AreaFacts | None,
    lots: Sequence[LotFacts],
    services: int,
    measure: str,
    rate: float,
    seed: int,
) -> _Bidder:
    draw = generator(seed, "provider", provider.id)
    demand = [lot.volumes[measure] * max(1, services) for lot in lots]
    unit = rate * draw.uniform(0.88, 1.12)
    schedule = PriceSchedule(
        measure=measure,
        fixed=rounded(draw.uniform(0.01, 0.03) * rate * math.fsum(demand) / max(1, len(lots))),
        rate=rounded(unit),
        rate_km=rounded(unit * draw.uniform(0.0004, 0.0012), "0.0001"),
        x_km=home.x_km if home else None,
        y_km=home.y_km if home else None,
    )
    # A quarter to a half of all demand each, and never less than the largest lot: eight of them carry it twice over.
    capacity = max(draw.uniform(0.25, 0.5) * math.fsum(demand), 1.05 * max(demand, default=0.0))
    stated = dict(provider.capacity) or {measure: float(math.ceil(capacity)), LOTS: float(max(2, len(lots) // 2))}
    funding = rounded(rate * capacity * draw.uniform(0.5, 0.8), "1000")
    changes = {
        "capacity": stated,
        "home": provider.home or (home.id if home else ""),
        "funding": provider.funding if provider.funding is not None else funding,
    }
    return _Bidder(provider.model_copy(update=changes), schedule, draw.uniform(62.0, 88.0))


def _bids(
    bidders: Sequence[_Bidder],
    lots: Sequence[LotFacts],
    services: tuple[str, ...],
    measure: str,
    seed: int,
    fixed: bool,
) -> Iterator[Bid]:
    near = _near(lots)
    fewest = {lot.id: _nearest(bidders, lot) for lot in lots}
    for bidder in sorted(bidders, key=lambda b: b.provider.id):
        who = bidder.provider.id
        reach = sorted(lots, key=lambda lot: (_distance(bidder, lot), lot.id))[: math.ceil(0.6 * len(lots))]
        most = bidder.provider.capacity.get(measure, math.inf)
        for service in services:
            single: dict[str, Bid] = {}
            for lot in lots:
                if (lot in reach or who in fewest[lot.id]) and lot.volumes[measure] <= most:
                    single[lot.id] = _single(bidder, lot, service, seed, fixed)
            yield from single.values()
            volume = {lot.id: lot.volumes[measure] for lot in lots}
            for a, b in near:
                if a in single and b in single and volume[a] + volume[b] <= most:
                    yield _package(single[a], single[b], seed)


def _single(bidder: _Bidder, lot: LotFacts, service: str, seed: int, fixed: bool) -> Bid:
    draw = generator(seed, "bid", bidder.provider.id, lot.id, service)
    differs = Decimal(str(round(draw.uniform(0.95, 1.05), 4)))
    price, charge = bidder.schedule.price(lot) * differs, bidder.schedule.fixed_charge * differs
    return Bid(
        id="-".join(filter(None, (bidder.provider.id, lot.id, service))),
        provider=bidder.provider.id,
        items=(Item(lot.id, service),),
        price=max(PENNY, price.quantize(PENNY, ROUND_HALF_UP)),
        quality=round(2 * min(100.0, max(0.0, bidder.quality + draw.uniform(-8.0, 8.0)))) / 2,
        fixed=charge.quantize(PENNY, ROUND_DOWN) if fixed else None,
    )


def _package(a: Bid, b: Bid, seed: int) -> Bid:
    """Both lots together, cheaper by 2 to 7 per cent than the two bids."""
    draw = generator(seed, "package", a.id, b.id)
    cheaper = Decimal(str(round(1 - draw.uniform(0.02, 0.07), 4)))
    price = (a.price + b.price) * cheaper
    charges = [bid.fixed for bid in (a, b) if bid.fixed is not None]
    return Bid(
        id=f"{a.id}+{b.items[0].lot}",
        provider=a.provider,
        items=a.items + b.items,
        price=max(PENNY, price.quantize(PENNY, ROUND_HALF_UP)),
        quality=round((a.quality or 0.0) + (b.quality or 0.0)) / 2,
        fixed=(sum(charges) * cheaper).quantize(PENNY, ROUND_DOWN) if charges else None,
    )


def _near(lots: Sequence[LotFacts]) -> list[tuple[str, str]]:
    """Pairs of lots of which one is among the nearest to the other, centre to centre."""
    centre = {lot.id: _centre(lot) for lot in lots}
    pairs: set[tuple[str, str]] = set()
    for lot in centre:
        far = sorted((math.dist(centre[lot], at), other) for other, at in centre.items() if other != lot)
        pairs.update((min(lot, other), max(lot, other)) for _, other in far[:NEAREST])
    return sorted(pairs)


def _nearest(bidders: Sequence[_Bidder], lot: LotFacts) -> set[str]:
    ranked = sorted(bidders, key=lambda bidder: (_distance(bidder, lot), bidder.provider.id))
    return {bidder.provider.id for bidder in ranked[:FEWEST_BIDDERS]}


def _distance(bidder: _Bidder, lot: LotFacts) -> float:
    return bidder.schedule.distance(*_centre(lot))


def _centre(lot: LotFacts) -> tuple[float, float]:
    if not lot.areas:
        return 0.0, 0.0
    # fsum does not depend on the order of areas
    return (
        math.fsum(area.x_km for area in lot.areas) / len(lot.areas),
        math.fsum(area.y_km for area in lot.areas) / len(lot.areas),
    )
