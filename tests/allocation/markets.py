"""Small markets for tests, written as one line per bid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.bid import Bid, Item, Partner
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.terms import Admission, ItemTerms


def market(
    *bids: str,
    cases: Mapping[str, float] | None = None,
    groups: Mapping[str, str] | None = None,
    capacity: Mapping[str, Mapping[str, float]] | None = None,
    services: Sequence[str] = ("",),
    areas: Mapping[str, Sequence[str]] | None = None,
    kinds: Mapping[str, str] | None = None,
    said: Mapping[str, Mapping[str, Any]] | None = None,
    terms: Mapping[str, Mapping[str, Any]] | None = None,
    panel: Sequence[Admission] = (),
) -> Market:
    """A market from bids such as "A L1+L2 300" or "A L1/help 300 quality=80 covers=0.5": provider, lots, price.

    Lots are those bid for, or those of `cases` (the volume of each; 1 unless given). Bids are named like "A-L1+L2".
    `said` are other fields of providers (funding and the like), `terms` of items such as "L1" or "L1/help".
    """
    made = [_bid(line, services) for line in bids]
    lots = list(cases or sorted({lot for bid in made for lot in bid.lots}))
    providers = sorted({bid.provider for bid in made} | set(capacity or ()) | set(said or ()))
    return Market(
        tuple(
            LotFacts(
                lot,
                areas=tuple(AreaFacts(area) for area in (areas or {}).get(lot, ())),
                volumes={"cases": (cases or {}).get(lot, 1.0)},
            )
            for lot in lots
        ),
        tuple(
            Provider(
                id=id,
                group=(groups or {}).get(id, ""),
                kind=(kinds or {}).get(id, ""),
                capacity=(capacity or {}).get(id, {}),
                **(said or {}).get(id, {}),
            )
            for id in providers
        ),
        tuple(made),
        tuple(services),
        terms={Item(*name.split("/")): ItemTerms(**fields) for name, fields in (terms or {}).items()},
        panel=tuple(panel),
    )


def _bid(line: str, services: Sequence[str]) -> Bid:
    provider, where, price, *more = line.split()
    lots, _, service = where.partition("/")
    stated = dict(word.split("=") for word in more)
    return Bid.on(
        lots.split("+"),
        id=stated.get("id", f"{provider}-{where}"),
        provider=provider,
        price=Decimal(price),
        services=(service,) if service else services,
        quality=float(stated["quality"]) if "quality" in stated else None,
        covers=float(stated.get("covers", 1)),
        volumes={"cases": float(stated["cases"])} if "cases" in stated else {},
        alternative=stated.get("alternative", ""),
        only_with=tuple(filter(None, stated.get("only_with", "").split(";"))),
        partners=tuple(
            Partner(firm, role)
            for role in ("member", "subcontractor")
            for firm in filter(None, stated.get(role, "").split(";"))
        ),
    )
