"""Which rules, and which terms of bidders themselves, forbid that a bid wins at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lotopt.allocation import bid_terms
from lotopt.allocation.clause import AwardRule
from lotopt.allocation.explain.admission import beside
from lotopt.allocation.offers import ones
from lotopt.allocation.problem import Problem
from lotopt.core.result import Status
from lotopt.core.told import listed
from lotopt.engine.conflict import smallest_conflict
from lotopt.engine.model.rows import Row
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.bid import Bid
from lotopt.market.market import Market


@dataclass(frozen=True)
class OwnTerm:
    """Something that a bidder asks for: that a bid is an alternative to others, or wins only with something else.

    `bid` is empty for what all other bids ask for.
    """

    bid: str
    condition: str = ""  # what it wins only with; empty: its alternatives

    label = bid_terms.CLAUSE

    def words(self, market: Market) -> str:
        if not self.bid:
            return "what bidders ask for in other bids"
        bid = market.bid[self.bid]
        if self.condition:
            return f"bid {self.bid} is offered only with {self.condition}"
        others = [id for id in bid_terms.alternatives(market)[bid.provider, bid.alternative] if id != self.bid]
        return f"bid {self.bid} is an alternative to {listed(others)}"


Forbids = AwardRule | OwnTerm


def terms_of(market: Market, bid: Bid) -> tuple[OwnTerm, ...]:
    """What a bid asks for, one by one, and then what all others ask for."""
    found = [OwnTerm(bid.id)] if bid.alternative else []
    found += [OwnTerm(bid.id, name) for name in bid.only_with]
    if any(other.alternative or other.only_with for other in market.bids if other.id != bid.id):
        found.append(OwnTerm(""))
    return tuple(found)


def wins(problem: Problem, bid: str) -> Row:
    """The row by which a bid wins; it has columns."""
    columns = problem.offers.by_bid[bid]
    return Row(f"{bid} wins", columns, ones(columns), at_least=1.0)


def forbidding(
    market: Market, rules: Sequence[AwardRule], bid: Bid, options: SolverOptions, clock: Clock
) -> tuple[tuple[Forbids, ...], bool]:
    """A smallest set of rules and terms of bidders under which a bid cannot win; and whether it is smallest.

    They are known to forbid it together. Where the time is over, the set may be larger than need be.
    Raises KeyboardInterrupt when interrupted.
    """
    decided = True

    def holds(some: Sequence[Forbids]) -> bool | None:
        nonlocal decided
        terms = [term for term in some if isinstance(term, OwnTerm)]
        problem = Problem.of(asking(market, bid, terms), [rule for rule in some if not isinstance(rule, OwnTerm)])
        if bid.id not in problem.offers.by_bid:
            return False
        answer = problem.exists(options, clock, [wins(problem, bid.id)])
        if answer.interrupted:
            raise KeyboardInterrupt
        decided = decided and answer.status != Status.UNKNOWN
        return {Status.INFEASIBLE: False, Status.UNKNOWN: None}.get(answer.status, True)

    every: tuple[Forbids, ...] = (*rules, *terms_of(market, bid))
    found, before = smallest_conflict(every, holds, clock), every
    # where a rule bars bids because of others, what was kept for a rule that is gone now may be gone too
    while beside(rules) and len(found) < len(before):
        found, before = smallest_conflict(found, holds, clock), found
    return found, decided and not clock.over()


def asking(market: Market, bid: Bid, terms: Sequence[OwnTerm]) -> Market:
    """The market in which bidders ask for these terms only."""
    kept = {term.condition for term in terms if term.bid}
    others = any(not term.bid for term in terms)
    bids = []
    for each in market.bids:
        if each.id == bid.id:
            alternative = each.alternative if "" in kept else ""
            only_with = tuple(name for name in each.only_with if name in kept)
            each = each.model_copy(update={"alternative": alternative, "only_with": only_with})
        elif not others and (each.alternative or each.only_with):
            each = each.model_copy(update={"alternative": each.alternative if "" in kept else "", "only_with": ()})
        bids.append(each)
    return market if tuple(bids) == market.bids else replace(market, bids=tuple(bids))
