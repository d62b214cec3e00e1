"""The rules of allocation once more, from their sentences alone: one function each, by kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

from bar_oracle import BARS, RULE_OF
from taken import Choice, firms, group, number, volume, volume_of

from lotopt.market.market import Market


def held(market: Market, rule, name: str) -> bool:
    """Whether a legal group is held to a rule."""

    def groups(names):
        return {next((p.group or p.id for p in market.providers if p.id == n), n) for n in names}

    if name in groups(rule.excepted) or (rule.only and name not in groups(rule.only)):
        return False
    kinds = {p.kind for p in market.providers if (p.group or p.id) == name}
    return not rule.classes or bool(kinds & set(rule.classes))


def about(rule, item) -> bool:
    return (not rule.lots or item.lot in rule.lots) and (not rule.services or item.service in rule.services)


def part(market: Market, rule, bid) -> Fraction:
    """Which part of a bid's price a rule is about."""
    values = [market.terms[item].value if item in market.terms else None for item in bid.items]
    if None in values or not sum(values):
        values = [1] * len(values)
    return sum(Fraction(v) for v, item in zip(values, bid.items, strict=True) if about(rule, item)) / Fraction(
        sum(values)
    )


def worth(market: Market, rule, won: Choice) -> Fraction:
    return sum((bid.price * part(market, rule, bid) for bid in won), Fraction(0))


def every_item_awarded(market: Market, rule, won: Choice) -> bool:
    for item in market.items:
        on = [bid for bid in won if item in bid.items]
        wanted = rule.winners_by_lot.get(item.lot, len(rule.shares) or rule.winners)
        if item in market.terms and not market.terms[item].open:
            wanted = 0
        few = len(on) < wanted and item.lot not in rule.excepted and not rule.fewer
        named = [name for bid in on for name in firms(market, bid)]
        same = wanted > 1 and len(set(named)) < len(named)
        shares = sorted((bid.share for bid in on), reverse=True)
        if rule.shares and shares != [number(share) for share in rule.shares][: len(on)]:
            return False
        if few or same or len(on) > wanted:
            return False
    return True


def coverage(market: Market, rule, won: Choice) -> bool:
    areas = {area.id for lot in market.lots for area in lot.areas}
    bare = [(lot.id,) for lot in market.lots if not lot.areas]
    needs = [tuple(lot.id for lot in market.lots if area in {a.id for a in lot.areas}) for area in areas] + bare
    for lots, service in product(needs, market.services):
        lots = [lot for lot in lots if lot not in rule.excepted]
        items = [item for item in market.items if item.lot in lots and item.service == service]
        shut = [item in market.terms and not market.terms[item].open for item in items]
        met = sum((bid.met for item in items for bid in won if item in bid.items), Fraction(0))
        most = None if rule.at_most == float("inf") else number(rule.at_most)
        if lots and not (items and all(shut)) and (met < number(rule.at_least) or (most is not None and met > most)):
            return False
    return True


def award_limit(market: Market, rule, won: Choice) -> bool:
    groups = {name for bid in won for name in firms(market, bid, rule.roles)}
    return all(
        sum(about(rule, item) for b in won if g in firms(market, b, rule.roles) for item in b.items) <= rule.at_most
        for g in groups
        if held(market, rule, g)
    )


def value_share(market: Market, rule, won: Choice) -> bool:
    def indicative(items) -> Fraction:
        return sum((Fraction(market.terms[item].value) for item in items if about(rule, item)), Fraction(0))

    for name in {name for bid in won for name in firms(market, bid, rule.roles)}:
        mine = [bid for bid in won if name in firms(market, bid, rule.roles)]
        if rule.of == "value":
            own = sum((bid.share * indicative(bid.items) for bid in mine), Fraction(0))
            total = indicative(market.items)
        else:
            own, total = worth(market, rule, mine), worth(market, rule, won)
        if held(market, rule, name) and own > number(rule.at_most) * total:
            return False
    return True


def capacity(market: Market, rule, won: Choice) -> bool:
    for provider in market.providers:
        mine = [bid for bid in won if bid.provider == provider.id]
        names = {provider.id, provider.group or provider.id}
        if rule.measure not in provider.capacity or names & set(rule.excepted):
            continue  # provider by provider: naming one does not let off others of its group
        if (rule.only and not names & set(rule.only)) or (rule.classes and provider.kind not in rule.classes):
            continue
        taken = sum(
            Fraction(len(b.items)) if rule.measure == "lots" else volume(market, b, rule.measure) for b in mine
        )
        if taken > number(rule.share) * number(provider.capacity[rule.measure]):
            return False
    return True


def value_cap(market: Market, rule, won: Choice) -> bool:
    for name in {name for bid in won for name in firms(market, bid, rule.roles)}:
        own = worth(market, rule, [bid for bid in won if name in firms(market, bid, rule.roles)])
        if held(market, rule, name) and own > Fraction(rule.at_most):
            return False
    return True


def class_share(market: Market, rule, won: Choice) -> bool:
    of_class = {provider.id for provider in market.providers if provider.kind in rule.classes}
    mine = [bid for bid in won if bid.provider in of_class]
    if rule.of == "lots":
        own, total = (Fraction(sum(about(rule, item) for bid in bids for item in bid.items)) for bids in (mine, won))
    else:
        own, total = worth(market, rule, mine), worth(market, rule, won)
    return number(rule.at_least) * total <= own <= number(rule.at_most) * total


def budget(market: Market, rule, won: Choice) -> bool:
    return worth(market, rule, won) <= Fraction(rule.at_most)


def price_ceiling(market: Market, rule, won: Choice) -> bool:
    for bid in won:
        if rule.per == "lot":
            units = Fraction(len(bid.items))
        elif rule.per == "value":
            units = sum(Fraction(market.terms[item].value) for item in bid.items)
        else:
            units = volume_of(market, bid.bid, rule.per)
        spared = any(lot in rule.excepted for lot, _ in bid.items)
        if not spared and bid.whole_price > Fraction(rule.at_most) * units:
            return False
    return True


def _counted(market: Market, rule, won: Choice) -> Iterator[int]:
    """How many legal groups win something in each place that is counted in."""
    open_items = [i for i in market.items if about(rule, i) and (i not in market.terms or market.terms[i].open)]

    def place(item):
        region = market.terms[item].region if item in market.terms else ""
        return {"all": "all", "lot": item.lot, "service": f"s {item.service}", "region": region}[rule.per]

    for name in {place(item) for item in open_items} - {""}:
        here = {item for item in open_items if place(item) == name}
        yield len({group(market, bid) for bid in won if here & set(bid.items)})


def fewest_providers(market: Market, rule, won: Choice) -> bool:
    return all(count >= rule.at_least for count in _counted(market, rule, won))


def most_providers(market: Market, rule, won: Choice) -> bool:
    return all(count <= rule.at_most for count in _counted(market, rule, won))


def incompatible(market: Market, rule, won: Choice) -> bool:
    """Every pair of names is looked at by itself: does it go together anywhere it must not?"""
    awarded = [
        (name, bid.provider, lot, service, role)
        for bid in won
        for role in ("prime", "member", "subcontractor")
        for name in firms(market, bid, (role,))
        for lot, service in bid.items
    ]
    for (g1, p1, lot1, s1, role1), (g2, p2, lot2, s2, role2) in combinations(awarded, 2):
        near = rule.anywhere or lot1 == lot2
        mine = "subcontractor" not in (role1, role2)
        clash = {
            "lots": mine and g1 == g2 and lot1 != lot2 and {lot1, lot2} <= set(rule.lots),
            "services": mine and g1 == g2 and near and s1 != s2 and {s1, s2} <= set(rule.services),
            "providers": mine and near and _two(rule.providers, (g1, p1), (g2, p2)),
            "roles": g1 == g2 and near and role1 != role2 and {role1, role2} <= set(rule.roles),
        }
        if any(clash[field] for field in clash if getattr(rule, field)):
            return False
    return True


def _two(names: Sequence[str], one: tuple[str, str], other: tuple[str, str]) -> bool:
    return any(a != b and a in one and b in other for a in names for b in names)


def together(market: Market, rule, won: Choice) -> bool:
    """Any two open items that go together are won by the same groups."""
    winners = {
        item: {group(market, bid) for bid in won if item in bid.items}
        for item in market.items
        if item not in market.terms or market.terms[item].open
    }
    for one, other in combinations(winners, 2):
        lots = {one.lot, other.lot} <= set(rule.lots) and one.service == other.service
        services = {one.service, other.service} <= set(rule.services) and one.lot == other.lot
        if (lots or services) and winners[one] != winners[other]:
            return False
    return True


def turnover_test(market: Market, rule, won: Choice) -> bool:
    for provider in market.providers:
        if {provider.id, provider.group or provider.id} & set(rule.excepted):
            continue
        mine = [bid for bid in won if bid.provider == provider.id]
        total = Fraction(0)
        for bid in mine:
            if rule.of == "price":
                total += bid.price
            else:
                total += bid.share * sum(Fraction(market.terms[item].value) for item in bid.items)
        if rule.multiple != float("inf") and total > number(rule.multiple) * Fraction(provider.funding):
            return False
    return not any(BARS["turnover_test"](market, rule, bid.bid) for bid in won)


def minimum_business(market: Market, rule, won: Choice) -> bool:
    for name in {name for bid in won for name in firms(market, bid, rule.roles)}:
        stated = [p.viable for p in market.providers if (p.group or p.id) == name and p.viable is not None]
        least = Fraction(max(stated)) if stated and rule.own else Fraction(rule.at_least)
        own = worth(market, rule, [bid for bid in won if name in firms(market, bid, rule.roles)])
        if held(market, rule, name) and 0 < own < least:
            return False
    return True


def fixed_awards(market: Market, rule, won: Choice) -> bool:
    had = {bid.id: bid.share for bid in won}
    return all(id in had and (id not in rule.shares or had[id] == number(rule.shares[id])) for id in rule.bids)


def none_barred(kind: str):
    return lambda market, rule, won: not any(BARS[kind](market, rule, bid.bid) for bid in won)


RULES = {
    "every_item_awarded": every_item_awarded,
    "coverage": coverage,
    "award_limit": award_limit,
    "value_share": value_share,
    "value_cap": value_cap,
    "capacity": capacity,
    "class_share": class_share,
    "budget": budget,
    "price_ceiling": price_ceiling,
    "fewest_providers": fewest_providers,
    "most_providers": most_providers,
    "incompatible": incompatible,
    "together": together,
    "turnover_test": turnover_test,
    "minimum_business": minimum_business,
    "fixed_awards": fixed_awards,
    "packages": none_barred("packages"),
    "quality_threshold": none_barred("quality_threshold"),
    "eligibility": none_barred("eligibility"),
    "one_tender": none_barred("one_tender"),
    "withdrawn": none_barred("withdrawn"),
}
RULE_OF |= RULES
