"""Markets that say everything a file can hold, with names and numbers that sheets like to change."""

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

# What a sheet takes for a number, a date, a formula, an error or nothing, if it is let.
ODD = [
    "007",
    "1",
    "1.0",
    "1e5",
    "=1+1",
    "yes",
    "2021-04-26",
    "None",
    "nan",
    "#N/A",
    "a, b",
    'O"Neill',
    "Ä & <b>",
    "1/2",
]
WORDS = st.sampled_from(["", "", *ODD])
POUNDS = st.decimals(0, 10**9, places=2)
AMOUNTS = st.one_of(st.none(), POUNDS)
VOLUMES = st.floats(0, 1e9).filter(lambda value: value == 0 or value > 1e-6)
DAYS = st.one_of(st.none(), st.dates(datetime.date(1850, 1, 1), datetime.date(2150, 1, 1)))
MEASURES = ("cases", "Hours a year")


def some(names: tuple[str, ...] | list[str], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    """None, one or a few of some names."""
    if not names:
        return st.just(())
    return st.lists(st.sampled_from(names), max_size=most, unique=True).map(tuple)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """One to three lots, one or two services, two or three providers, up to six bids, all kinds of terms."""
    names = draw(st.lists(st.sampled_from(ODD), min_size=6, max_size=6, unique=True))
    lots, who = names[: draw(st.integers(1, 3))], names[3 : 3 + draw(st.integers(2, 3))]
    services = draw(st.sampled_from([("",), ("work",), ("work", "help")]))
    facts = tuple(
        LotFacts(lot, draw(WORDS), tuple(map(AreaFacts, draw(some(ODD)))), {m: draw(VOLUMES) for m in MEASURES})
        for lot in lots
    )
    items = tuple(Item(lot, service) for lot in lots for service in services)
    items = tuple(item for item in items if item.service != "help" or draw(st.booleans()))
    terms = {item: draw(terms_of_items()) for item in items}
    firms = draw(st.dictionaries(st.sampled_from(["X Ltd", "Y CIC", "Z & Co"]), st.sampled_from(["G1", "G2"])))
    providers = tuple(draw(said_by(id, who[:at], firms)) for at, id in enumerate(who))
    bids: list[Bid] = []
    for at in range(draw(st.integers(1, 6))):
        bid = draw(bids_of(f"b{at}", providers, items, bids))
        if not any(same_offer(bid, other) for other in bids):
            bids.append(bid)
    panel = tuple(draw(lines(id, lots, terms)) for id in draw(some(who, 3)))
    return Market(
        facts, providers, tuple(bids), services, items, draw(st.booleans()), terms=terms, panel=panel, firms=firms
    )  # fmt: skip


def same_offer(one: Bid, other: Bid) -> bool:
    """Whether a file would call their prices two prices for one bid, or nearly so."""
    return one.provider == other.provider and set(one.items) == set(other.items)


@st.composite
def said_by(draw: st.DrawFn, id: str, before: list[str], firms: dict[str, str]) -> Provider:
    """A provider; its group may be that of another firm, but not of its partners."""
    group = draw(st.sampled_from(["", "", "Holding"]))
    partners: list[Partner] = [Partner(firm, draw(roles())) for firm in draw(some(["X Ltd", "Y CIC", "new firm"]))]
    edges = sorted(draw(st.sets(st.decimals(0, 10**6, places=3), min_size=1, max_size=3)))
    off = st.decimals(0, Decimal("0.999"), places=3)
    tiers = tuple(
        Tier(start=start, end=end, discount=draw(off)) for start, end in zip(edges, [*edges[1:], None], strict=True)
    )
    discount = Discount(on=draw(st.sampled_from(["value", "lots", *MEASURES])), tiers=tiers)
    return Provider(
        id=id,
        name=draw(WORDS),
        group=group,
        kind=draw(WORDS),
        home=draw(WORDS),
        capacity=draw(st.dictionaries(st.sampled_from(["lots", *MEASURES]), VOLUMES)),
        funding=draw(AMOUNTS),
        viable=draw(AMOUNTS),
        last_resort=draw(st.booleans()),
        partners=tuple(partners),
        discount=draw(st.sampled_from([None, discount])),
    )


def roles() -> st.SearchStrategy[str]:
    return st.sampled_from(["member", "subcontractor"])


@st.composite
def bids_of(
    draw: st.DrawFn, id: str, providers: tuple[Provider, ...], items: tuple[Item, ...], bids: list[Bid]
) -> Bid:
    """A bid for a lot, or for everything of one service."""
    provider = draw(st.sampled_from(providers))
    service = draw(st.sampled_from(sorted({item.service for item in items})))
    offered = [item for item in items if item.service == service]
    chosen = draw(st.lists(st.sampled_from(offered), min_size=1, max_size=2, unique=True))
    price = draw(st.decimals(Decimal("0.01"), 10**9, places=2))
    standing = {partner.firm for partner in provider.partners}
    others = [bid for bid in bids if bid.provider == provider.id]
    free = [firm for firm in ("X Ltd", "Z & Co", "2nd firm") if firm not in standing]
    return Bid(
        id=id,
        provider=provider.id,
        items=tuple(chosen),
        price=price,
        fixed=draw(st.sampled_from([None, Decimal(0), price])),
        quality=draw(st.one_of(st.none(), st.floats(0, 100).filter(lambda value: value == 0 or value > 1e-6))),
        covers=draw(st.floats(1e-6, 1)),
        volumes=draw(st.dictionaries(st.sampled_from(MEASURES), VOLUMES)),
        alternative=draw(WORDS),
        only_with=draw(some([bid.id for bid in others])),
        partners=tuple(Partner(firm, draw(roles())) for firm in draw(some(free))),  # type: ignore[arg-type]
        preference=draw(st.one_of(st.none(), st.integers(1, 99))),
    )


@st.composite
def terms_of_items(draw: st.DrawFn) -> ItemTerms:
    """Everything that a buyer can say of an item, or nothing."""
    if draw(st.booleans()):
        return ItemTerms()
    status = draw(st.sampled_from(["open", "open", "cancelled", "direct"]))
    return ItemTerms(
        value=draw(AMOUNTS),
        region=draw(WORDS),
        category=draw(WORDS),
        date=draw(DAYS),
        incumbent=draw(WORDS),
        status=status,
        reason="no valid bid\nin two rounds" if status != "open" else draw(WORDS),
    )


@st.composite
def lines(draw: st.DrawFn, id: str, lots: list[str], terms: dict[Item, ItemTerms]) -> Admission:
    """A line of a panel that names what there is."""
    values = sorted([draw(POUNDS), draw(POUNDS)])
    days = sorted(draw(st.lists(st.dates(datetime.date(1850, 1, 1)), min_size=2, max_size=2)))
    return Admission(
        provider=id,
        lots=draw(some(lots)),
        regions=draw(some(sorted({said.region for said in terms.values() if said.region}))),
        categories=draw(some(sorted({said.category for said in terms.values() if said.category}))),
        value_from=draw(st.sampled_from([None, values[0]])),
        value_to=draw(st.sampled_from([None, values[1]])),
        joined=draw(st.sampled_from([None, days[0]])),
        left=draw(st.sampled_from([None, days[1]])),
    )
