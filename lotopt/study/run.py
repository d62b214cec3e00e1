"""Running one scenario: design lots, then award them; or decide both together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.core.interrupt import Held, interruptible, uninterrupted
from lotopt.core.reading import plain
from lotopt.core.result import Phase, Result, Status
from lotopt.design.design import LotDesign
from lotopt.study.files import file_hash
from lotopt.study.ground import Ground, check
from lotopt.study.offers import market_of
from lotopt.study.read import read_scenario
from lotopt.study.scenario import Scenario
from lotopt.study.together import Together, decide
from lotopt.study.write import scenario_hash

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.engine.solve.progress import Progress
    from lotopt.joint.plan import JointPlan
    from lotopt.market.market import Market
    from lotopt.study.explain import Explained

DONE, NO_PLAN, GAP_LEFT, NOTHING_FOUND, AUDIT_DISAGREES, INTERRUPTED = 0, 3, 4, 5, 6, 130


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a scenario: the lots, the awards where there was a market, and how to judge both.

    Where both were decided together, `together` holds the one solve and `design` and `awards` are its parts. There is
    no design where the market brings its own lots. `explained` is what was asked for beside lots and awards.
    """

    ground: Ground
    design: Result[LotDesign] | None
    market: Market | None = None
    awards: Result[Allocation] | None = None
    together: Together | None = None
    explained: Explained | None = None

    @property
    def plan(self) -> LotDesign | None:
        """The lots, where they were drawn or given on a territory."""
        return None if self.design is None else self.design.plan

    @property
    def scenario(self) -> Scenario:
        return self.ground.scenario

    @property
    def solves(self) -> tuple[Result[Any], ...]:
        if self.together is not None:
            return (self.together.result,)
        return tuple(result for result in (self.design, self.awards) if result is not None)

    @property
    def relaxations(self) -> tuple[str, ...]:
        """Where no awards exist, what each rule would have to give way for there to be some."""
        parts = () if self.explained is None else self.explained.parts
        return next((part.sentences for part in parts if part.name == "relaxations"), ())

    @property
    def interrupted(self) -> bool:
        told = self.explained is not None and self.explained.interrupted
        return told or any(result.interrupted for result in self.solves)

    @property
    def exit_code(self) -> int:
        """The exit code of the command line: 0 done, otherwise the worst that is to be told."""
        given = self.ground.fixed is not None
        codes = [code_of(result, given and result is self.design) for result in self.solves]
        codes += [INTERRUPTED] if self.interrupted else []
        worst_first = (INTERRUPTED, AUDIT_DISAGREES, NO_PLAN, NOTHING_FOUND, GAP_LEFT, DONE)
        return next(code for code in worst_first if code in codes)

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of every input by name: the scenario as resolved, its files, the territory, design and market."""
        scenario = self.scenario
        found = {"scenario as resolved": scenario_hash(scenario)}
        found |= {file.name: _hash_now(file) for file in scenario.files}
        if self.ground.land is not None:
            found[f"territory {Path(scenario.territory).name}"] = self.ground.land.digest
        for what, file in (("design", scenario.design.fixed_design), ("base design", scenario.report.base)):
            if file is not None and Path(file).is_file():
                found[f"{what} {Path(file).name}"] = _hash_now(Path(file))
        if self.market is not None:
            source = scenario.market.file if scenario.market else None
            content = self.market if self.ground.schedules is None else self.ground.schedules
            found["market, simulated" if source is None else f"market {Path(source).name}"] = content.digest
        return found

    def __str__(self) -> str:
        if self.together is not None:
            made_up = " (simulated schedules)" if self.ground.schedules and self.ground.schedules.simulated else ""
            found = in_words(self.together.result)
            return "\n".join([f"Lots and awards together{made_up}: {found}", *self.together.sentences])
        lines = []
        if self.design is not None:
            lines.append(f"Lots: {in_words(self.design, given=self.ground.fixed is not None)}")
        if self.awards is not None:
            made_up = " (simulated market)" if self.market is not None and self.market.simulated else ""
            lines.append(f"Awards{made_up}: {in_words(self.awards)}")
            lines += [f"  {line}" for line in self.awards.ties]
        lines += [f"What would help: {line}" for line in self.relaxations]
        return "\n".join(lines)


def _hash_now(file: Path) -> str:
    """The hash of an input; a file that has gone since it was read takes no result away."""
    try:
        return file_hash(file)
    except OSError:
        return "cannot be read any more"


def run(scenario: Scenario | str | Path, progress: Progress | None = None) -> Outcome:
    """Design lots as a scenario says, then award them where it has a market; with [joint] decide both together.

    After an interruption the best plan so far is kept and nothing further is started. Raises InputError for
    everything that can be told before solving.
    """
    with uninterrupted() as held:
        with interruptible():
            if not isinstance(scenario, Scenario):
                scenario = read_scenario(scenario)
            ground = check(scenario)
        if scenario.joint is not None:
            found = decide(ground, progress)
            plan = found.result.plan
            outcome = Outcome(ground, found.design, None if plan is None else plan.market, found.awards, found)
            return outcome if outcome.interrupted or not held.came else stopped(outcome)
        if scenario.alone:
            return _explained(_awarded(Outcome(ground, None), progress), held, progress)
        design = _given(ground) if ground.fixed is not None else _search(ground, progress)
        outcome = Outcome(ground, design)
        if design.plan is not None and not (design.interrupted or held.came) and scenario.allocation is not None:
            try:
                outcome = _awarded(outcome, progress)
            except KeyboardInterrupt:  # the lots are found all the same
                held.came = True
            else:
                outcome = _explained(outcome, held, progress)
        if design.plan is not None and not (outcome.interrupted or held.came):
            outcome = _lots_explained(outcome, held, progress)
    return outcome if outcome.interrupted or not held.came else stopped(outcome)


def stopped(outcome: Outcome) -> Outcome:
    """The same outcome, told as interrupted."""
    if outcome.together is not None:
        told = replace(outcome.together, result=replace(outcome.together.result, interrupted=True))
        return replace(outcome, design=told.design, awards=told.awards, together=told)
    if outcome.design is None:
        assert outcome.awards is not None
        return replace(outcome, awards=replace(outcome.awards, interrupted=True))
    return replace(outcome, design=replace(outcome.design, interrupted=True))


def _awarded(outcome: Outcome, progress: Progress | None) -> Outcome:
    """The lots awarded. Raises KeyboardInterrupt where it is interrupted before there is any answer."""
    ground, plan, allocation = outcome.ground, outcome.plan, outcome.scenario.allocation
    assert allocation is not None
    with interruptible():
        from lotopt.allocation.solve import allocate_bids

        market = ground.market
        if market is None and plan is not None:
            market = market_of(outcome.scenario, ground.territory, plan)
    assert market is not None  # reading a scenario holds that an allocation has a market
    awards = allocate_bids(
        market,
        allocation.rules,
        allocation.goals,
        in_order=allocation.in_order,
        ties=allocation.ties,
        solver=outcome.scenario.solver,
        progress=progress,
    )
    return replace(outcome, market=market, awards=awards)


def _explained(outcome: Outcome, held: Held, progress: Progress | None) -> Outcome:
    """With what was asked for beside the awards; Ctrl-C leaves what is found so far."""
    if outcome.awards is None or outcome.awards.interrupted or held.came:
        return outcome
    from lotopt.study.explain import explain

    assert outcome.market is not None
    return replace(outcome, explained=explain(outcome.scenario, outcome.market, outcome.awards, held, progress))


def _lots_explained(outcome: Outcome, held: Held, progress: Progress | None) -> Outcome:
    """With what was asked for beside the lots, told before what is told of the awards."""
    from lotopt.study.explain import explain_lots, together

    assert outcome.design is not None
    found = explain_lots(outcome.ground, outcome.design, held, progress)
    return replace(outcome, explained=together(found, outcome.explained))


def _search(ground: Ground, progress: Progress | None) -> Result[LotDesign]:
    from lotopt.design.solve import design_lots

    found = design_lots(
        ground.territory, ground.rules, ground.goals, solver=ground.scenario.solver, progress=progress
    )
    if found.plan is None or found.plan.title:
        return found
    return replace(found, plan=replace(found.plan, title=ground.scenario.title))


def _given(ground: Ground) -> Result[LotDesign]:
    """A design that was given: measured and audited, not searched for."""
    from time import monotonic

    from lotopt.design.audit import audit_design
    from lotopt.design.solve import score

    plan = ground.fixed
    assert plan is not None
    start = monotonic()
    audit = audit_design(plan, ground.rules, ground.goals)
    goals = tuple(score(goal, plan) for goal in ground.goals)
    seconds = monotonic() - start
    return Result(
        plan,
        Status.FEASIBLE,
        objective=sum(goal.product for goal in goals) if goals else None,
        seconds=seconds,
        phases=(Phase("audit", seconds),),
        goals=goals,
        audit=audit,
        limits=("the design was given, not searched for",),
    )


def code_of(result: Result[Any], given: bool = False) -> int:
    """The exit code one result stands for; of a plan that was `given`, only the audit is asked."""
    if result.interrupted:
        return INTERRUPTED
    if result.audit is not None and not result.audit.ok:
        return AUDIT_DISAGREES
    if given or result.status is Status.OPTIMAL:
        return DONE
    return {Status.INFEASIBLE: NO_PLAN, Status.UNKNOWN: NOTHING_FOUND}.get(result.status, GAP_LEFT)


def in_words(result: Result[Any], given: bool = False) -> str:
    """A result as one plain sentence."""
    if result.plan is None:
        until = "before the interruption" if result.interrupted else "in the time"
        words = {
            Status.INFEASIBLE: "no plan exists; these rules cannot hold together:",
            Status.UNKNOWN: f"nothing found {until}, and nothing proven",
        }.get(result.status, "no plan")
        return words + "".join(f"\n  - {line}" for line in result.conflict)
    count = _counted(result.plan)
    audit = result.audit
    kept = "not audited" if audit is None else "every rule kept" if audit.ok else "the audit disagrees"
    if given:
        return f"{count}, as given; {kept}"
    gap = "no bound known" if result.gap is None else f"at most {result.gap * 100:.2f} % from the best possible"
    proof = {Status.OPTIMAL: "proven best", Status.FEASIBLE: f"feasible, {gap}"}[result.status]
    score = "" if result.objective is None else f" (objective {plain(result.objective)})"
    stopped = ", interrupted" if result.interrupted else ""
    return f"{count}, {proof}{stopped}{score}, in {result.seconds:.1f} s; {kept}"


def _counted(plan: LotDesign | Allocation | JointPlan) -> str:
    from lotopt.joint.plan import JointPlan

    if isinstance(plan, JointPlan):
        return f"{len(plan)} lots with a provider each at {plan.total_price:,} GBP a year"
    return f"{len(plan)} lots" if isinstance(plan, LotDesign) else f"{len(plan)} awards"
