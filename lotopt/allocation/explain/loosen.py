"""Relaxations: where no allocation exists, by how little each rule has to give way for one to exist."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from pydantic import ValidationError

from lotopt.allocation.audit import check_clauses
from lotopt.allocation.clause import AwardRule, Loosening
from lotopt.allocation.conflict import clashing, plain_reasons
from lotopt.allocation.explain.admission import beside
from lotopt.allocation.explain.again import Question
from lotopt.allocation.goals.per_bid import Shortfall
from lotopt.allocation.problem import Problem
from lotopt.allocation.rules.items import EveryItemAwarded
from lotopt.allocation.wish import Wish
from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.core.told import Told, listed
from lotopt.engine.solve.one_by_one import one_by_one
from lotopt.engine.solve.progress import Progress
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd

# Sets of rules that are tried for being dropped together.
MOST_TOGETHER = 3


@dataclass(frozen=True)
class Relaxation:
    """How far one rule of a conflict has to give way by itself.

    `field` is the limit that would move from `now` to `enough`: at `enough` an allocation exists, one step before
    there is none. `proven` is false where the time was too short for one of the two. Without `field`: whether
    dropping the rule helps (`helps`; None: not known).
    """

    rule: str
    helps: bool | None
    field: str = ""
    now: Decimal | None = None
    enough: Decimal | None = None
    proven: bool = True
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.helps is None:
            return f"{self.rule}: whether it would do to loosen it is not known in the time."
        if self.missing:
            return f"{self.rule}: fewer = true would do; winners would be missing in {listed(self.missing)}."
        if not self.field:
            return f"{self.rule}: dropping it alone {'would do' if self.helps else 'does not help'}."
        if not self.helps:
            return f"{self.rule}: no {self.field} would do."
        assert self.now is not None
        assert self.enough is not None
        unsure = "" if self.proven else ", perhaps less"
        return f"{self.rule}: {self.field} {_number(self.enough)} instead of {_number(self.now)} would do{unsure}."


@dataclass(frozen=True)
class Relaxations(Told):
    """Why no allocation exists and what would help.

    `conflict` are rules of a smallest set that cannot hold together, as sentences by name; `plain` facts that prove
    it at a glance. `one_by_one` are the ways in which one rule gives way alone; `together`, where none of them does,
    a smallest set of rules that are to be dropped. Everything is empty where an allocation exists (`exists`).
    """

    exists: bool | None
    conflict: tuple[tuple[str, str], ...] = ()
    plain: tuple[str, ...] = ()
    one_by_one: tuple[Relaxation, ...] = ()
    together: tuple[str, ...] = ()
    done: bool = True

    @property
    def sentences(self) -> tuple[str, ...]:
        if self.exists:
            return ("An allocation that keeps every rule exists.",)
        if self.exists is None:
            return ("Whether an allocation exists is not known in the time.",)
        rules = [f"{name}: {sentence}" for name, sentence in self.conflict]
        told = [*self.plain, *(["These rules cannot hold together:"] if rules else []), *rules]
        told += map(str, self.one_by_one)
        if self.together:
            told.append(f"No rule helps alone; dropping {listed(self.together)} together would do.")
        return tuple(told)

    def to_frame(self) -> pd.DataFrame:
        """One row per way to give way: rule, field, now, enough, helps, proven, lots without a winner."""
        import pandas as pd

        columns = ["rule", "field", "now", "enough", "helps", "proven", "missing", "sentence"]
        rows = [
            [
                each.rule,
                each.field,
                each.now,
                each.enough,
                each.helps,
                each.proven,
                "; ".join(each.missing),
                str(each),
            ]
            for each in self.one_by_one
        ]
        return pd.DataFrame(rows, columns=columns)


def relaxations(
    market: Market,
    rules: Iterable[AwardRule],
    *,
    solver: SolverOptions | None = None,
    progress: Progress | None = None,
) -> Relaxations:
    """Where no allocation keeps the rules: a smallest conflict, and the least that each rule in it must give way.

    A rule outside the conflict cannot help by giving way alone, but where a rule bars bids because of others. Each
    limit that a rule can loosen is moved in its own steps until an allocation exists; the step before is shown to
    have none. The time limit of `solver` is for all of it; after Ctrl-C what was found is given. Raises InputError
    for rules that speak of something the market lacks.
    """
    question = Question.of(market, Wish.of(rules, ()), solver, progress)
    check_clauses(market, question.wish.rules, ())
    search = _Search(question)
    exists = search.exists(question.wish.rules)
    if exists is not False:
        return Relaxations(exists)
    every = question.wish.rules
    clash = clashing(market, every, question.options, question.clock)
    # where a rule bars bids because of others, a rule outside the conflict may help too
    found, done = one_by_one(
        every if beside(every) else clash, search.relax, question.clock, progress, "rules of the conflict"
    )
    ways = tuple(way for ways in found for way in ways)
    together: tuple[str, ...] = ()
    if done and not any(way.helps for way in ways):
        sets, done = one_by_one([clash], search.together, question.clock, None, "")
        together = sets[0] if sets else ()
    told = tuple((rule.label, rule.explain()) for rule in clash)
    return Relaxations(False, told, tuple(plain_reasons(market, every)), ways, together, done)


class _Search:
    """The rules of one market, each given way in turn."""

    def __init__(self, question: Question) -> None:
        self.question, self.rules = question, question.wish.rules

    def exists(self, rules: Sequence[AwardRule]) -> bool | None:
        """Whether an allocation keeps some rules; None where it is not known in the time."""
        answer = Problem.of(self.question.market, rules).exists(self.question.options, self.question.clock)
        if answer.interrupted:
            raise KeyboardInterrupt
        return {Status.INFEASIBLE: False, Status.UNKNOWN: None}.get(answer.status, True)

    def relax(self, rule: AwardRule) -> list[Relaxation]:
        """Every way in which one rule gives way alone."""
        helps = self.exists([other for other in self.rules if other is not rule])
        ways = [Relaxation(rule.label, helps)]
        if helps is False and not beside(self.rules):
            return ways  # where dropping it does not help, nothing less does
        ways += [self._least(rule, loosening) for loosening in rule.loosenings(self.question.market)]
        if isinstance(rule, EveryItemAwarded) and not rule.fewer:
            ways += self._fewest_missing(rule)
        return ways

    def _least(self, rule: AwardRule, loosening: Loosening) -> Relaxation:
        """The first step of a limit at which an allocation exists: doubled steps, then halved ones."""
        name, now = loosening.field, Decimal(str(getattr(rule, loosening.field)))
        if not now.is_finite():
            return Relaxation(rule.label, False, name, now)
        most = math.ceil((loosening.loosest - now) / loosening.step)

        def holds(step: int) -> bool | None:
            value = now + step * loosening.step
            value = min(value, loosening.loosest) if loosening.step > 0 else max(value, loosening.loosest)
            moved = loosened(rule, name, value)
            return None if moved is None else self.exists([moved if other is rule else other for other in self.rules])

        if most < 1:
            return Relaxation(rule.label, False, name, now)
        below, step, sure = 0, 1, True
        while (there := holds(step)) is not True:
            if there is None and step >= most:
                return Relaxation(rule.label, None, name, now)
            if step >= most:
                return Relaxation(rule.label, False, name, now)
            sure = sure and there is not None
            below, step = step, min(2 * step, most)
        while step - below > 1:
            middle = (below + step) // 2
            there = holds(middle)
            sure = sure and there is not None
            below, step = (below, middle) if there else (middle, step)
        enough = now + step * loosening.step
        enough = min(enough, loosening.loosest) if loosening.step > 0 else max(enough, loosening.loosest)
        return Relaxation(rule.label, True, name, now, enough, sure)

    def _fewest_missing(self, rule: EveryItemAwarded) -> Iterator[Relaxation]:
        """Which lots go without where as few winners as possible are missing."""
        market = self.question.market
        moved = rule.model_copy(update={"fewer": True})
        wanted = {lot.id: rule.winners_by_lot.get(lot.id, len(rule.shares) or rule.winners) for lot in market.lots}
        goal = Shortfall(winners_by_lot=wanted)
        rules = [moved if other is rule else other for other in self.rules]
        found = self.question.allocate(instead=Wish(tuple(rules), (goal,)))
        if found.plan is None:
            helps = False if found.status == Status.INFEASIBLE else None
            if helps is None:
                yield Relaxation(rule.label, helps, "fewer")
            return
        plan = found.plan
        short = [item for item in market.items if len(plan.bids_on(item)) < rule.least(market, item)]
        names = tuple(market.item_name(item) for item in short)
        yield Relaxation(rule.label, True, "fewer", proven=found.status == Status.OPTIMAL, missing=names)

    def together(self, clash: Sequence[AwardRule]) -> tuple[str, ...]:
        """A smallest set of rules that are to be dropped for an allocation to exist; none beyond a few.

        Every such set has a rule of every conflict that is known; each set that does not help shows another conflict.
        """
        conflicts = [frozenset(rule.label for rule in clash)]
        for size in range(2, MOST_TOGETHER + 1):
            for dropped in combinations(self.rules, size):
                names = frozenset(rule.label for rule in dropped)
                if not all(names & conflict for conflict in conflicts):
                    continue
                rest = [rule for rule in self.rules if rule.label not in names]
                there = self.exists(rest)
                if there:
                    return tuple(rule.label for rule in dropped)
                if there is None or self.question.clock.over():
                    return ()
                more = clashing(self.question.market, rest, self.question.options, self.question.clock)
                conflicts.append(frozenset(rule.label for rule in more))
        return ()


def loosened(rule: AwardRule, field: str, value: Decimal) -> AwardRule | None:
    """A rule with another limit; None where the rule does not allow that one."""
    kind = type(getattr(rule, field))
    given = {**rule.model_dump(), field: kind(value), "name": rule.label}
    try:
        return type(rule).model_validate(given)
    except ValidationError:
        return None


def _number(value: Decimal) -> str:
    """A limit as people write it, without needless noughts."""
    text = plain(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
