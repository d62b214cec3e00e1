"""Which bids a rule lets win in no way, and what follows for others: from the sentences of rules alone, by kind."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from taken import Choice, Taken, firms, group, number, volume_of

from lotopt.market.bid import Bid
from lotopt.market.market import Market

WHOLE = Fraction(1)


def packages(market: Market, rule, bid: Bid) -> bool:
    lots = {lot for lot, _ in bid.items}
    within = any(lots <= set(named) for named in rule.only_on)
    mixed = len({service for _, service in bid.items}) > 1
    return (len(lots) > 1 and not within) or (mixed and not rule.across_services)


def quality_threshold(market: Market, rule, bid: Bid) -> bool:
    spared = any(lot in rule.excepted for lot, _ in bid.items)
    return not spared and number(bid.quality) < number(rule.at_least)


def eligibility(market: Market, rule, bid: Bid) -> bool:
    def let_in(names: set[str], item) -> bool:
        terms = market.terms[item]
        for line in market.panel:
            if line.provider not in names:
                continue
            fits = not line.lots or item.lot in line.lots
            fits &= not line.regions or terms.region in line.regions
            fits &= not line.categories or terms.category in line.categories
            for low, value, high in (
                (line.value_from, terms.value, line.value_to),
                (line.joined, terms.date, line.left),
            ):
                if value is not None:
                    fits &= (low is None or low <= value) and (high is None or value <= high)
            if fits:
                return True
        return False

    who = [{bid.provider}]
    if rule.members:
        members = firms(market, bid, ("member",))
        who += [{p.id for p in market.providers if (p.group or p.id) == name} for name in members]
    return not all(let_in(names, item) for names in who for item in bid.items)


def one_tender(market: Market, rule, bid: Bid) -> bool:
    for other in market.bids:
        same = set(other.items) & set(bid.items) and firms(market, other) & firms(market, bid)
        if same and other.provider != bid.provider:
            return True
    return False


def turnover_gate(market: Market, rule, bid: Bid) -> bool:
    provider = next(p for p in market.providers if p.id == bid.provider)
    if {provider.id, provider.group or provider.id} & set(rule.excepted):
        return False
    values = {item: Fraction(market.terms[item].value) if market.terms else Fraction(1) for item in bid.items}
    if rule.of == "price":
        whole = sum(values.values())
        values = {item: Fraction(bid.price) * value / whole for item, value in values.items()}
    worth = [sum(v for item, v in values.items() if item.lot == lot) for lot in {lot for lot, _ in bid.items}]
    return Fraction(provider.funding) < number(rule.gate) * max(worth)


def withdrawn(market: Market, rule, bid: Bid) -> bool:
    return bid.id in rule.bids or bool({bid.provider, group(market, bid)} & set(rule.providers))


def price_ceiling(market: Market, rule, bid: Bid) -> bool:
    """Above the ceiling at the largest discount too."""
    discount = next(p for p in market.providers if p.id == bid.provider).discount
    rate = max([Fraction(0)] + [Fraction(tier.discount) for tier in discount.tiers]) if discount else Fraction(0)
    price = Fraction(int(Fraction(bid.price) * (1 - rate) * 100 + Fraction(1, 2)), 100)
    return not RULE_OF["price_ceiling"](market, rule, [Taken(bid, WHOLE, price, price)])


def incompatible(market: Market, rule, bid: Bid) -> bool:
    price = Fraction(bid.price)
    return not RULE_OF["incompatible"](market, rule, [Taken(bid, WHOLE, price, price)])


BARS = {
    "packages": packages,
    "quality_threshold": quality_threshold,
    "eligibility": eligibility,
    "one_tender": one_tender,
    "turnover_test": turnover_gate,
    "withdrawn": withdrawn,
    "price_ceiling": price_ceiling,
    "incompatible": incompatible,
}
# filled by rule_oracle: the same rules as they read a choice
RULE_OF: dict = {}


def standing(market: Market, rules: Sequence) -> list[Bid]:
    """The bids for open lots that no rule bars by itself."""
    return [
        bid
        for bid in market.bids
        if all(market.terms[item].open for item in bid.items if item in market.terms)
        and not any(BARS[rule.kind](market, rule, bid) for rule in rules if rule.kind in BARS)
    ]


def bidders(market: Market, rule, won: Choice, stand: Sequence[Bid]) -> bool:
    for item in {item for bid in won for item in bid.items}:
        few = len({group(market, bid) for bid in stand if item in bid.items}) < rule.at_least
        if few and item.lot not in rule.excepted and rule.then == "no_award":
            return False
    return True


def last_resort(market: Market, rule, won: Choice, stand: Sequence[Bid]) -> bool:
    kept = {provider.id for provider in market.providers if provider.last_resort}
    wanted = {item for bid in stand if bid.provider not in kept for item in bid.items}
    for bid in won:
        held = {item for item in bid.items if item.lot not in rule.excepted}
        if bid.provider in kept and held & wanted:
            return False
    return True


def resilience(market: Market, rule, won: Choice, stand: Sequence[Bid]) -> bool:
    """Every set of helpers is tried: the work that only they can reach fits into what they have to spare.

    This is so for each set exactly where all the work can be taken on (Hall 1935); with a share below 1, the part
    that need not be covered is room of its own.
    """
    capacity = {p.id: number(p.capacity[rule.measure]) for p in market.providers if rule.measure in p.capacity}
    spare = dict(capacity)
    work: dict[str, dict] = {}
    for bid in won:
        for item, volume in _shared_out(market, bid, rule.measure).items():
            mine = work.setdefault(group(market, bid), {})
            mine[item] = mine.get(item, 0) + volume
            if bid.provider in spare:
                spare[bid.provider] -= volume
    if any(room < 0 for room in spare.values()):
        return False
    for failing, items in work.items():
        if failing in {next((p.group or p.id for p in market.providers if p.id == n), n) for n in rule.excepted}:
            continue
        others = [p.id for p in market.providers if p.id in spare and (p.group or p.id) != failing]
        near = {item: {bid.provider for bid in stand if item in bid.items} & set(others) for item in items}
        uncovered = (1 - number(rule.share)) * sum(items.values())
        for size in range(len(others) + 1):
            for helpers in combinations(others, size):
                only = sum(volume for item, volume in items.items() if near[item] <= set(helpers))
                if only > sum(spare[id] for id in helpers) + uncovered:
                    return False
    return True


def _shared_out(market: Market, bid: Taken, measure: str) -> dict:
    """What a winning bid takes on of each item."""
    if measure == "lots":
        return {item: Fraction(1) for item in bid.items}
    lots = {lot.id: number(lot.volumes[measure]) for lot in market.lots}
    if measure not in bid.bid.volumes:
        return {item: bid.share * number(bid.covers) * lots[item.lot] for item in bid.items}
    whole, total = volume_of(market, bid.bid, measure), sum(lots[item.lot] for item in bid.items)
    thousandths = [int(1000 * whole * lots[item.lot] / total) for item in bid.items[:-1]]
    parts = [Fraction(part, 1000) for part in thousandths]
    parts.append(whole - sum(parts))
    return {item: bid.share * part for item, part in zip(bid.items, parts, strict=True)}


BESIDE = {"bidders": bidders, "last_resort": last_resort, "resilience": resilience}
