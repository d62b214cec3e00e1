"""The audit of an allocation: every rule and goal from the market's own figures, exactly, without the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from lotopt.allocation import bid_terms
from lotopt.allocation.allocation import Allocation, Award
from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.standing import may_win
from lotopt.core.clause import named
from lotopt.core.errors import InputError
from lotopt.core.reading import Audit
from lotopt.market.market import Market
from lotopt.market.money import exact

PENNY = Fraction(1, 100)
RELATIVE = Fraction(1, 10**9)


def audit_allocation(
    allocation: Allocation,
    rules: Sequence[AwardRule],
    goals: Sequence[AwardGoal] = (),
    objective: float | None = None,
) -> Audit:
    """Every rule of an allocation measured, its goals added up, and its awards held against the market's bids.

    `objective` is what the engine claims: a fault where it differs from the goals by more than a penny and by more
    than a billionth. Raises InputError when a rule speaks of something the market does not have.
    """
    rules, goals = named(rules), named(goals)
    check_clauses(allocation.market, rules, goals)
    standing = may_win(allocation.market, rules)
    found = tuple(
        reading
        for rule in rules
        for reading in chain(rule.readings(allocation), rule.readings_beside(allocation, standing))
    )
    found += tuple(bid_terms.readings(allocation))
    total = sum((Fraction(exact(goal.weight)) * goal.value(allocation) for goal in goals), Fraction(0))
    faults = list(_faults(allocation))
    if objective is not None and abs(Fraction(objective) - total) > max(PENNY, RELATIVE * abs(total)):
        faults.append(f"the engine's objective is {objective:,.6f}, the audit's {float(total):,.6f}")
    return Audit(found, tuple(faults), float(total) if goals else None, allocation.market.notes)


def check_clauses(market: Market, rules: Sequence[AwardRule], goals: Sequence[AwardGoal]) -> None:
    """Raise InputError with every name in a clause that the market lacks."""
    problems = [f"{rule.label}: {problem}" for rule in rules for problem in rule.problems(market)]
    problems += [f"{goal.label}: {problem}" for goal in goals for problem in goal.problems(market)]
    if problems:
        raise InputError("allocation", problems)


def _faults(allocation: Allocation) -> Iterator[str]:
    """Awards that are not what was bid."""
    market = allocation.market
    asked_for = {each.bid.id: each for each in allocation.won}
    seen: set[str] = set()
    for award in allocation.awards:
        if award.bid in seen:
            yield f"bid {award.bid} wins twice"
        seen.add(award.bid)
        bid = market.bid.get(award.bid)
        if bid is None:
            yield f"bid {award.bid} wins and is not in the market"
            continue
        if not 0 <= award.share <= 1:
            yield f"bid {award.bid}, share: {award.share} is not from 0 to 1"
        bid_for = Award.of(market, bid, award.share, asked_for[award.bid].price)
        for name in ("provider", "group", "items", "price", "quality", "covers"):
            given, asked = getattr(award, name), getattr(bid_for, name)
            if given != asked:
                yield f"bid {award.bid}, {name}: awarded {_shown(given)}, bid {_shown(asked)}"


def _shown(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
