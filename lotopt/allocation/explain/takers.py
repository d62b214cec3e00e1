"""Who could take over a lot and is blocked from it by a limit on what one provider wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule
from lotopt.allocation.explain.admission import Admissions, broken
from lotopt.allocation.explain.limits import on_one_provider
from lotopt.market.bid import Item
from lotopt.market.market import Market


@dataclass(frozen=True)
class Blocked:
    """A bid that cannot take over lots beside what stays: which rule it would break, and what that rule reads."""

    bid: str
    provider: str
    lots: str
    rule: str
    reading: str

    def __str__(self) -> str:
        return f"{self.provider} cannot take {self.lots} ({self.bid}): {self.rule}, {self.reading}"


def blocked(
    market: Market, rules: Sequence[AwardRule], plan: Allocation, gone: frozenset[str], items: frozenset[Item]
) -> tuple[Blocked, ...]:
    """The bids for re-awarded items alone that do not win, and what limits on a provider each would break.

    Each is put into `plan` in place of the winners of its items, and measured by the audit's own readings.
    """
    admissions = Admissions(market, tuple(rules))
    shares = {award.bid: award.share for award in plan}
    limits = on_one_provider(rules)
    always = {rule.label: set(broken(rule, plan, admissions.offers.may_win)) for rule in limits}
    found = []
    for bid in sorted({bid.id: bid for bid in chain.from_iterable(map(admissions.on, items))}.values(), key=str):
        if bid.id in gone or bid.id in shares or bid.id not in admissions.valid or not items.issuperset(bid.items):
            continue
        replaced = {award.bid: award.share for award in plan if not set(award.items).intersection(bid.items)}
        taken = [award.share for award in plan if set(award.items).intersection(bid.items)]
        tried = Allocation.of(market, {**replaced, bid.id: max(taken, default=admissions.offers.shares[0])})
        lots = "; ".join(map(market.item_name, bid.items))
        for rule in limits:
            read = [line for line in broken(rule, tried, admissions.offers.may_win) if line not in always[rule.label]]
            if read:
                title = market.provider[bid.provider].title
                found.append(Blocked(bid.id, title, lots, rule.label, "; ".join(read)))
    return tuple(found)
