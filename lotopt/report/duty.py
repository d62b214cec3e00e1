"""Facts for the reasons that the Procurement Act 2023 asks of an authority for its lots, or for having none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lotopt.core.clause import Rule
from lotopt.core.result import Result
from lotopt.report.before_after import BeforeAfter
from lotopt.report.words import amount, count, decapital, share

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign
    from lotopt.report.rules_kept import RuleKept

INTRODUCTION = (
    "Section 18 of the Procurement Act 2023 asks a contracting authority to consider lots before it tenders, and to "
    "give reasons where it could use lots and does not. Section 23(4) asks for an objective mechanism where a limit "
    "holds on how many lots one supplier may win. This page states facts that such reasons can rest on. The decision "
    "and its reasons are the authority's own, and nothing here is legal advice."
)
LIMITS = ("award_limit", "value_share", "value_cap")


@dataclass(frozen=True)
class Duty:
    """What the law asks, and facts of this report that bear on it."""

    introduction: str
    facts: tuple[str, ...]


def duty(
    plan: LotDesign | None,
    measure: str,
    awards: Result[Any] | None,
    award_rules: Sequence[Rule],
    rules: Sequence[RuleKept],
    change: BeforeAfter | None,
    searched: bool,
) -> Duty | None:
    """The facts; None where there are no lots of a map to give reasons for."""
    if plan is None:
        return None
    facts = (*_of_lots(plan, measure, change, searched), *_of_prices(rules), *_of_limits(award_rules, awards))
    return Duty(INTRODUCTION, facts)


def _of_lots(plan: LotDesign, measure: str, change: BeforeAfter | None, searched: bool) -> Iterator[str]:
    yield f"The work is divided into {count(len(plan), 'lot')}{_sizes(plan, measure)}."
    if searched:
        yield (
            "These lots follow from the rules and aims under What was asked, applied to every area alike; how much "
            "better by the same aims other lots could at most be is told under Method."
        )
    else:
        yield "These lots were given, and are measured here by the rules under What was asked."
    if change is not None:
        yield f"{change.in_short} What that changes for every partner is told under Before and after."
    else:
        yield (
            "Whether other lots, or one contract for all, would serve better is shown by setting them beside these: "
            "lotopt compare, or a base in the scenario."
        )


def _of_prices(rules: Sequence[RuleKept]) -> Iterator[str]:
    priced = [rule for rule in rules if rule.price]
    if priced:
        yield f"What {count(len(priced), 'rule')} about lots cost is told beside each, under Rules kept."


def _of_limits(award_rules: Sequence[Rule], awards: Result[Any] | None) -> Iterator[str]:
    limits = [rule for rule in award_rules if rule.kind in LIMITS]
    for rule in limits:
        yield f"A limit on what one supplier may win applies: {decapital(rule.explain())}"
    if limits and awards is not None:
        yield (
            "Which lots a supplier at its limit keeps follows from the best combination of all bids by the aims that "
            "were stated, not from a choice made by hand; the rules and the aims stand under What was asked."
        )


def _sizes(plan: LotDesign, measure: str) -> str:
    if not measure:
        return ""
    total = plan.table.total(measure)
    whole = float(total.sum())
    title = decapital(plan.territory.measures[measure].title or measure)
    if whole <= 0:
        return ""
    low, high = float(total.min()), float(total.max())
    return (
        f"; the smallest has {share(low / whole)} and the largest {share(high / whole)} of {title} "
        f"({amount(low)} and {amount(high)})"
    )
