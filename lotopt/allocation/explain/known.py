"""What is known of the least a goal can be, and of the difference between two such: exactly, or between two ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from lotopt.allocation.allocation import Allocation
from lotopt.allocation.amounts import GBP, decimal
from lotopt.allocation.clause import AwardGoal
from lotopt.core.reading import plain
from lotopt.market.money import PENNY, exact

# An engine's figures are doubles: within this share of a value they say the same.
SAME = 1e-13
ONE = {
    "missing winners": "missing winner",
    "contracts": "contract",
    "lots": "lot",
    "changes of supplier": "change of supplier",
}
WEIGHTED = "in the sum of the weighted goals"


@dataclass(frozen=True)
class Known:
    """A goal, or several added up by their weights, of the best allocation that was found.

    `value` is what it comes to (None: none was found) and `bound` what it cannot be below (None: not known), in
    `unit`. Equal where it is proven.
    """

    name: str
    unit: str
    value: Fraction | None
    bound: Fraction | None

    @property
    def proven(self) -> bool:
        return self.value is not None and self.value == self.bound


def known(
    stages: Sequence[Sequence[AwardGoal]], plan: Allocation | None, bounds: Iterable[float | None]
) -> tuple[Known, ...]:
    """Each stage of goals as a plan has it, with what is proven of it, in the weighted unit of that stage."""
    found = []
    for goals, bound in zip(stages, bounds, strict=False):
        # a goal by itself is told in its own unit, without its weight
        alone = len(goals) == 1 and goals[0].weight > 0
        scale = Fraction(exact(goals[0].weight)) if alone else Fraction(1)
        value = None if plan is None else sum((_weighted(goal, plan) for goal in goals), Fraction(0)) / scale
        least = None if bound is None else Fraction(bound) / scale
        if value is not None and least is not None and abs(least - value) <= SAME * max(abs(value), Fraction(1)):
            least = value
        name = " and ".join(goal.label for goal in goals) or "no goal"
        found.append(Known(name, _unit(goals), value, least))
    return tuple(found)


def _weighted(goal: AwardGoal, plan: Allocation) -> Fraction:
    return Fraction(exact(goal.weight)) * goal.value(plan)


def _unit(goals: Sequence[AwardGoal]) -> str:
    units = {goal.unit for goal in goals}
    if len(goals) == 1 or (len(units) == 1 and all(goal.weight == 1 for goal in goals)):
        return goals[0].unit
    return WEIGHTED


@dataclass(frozen=True)
class Difference:
    """By how much a goal is higher in one case than in another: from `least` to `most`, both included, in `unit`.

    None where that end is not known. `of` is what it is compared with.
    """

    goal: str
    unit: str
    least: Fraction | None
    most: Fraction | None
    of: Fraction | None = None

    @property
    def exact(self) -> bool:
        """Whether both ends are the same, and so proven."""
        return self.least is not None and self.least == self.most

    @property
    def none(self) -> bool:
        """Whether it is proven that there is no difference."""
        return self.exact and self.least == 0

    @property
    def amount(self) -> Decimal | None:
        """The difference where it is exact."""
        return decimal(self.least) if self.exact and self.least is not None else None

    def words(self) -> str:
        """Such as '12,300.00 GBP a year more (0.8 %)', 'at least 2 more contracts', 'no difference'."""
        low, high = self.least, self.most
        if self.none:
            return "no difference"
        if low is None and high is None:
            return "not known in the time"
        if low is None or high is None:
            end, upper = (high, True) if low is None else (low, False)
            assert end is not None
            word = "at most" if upper == (end >= 0) else "at least"
            return f"{word} {self._more(abs(end), end >= 0, up=word == 'at most')}"
        if self.exact:
            return f"{self._more(abs(low), low > 0)}{self._share(abs(low))}"
        if low >= 0:
            return f"between {bare(low, self.unit, False)} and {self._more(high, True, up=True)}"
        if high <= 0:
            return f"between {bare(-high, self.unit, False)} and {self._more(-low, False, up=True)}"
        less = "less" if self.unit in (GBP, WEIGHTED) else "fewer"
        return f"between {bare(-low, self.unit, True)} {less} and {self._more(high, True, up=True)}"

    def _more(self, value: Fraction, more: bool, up: bool | None = None) -> str:
        """An amount more or less: money is 'GBP a year more', things are counted as 'more contracts'."""
        if self.unit == GBP:
            return f"{amount(value, self.unit, up)} {'more' if more else 'less'}"
        if self.unit == WEIGHTED:
            return f"{bare(value, self.unit, up)} {'more' if more else 'less'} {WEIGHTED}"
        return f"{bare(value, self.unit, up)} {'more' if more else 'fewer'} {singular(value, self.unit)}"

    def _share(self, value: Fraction) -> str:
        if not self.of or self.unit != GBP:
            return ""
        share = float(100 * value / abs(self.of))
        return f" ({share:.1f} %)" if share >= 0.05 else " (less than 0.1 %)"


def amount(value: Fraction, unit: str, up: bool | None = None) -> str:
    """An amount with its unit; money to the penny, rounded up or down where `up` says so."""
    return f"{bare(value, unit, up)} {singular(value, unit)}"


def singular(value: Fraction, unit: str) -> str:
    """A unit as it stands beside a number."""
    return ONE.get(unit, unit) if abs(value) == 1 else unit


def bare(value: Fraction, unit: str, up: bool | None = None) -> str:
    """An amount without its unit."""
    if unit != GBP:
        return plain(float(value))
    how = ROUND_HALF_EVEN if up is None else ROUND_CEILING if up else ROUND_FLOOR
    return f"{decimal(value).quantize(PENNY, how):,f}"


def money(value: Decimal | Fraction) -> str:
    """GBP a year to the penny."""
    return amount(Fraction(value), GBP)
