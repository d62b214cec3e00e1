"""How lots are awarded, in words that can be published before tenders come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lotopt.allocation.goals.per_bid import IncumbentAdjustment
from lotopt.allocation.rules.limits import AwardLimit
from lotopt.report.words import amount, count, decapital, gap_words

if TYPE_CHECKING:
    from lotopt.allocation.clause import AwardGoal, AwardRule
    from lotopt.market.market import Market

# What each kind of rule is about, for whoever reads a notice; a new rule has to be put in one of them.
ONE_SUPPLIER = (
    *("award_limit", "value_share", "value_cap", "capacity", "turnover_test", "minimum_business"),
    "incompatible",
)
ONE_TENDER = ("packages", "eligibility", "one_tender", "quality_threshold", "price_ceiling", "bidders", "last_resort")
ALL_AWARDS = (
    *("every_item_awarded", "coverage", "class_share", "budget", "fewest_providers", "most_providers"),
    *("together", "resilience"),
)
LEFT_OUT = "[The condition {} names suppliers and is left out here.]"
# These name bids that have come in, and are no part of a method that is declared before.
OF_A_RUN = ("withdrawn", "fixed_awards")


@dataclass(frozen=True)
class Method:
    """The rules and goals by which lots are awarded, what chooses among equals, and how close to best is enough.

    `suppliers` are the names that no public text is to hold: a rule that speaks of one is left out of it, and that is
    told.
    """

    rules: Sequence[AwardRule]
    goals: Sequence[AwardGoal]
    in_order: bool = False
    ties: Sequence[AwardGoal] = ()
    gap: float = 1e-4
    suppliers: frozenset[str] = frozenset()

    def about(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """The sentences of the rules of some kinds, as far as they name no supplier."""
        return tuple(self._said(rule) for rule in self.rules if rule.kind in kinds)

    def _said(self, rule: AwardRule) -> str:
        return LEFT_OUT.format(rule.label) if self.named(rule) else rule.explain()

    def named(self, rule: AwardRule) -> list[str]:
        """The suppliers that a rule speaks of by name."""
        return sorted(_strings(rule.fields()) & self.suppliers)

    @property
    def award_limit(self) -> int | None:
        """The most lots that any supplier may be awarded, where one number holds for every supplier and every lot."""
        limits = [r.at_most for r in self.rules if isinstance(r, AwardLimit) and set(r.fields()) <= {"at_most"}]
        return min(limits, default=None)

    @property
    def limited(self) -> bool:
        """Whether any rule keeps a supplier from what its tenders would win by themselves."""
        return bool(self.about(ONE_SUPPLIER))


def choice(method: Method) -> Iterator[str]:
    """How one combination of tenders is chosen: the objective mechanism, a paragraph each."""
    yield (
        "All tenders for all lots are looked at together: every combination of tenders that keeps all conditions "
        "could be chosen."
    )
    goals = [decapital(goal.explain()) for goal in method.goals]
    if not goals:
        yield "No aim is declared, so each of these is as good as any other. [Declare what is to be kept low.]"
    elif len(goals) == 1:
        yield f"Of these the one is chosen that does best by this aim: {goals[0]}"
    elif method.in_order:
        yield "Of these the one is chosen that does best by the first aim; among equals by the second, and so on:"
        yield from (f"{number}. {goal}" for number, goal in enumerate(goals, 1))
    else:
        yield "Of these the one is chosen for which the sum of all aims, each times its weight, is lowest:"
        for goal, words in zip(method.goals, goals, strict=True):
            yield f"- weight {amount(goal.weight)}, counted in {goal.unit}: {words}"
    if method.limited:
        yield (
            "Where a supplier's tenders would be best for more lots than the limits allow, the chosen combination "
            "says which of them it is awarded, and which other tenders win the rest. Nobody decides that by hand."
        )


def equals(method: Method) -> Iterator[str]:
    """What decides where several combinations are equally good."""
    if not method.ties:
        yield "[No rule for ties is declared. Declare one, such as quality, then a lot drawn with a published seed.]"
        return
    yield "Where several combinations are equally good, these decide, one after the other, until one is left:"
    yield from (f"{number}. {decapital(goal.explain())}" for number, goal in enumerate(method.ties, 1))


def solving(method: Method) -> Iterator[str]:
    """How the combination is found, and what is proven of it."""
    better = f"better by more than {gap_words(method.gap)}" if method.gap > 0 else "better"
    yield (
        "The combination is found by mixed-integer optimisation. It is taken as best only where a bound proves that "
        f"no other that keeps all conditions is {better}. An audit that does not use the solver then measures every "
        "condition and every price again."
    )
    if method.gap > 0:
        yield (
            f"[Within {gap_words(method.gap)} a combination counts as best although another may be better. For "
            "awards set gap = 0 under [solver], or declare the gap.]"
        )


def particular(method: Method) -> Iterator[str]:
    """What in the method speaks of single suppliers, or is no part of a method at all: for the buyer's eyes."""
    for rule in method.rules:
        names = method.named(rule) if rule.kind not in OF_A_RUN else []
        if names:
            named = "a supplier" if len(names) == 1 else count(len(names), "supplier")
            yield (
                f"[Left out above: the condition {rule.label} names {named} ({'; '.join(names)}): {rule.explain()} "
                "Say what difference justifies that (s.12(2)-(3)), or drop it.]"
            )
    if any(isinstance(goal, IncumbentAdjustment) for goal in (*method.goals, *method.ties)):
        yield "[An adjustment for changing supplier treats incumbents otherwise than others: say why (s.12(2)-(3)).]"
    if left := [rule.label for rule in method.rules if rule.kind in OF_A_RUN]:
        yield f"[Left out, because they are about tenders of this run: {', '.join(left)}.]"


def _strings(value: Any) -> set[str]:
    """Every text in nested content."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*map(_strings, value), *map(_strings, value.values()))
    return set().union(*map(_strings, value)) if isinstance(value, list | tuple) else set()


def suppliers_of(market: Market | None) -> frozenset[str]:
    """Every name that a rule may call a supplier by."""
    return frozenset() if market is None else frozenset({*market.provider, *market.legal_groups})
