"""The award with the fewest missing winners, where the rules cannot all be kept, and why lots go without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.clause import AwardRule, LotRule
from lotopt.allocation.conflict import clashing
from lotopt.allocation.explain.admission import Admissions, winners_wanted
from lotopt.allocation.explain.again import Question
from lotopt.allocation.explain.given import OURS, Covered, FewMissing
from lotopt.allocation.goals.per_bid import Shortfall
from lotopt.allocation.rules.items import Coverage, EveryItemAwarded
from lotopt.allocation.wish import Wish
from lotopt.core.result import Result, Status
from lotopt.core.told import listed
from lotopt.market.bid import Item
from lotopt.market.market import Market
from lotopt.market.money import exact


@dataclass(frozen=True)
class Gap:
    """One lot and service without all its winners, and why."""

    item: Item
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


def let_off(rules: Sequence[AwardRule], lots: Sequence[str]) -> tuple[AwardRule, ...]:
    """The rules, with some lots let off from having winners at all."""
    return tuple(_let_off(rule, lots) if isinstance(rule, EveryItemAwarded | Coverage) else rule for rule in rules)


def _let_off(rule: LotRule, lots: Sequence[str]) -> LotRule:
    return rule.model_copy(update={"excepted": tuple(dict.fromkeys((*rule.excepted, *lots)))})


def fewest_missing(
    question: Question, more: Sequence[AwardRule], items: Iterable[Item], before: Allocation
) -> tuple[Result[Allocation], Wish]:
    """The best award of those in which the fewest winners are missing, where `items` may go without; and its wish.

    `before` is the award that was made: an item never has more winners than it had or is to have. `more` rules hold.
    Raises KeyboardInterrupt when interrupted.
    """
    market, wish = question.market, question.wish
    free = [item for item in market.items if item in set(items)]
    rules = let_off(wish.rules, list(dict.fromkeys(item.lot for item in free)))
    most = {item: max(winners_wanted(market, wish.rules, item), len(before.bids_on(item))) for item in free}
    capped = FewMissing(most=most)
    first = question.allocate(instead=Wish((*rules, *more, capped), (Shortfall(),)))
    if first.plan is None:
        return first, Wish((*rules, *more, capped), wish.goals)
    count = sum(len(bid.items) for bid in first.plan.bids)
    held = Wish((*rules, *more, FewMissing(most=most, at_least=count)), wish.goals, wish.in_order, wish.ties)
    found = question.allocate(instead=held)
    return (first if found.plan is None else found), held


def short(market: Market, rules: Sequence[AwardRule], plan: Allocation, items: Iterable[Item]) -> tuple[Item, ...]:
    """The items that have fewer winners than they are to have, or of whose need too little is covered."""
    every = [rule for rule in rules if isinstance(rule, EveryItemAwarded)]
    needs = [exact(rule.at_least) for rule in rules if isinstance(rule, Coverage)]
    found = []
    for item in market.items:
        if item not in items:
            continue
        won = plan.bids_on(item)
        few = any(len(won) < rule.most(market, item) for rule in every)
        thin = sum((each.covers for each in won), Decimal(0)) < min(needs, default=Decimal(0))
        if few or thin or not won:
            found.append(item)
    return tuple(found)


def why_short(question: Question, more: Sequence[AwardRule], plan: Allocation, items: Sequence[Item]) -> list[Gap]:
    """Why each item goes without: no other bid, bids refused, rules that forbid it, or better kept elsewhere.

    Raises KeyboardInterrupt when interrupted.
    """
    market = question.market
    rules = (*let_off(question.wish.rules, [item.lot for item in items]), *more)
    admissions = Admissions(market, rules)
    return [Gap(item, market.item_name(item), _why(question, admissions, plan, item)) for item in items]


def _why(question: Question, admissions: Admissions, plan: Allocation, item: Item) -> str:
    bids = admissions.on(item)
    refusals = {bid.id: admissions.refusals(bid) for bid in bids}
    ours = {kind.model_fields["kind"].default for kind in OURS}
    by_rules = {id for id, told in refusals.items() if not ours.intersection(refusal.rule for refusal in told)}
    winning = {award.bid for award in plan}
    others = by_rules - winning
    if not others:
        return "no other bid"
    if all(refusals[id] for id in others):
        by = dict.fromkeys(refusal.rule for id in sorted(others) for refusal in refusals[id])
        return f"every other bid is refused by {listed(by)}"
    asked = (*admissions.rules, Covered(item=item, at_least=len(plan.bids_on(item)) + 1))
    found = question.allocate(instead=Wish(asked, ()))
    if found.status != Status.INFEASIBLE:
        return "only in place of others" if found.plan is not None else "not known in the time"
    clash = clashing(question.market, asked, question.options, question.clock)
    names = [rule.label for rule in clash if not isinstance(rule, OURS)]
    return f"forbidden by {listed(names)}" if names else "no other bid can be added to what stays"
