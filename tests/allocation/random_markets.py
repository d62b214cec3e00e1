"""Small random markets: everything that bids, providers and lots can say, in few numbers so that ties are common."""

from __future__ import annotations

import datetime
from decimal import Decimal

from hypothesis import strategies as st

from lotopt.core.lot import AreaFacts, LotFacts
from lotopt.market.bid import Bid, Item, Partner
from lotopt.market.discount import Discount, Tier
from lotopt.market.market import Market
from lotopt.market.provider import Provider
from lotopt.market.terms import Admission, ItemTerms

LOTS, WHO = ("L1", "L2", "L3"), ("P", "Q", "R", "S")
PRICES = [Decimal(100), Decimal(150), Decimal(200), Decimal("200.01"), Decimal(300)]


@st.composite
def markets(draw: st.DrawFn, telling: bool = False) -> Market:
    """Up to three lots, one or two services, four providers of which two may be one firm, up to six bids.

    Half of the markets are plain; the others, and all where `telling`, say more of bids, providers and lots.
    """
    lots = LOTS[: draw(st.sampled_from([1, 2, 2, 3]))]
    services = draw(st.sampled_from([("",), ("",), ("",), ("work", "help")]))
    shared = draw(st.sampled_from([False, False, False, True]))
    facts = tuple(
        LotFacts(
            lot,
            areas=tuple(AreaFacts(area) for area in (("x", lot) if shared else ())),
            volumes={"cases": draw(st.sampled_from([1.0, 2.0, 2.5]))},
        )
        for lot in lots
    )
    more = telling or draw(st.booleans())
    one_firm = draw(st.booleans())
    providers = tuple(
        Provider(
            id=id,
            group="firm" if one_firm and id in "PQ" else "",
            kind="voluntary" if id in "QS" else "private",
            capacity=draw(st.sampled_from([{}, {"cases": 1.25}, {"cases": 4.5, "lots": 2}, {"lots": 1}])),
            funding=draw(st.sampled_from([Decimal(100), Decimal(150), Decimal("200.01")])),
            **(draw(said_by_providers(id, one_firm)) if more else {}),
        )
        for id in WHO
    )
    bids = [
        Bid.on(
            draw(st.lists(st.sampled_from(lots), min_size=1, max_size=2, unique=True)),
            id=f"b{at}",
            provider=draw(st.sampled_from(WHO)),
            price=draw(st.sampled_from(PRICES)),
            services=draw(st.sampled_from([services, services[:1], services[-1:]])),
            quality=draw(st.sampled_from([0.0, 50.0, 72.5, 100.0])),
            covers=draw(st.sampled_from([1.0, 1.0, 1.0, 1.0, 0.5, 0.3])),
            volumes=draw(st.sampled_from([{}, {}, {}, {"cases": 0.75}])),
        )
        for at in range(draw(st.sampled_from([1, 3, 4, 5, 6, 6, 6])))
    ]
    if more:
        standing = {provider.id: provider.partners for provider in providers}
        bids = [bid.model_copy(update=draw(said_by_bids(bid, bids, standing, one_firm))) for bid in bids]
    items = tuple(Item(lot, service) for lot in lots for service in services)
    terms = {item: draw(said_of_items(open_only=not more)) for item in items}
    panel = tuple(draw(st.lists(panel_lines(lots), min_size=1, max_size=4))) if more else ()
    return Market(facts, providers, tuple(bids), services, terms=terms, panel=panel)


def said_by_providers(id: str, one_firm: bool) -> st.SearchStrategy[dict[str, object]]:
    """Partners, discounts, the least business wanted, and a last resort."""
    others = [Partner("X"), Partner("X", "subcontractor"), Partner("Y")]
    if not (one_firm and id in "PQ"):
        others.append(Partner("P" if id != "P" else "R"))
    return st.fixed_dictionaries(
        {
            "partners": st.sampled_from([(), (), *((other,) for other in others)]),
            "discount": st.one_of(st.none(), st.none(), discounts()),
            "viable": st.sampled_from([None, None, Decimal(150), Decimal("200.01")]),
            "last_resort": st.just(id == "S"),
        }
    )


def discounts() -> st.SearchStrategy[Discount]:
    """One tier or two, with edges that totals meet exactly, a penny below and a penny above."""
    d = Decimal
    return st.sampled_from(
        [
            Discount(tiers=(Tier(start=d(200), discount=d("0.1")),)),
            Discount(tiers=(Tier(start=d("200.01"), discount=d("0.05")),)),
            Discount(tiers=(Tier(start=d(0), end=d(300), discount=d(0)), Tier(start=d(300), discount=d("0.333")))),
            Discount(on="lots", tiers=(Tier(start=d(2), discount=d("0.25")),)),
            Discount(
                on="cases",
                tiers=(Tier(start=d("0.75"), end=d(2), discount=d("0.1")), Tier(start=d(2), discount=d("0.2"))),
            ),
        ]
    )


@st.composite
def said_by_bids(
    draw: st.DrawFn, bid: Bid, bids: list[Bid], standing: dict[str, tuple[Partner, ...]], one_firm: bool
) -> dict[str, object]:
    """Alternatives, conditions and subcontractors of one bid."""
    others = [other for other in bids if other.provider == bid.provider and other.id != bid.id]
    needed = [other.id for other in others] + [lot for other in others for lot in other.lots if lot not in bid.lots]
    found: dict[str, object] = {"alternative": draw(st.sampled_from(["", "", "a"]))}
    if needed:
        found["only_with"] = draw(st.sampled_from([(), (), (needed[0],), (needed[-1],)]))
    known = {partner.firm for partner in standing[bid.provider]}
    named = [Partner("Z", "subcontractor"), Partner("R", "subcontractor")]
    free = [partner for partner in named if partner.firm not in (bid.provider, *known)]
    found["partners"] = draw(st.sampled_from([(), (), *((partner,) for partner in free)]))
    return found


def said_of_items(open_only: bool) -> st.SearchStrategy[ItemTerms]:
    """Indicative value, region, category, date, incumbent, and now and then a lot that is not open."""
    status = ["open"] if open_only else ["open"] * 7 + ["cancelled", "direct"]
    return st.builds(
        lambda status, **rest: ItemTerms(status=status, reason="" if status == "open" else "said", **rest),
        status=st.sampled_from(status),
        value=st.sampled_from([Decimal(100), Decimal(200), Decimal("250.5")]),
        region=st.sampled_from(["north", "south"]),
        category=st.sampled_from(["a", "b"]),
        date=st.sampled_from([None, datetime.date(2021, 4, 1), datetime.date(2021, 6, 1)]),
        incumbent=st.sampled_from(["", "P", "R", "gone"]),
    )


def panel_lines(lots: tuple[str, ...]) -> st.SearchStrategy[Admission]:
    """Lines that admit a provider to something."""
    return st.builds(
        Admission,
        provider=st.sampled_from(WHO),
        lots=st.sampled_from([(), (), lots[:1]]),
        value_from=st.sampled_from([None, Decimal(150)]),
        value_to=st.sampled_from([None, Decimal(200)]),
        joined=st.sampled_from([None, datetime.date(2021, 5, 1)]),
        left=st.sampled_from([None, datetime.date(2021, 5, 31)]),
    )
