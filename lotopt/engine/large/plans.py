"""Thousands of atoms: plans found coarse to fine, without a bound.

Balanced centres give first plans of coarse units; annealed shifts make them better, at this level and then among all
atoms. Then plans are crossed, as Sanders & Schulz (2012) do for graphs: atoms are merged into units that no lot of
either plan cuts, parts of agencies while they can be, and annealed from coarse to fine again. How much is done is
fixed by the size of the problem, so that the clock decides only where time runs out.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

from lotopt.core.reading import plain
from lotopt.engine.columns.standing import Standing
from lotopt.engine.columns.writing import parts_of
from lotopt.engine.large.coarse import Ground, units
from lotopt.engine.large.refine import Refined, cost_of, refine
from lotopt.engine.large.start import AFTER, bounds_of, domains, first_plan, ground_of, shared_out
from lotopt.engine.model.program import Ints, Partitioning, Program
from lotopt.engine.model.units import merged_program

MANY = 1000  # atoms from which on this is the way
STARTS, KICKS = 6, 60  # first plans, and centres put elsewhere in each
UNITS, FEW_UNITS, ALL_UNITS = 40, 12, 6000  # units per column in first plans: at most, at least, and in all about
KICK_STEPS = 5e8  # distances measured for centres put elsewhere, at most
# heat, and shifts tried for each unit: in first plans; among all atoms; then, also by units per column, in crossings
BEGIN, FIRST, AGAIN = (0.5, 1000), (0.6, 500), (0.15, 400)
LEVELS = {25: (1.0, 700), 50: (0.5, 700), 200: (0.3, 400)}
MERGING = 0.7  # a level has at most this part of the atoms: others are not worth it
MOST_TRIES = 12_000_000  # shifts tried in one step
BEGIN_PART, FIRST_PART = 0.25, 0.5  # of the time limit: no further first plan is made, or annealed, after these
FINALISTS, CROSSINGS = 5, 12  # first plans that are annealed among all atoms, and crossings of these
EFFORT = 1.0  # times the shifts tried in every step
COUNTS = 5  # numbers of columns looked at where rules leave it open
RESERVE, PER_ATOM = 0.8, 5e-5  # seconds left for measuring and telling the plan, in all and for each atom


def large(standing: Standing) -> None:
    """Find a good plan, kept in `standing` as it gets better. No bound is claimed."""
    work = _Large(standing)
    standing.notes.append(
        "areas are too many to walk through candidate lots: the plan comes from local search, without a bound"
    )
    with standing.clock.phase("first plans") as note:
        plans = work.begun()
        note(work.told())
    with standing.clock.phase("search") as note:
        work.improve(plans)
        note(work.told())
    if work.over() or work.hurried:
        standing.notes.append("the time ended the search early: with more time, or on a faster machine, plans differ")


@dataclass(frozen=True)
class _Level:
    """A problem of units: which unit each unit of the finer level is in, and which each atom is in."""

    problem: Partitioning
    ground: Ground
    unit: Ints
    whole: Ints
    alike: list[Ints]


class _Large:
    """One solve of a large problem."""

    def __init__(self, standing: Standing) -> None:
        self.now = standing
        self.problem, self.seed = standing.problem, standing.options.seed
        program = self.problem.program
        self.ground = ground_of(self.problem)
        self.domain = domains(program)
        self.low, self.high = bounds_of(program)
        self.agencies = _agencies(program)
        left = standing.clock.left()
        self.end, self.hurried = math.inf, False
        if left is not None:  # what comes after the search takes its time too
            after = RESERVE + PER_ATOM * program.atoms
            self.end = standing.clock.seconds + max(0.5 * left, left - after)

    def late(self, part: float) -> bool:
        """Whether this part of the time is over: then the clock decides, which is noted."""
        late = self.now.clock.seconds > part * self.end
        self.hurried |= late
        return late

    def over(self) -> bool:
        return self.now.clock.seconds >= self.end

    def told(self) -> str:
        return "no plan found" if self.now.cost is None else f"plan of {plain(self.now.cost)}"

    def begun(self) -> list[Ints]:
        """First plans, the best first, for one number of columns or another."""
        found: list[tuple[bool, float, int, Ints]] = []
        for count, starts in self._counts():
            target = count * round(min(UNITS, max(FEW_UNITS, ALL_UNITS / count)))
            targets = [target] if target < MERGING * self.problem.program.atoms else []
            level = self._ladder([self.domain, *self.agencies], targets, 1 / 8, self.seed + count)[-1]
            kicks = min(KICKS, int(KICK_STEPS / (len(level.ground.weight) * count * AFTER)))
            for start in range(starts):
                if found and self.late(BEGIN_PART):
                    break
                label = first_plan(
                    level.problem.program, level.ground, level.alike[0], count, self.low, self.high, kicks,
                    self.seed * 1009 + start,
                )  # fmt: skip
                made = self._refined(level, label, *BEGIN, start, "first plans")
                found.append((not made.legal, made.cost, len(found), made.label[level.whole]))
        return [plan for *_, plan in sorted(found, key=lambda x: x[:3])]

    def improve(self, plans: list[Ints]) -> None:
        """Anneal all atoms of the best first plans, then cross plans: what two agree on moves as one at first."""
        n = len(plans[0])
        atoms = self._ladder([self.domain], [], 1.0, 0)[0]
        alive: list[tuple[float, Ints]] = []
        for number, plan in enumerate(plans[:FINALISTS]):
            if alive and self.late(FIRST_PART):
                break
            made = self._refined(atoms, plan, *FIRST, 100 + number, "search")
            alive.append((made.cost, made.label))
            if self.over() or (self.now.cost is not None and not self.problem.cost.any()):
                return
        random = np.random.default_rng(self.seed)
        for crossing in range(CROSSINGS):
            alive.sort(key=lambda x: x[0])
            one, two = sorted(random.permutation(len(alive))[:2].tolist()) if len(alive) > 1 else (0, 0)
            plan, other = alive[one][1], alive[two][1]
            common = np.unique(plan * n + other, return_inverse=True)[1].astype(np.int64)
            asked = [x for x in sorted(LEVELS, reverse=True) if x * (plan.max() + 1) < MERGING * n]
            levels = self._ladder(
                [common, *self.agencies], [x * (int(plan.max()) + 1) for x in asked], 1 / 3, self.seed + crossing
            )
            label = plan[np.unique(levels[-1].whole, return_index=True)[1]]
            for level, (heat, rate) in reversed([*zip(levels, [AGAIN, *(LEVELS[x] for x in asked)], strict=True)]):
                made = self._refined(level, label, heat, rate, 200 + crossing, "search")
                label = made.label[level.unit]
                if self.over():
                    return
            if all(not math.isclose(made.cost, cost, rel_tol=1e-9) for cost, _ in alive):
                alive = sorted([*alive, (made.cost, made.label)], key=lambda x: x[0])[:FINALISTS]

    def _counts(self) -> list[tuple[int, int]]:
        """Numbers of columns to look at, and how many first plans for each."""
        low, high = self.problem.fewest_and_most
        weights = np.bincount(self.domain, weights=self.ground.weight).astype(np.float64)
        low = max(low, int(shared_out(weights, 0, self.low, self.high).sum()))
        high = max(low, min(high, self.problem.program.atoms))
        counts = sorted({round(math.exp(x)) for x in np.linspace(math.log(low), math.log(high), COUNTS)})
        return [(count, STARTS if len(counts) == 1 else 2) for count in counts]

    def _refined(self, level: _Level, label: Ints, heat: float, rate: int, number: int, phase: str) -> Refined:
        """A plan of a level annealed; kept where it is the best. Raises KeyboardInterrupt once it is kept."""
        tries = round(EFFORT * min(rate * len(label), MOST_TRIES))
        made = refine(
            level.problem, label, self.seed * 1_000_003 + number, tries=tries, heat=heat,
            stop=self.over, tell=self.now.tell(phase),
        )  # fmt: skip
        if made.legal and (self.now.cost is None or made.cost < self.now.cost):
            plan = made.label[level.whole]
            cost = cost_of(self.problem, plan)
            if cost is not None:
                self.now.keep(parts_of(plan), cost)
        if made.interrupted:
            raise KeyboardInterrupt
        return made

    def _ladder(self, alike: list[Ints], targets: list[int], heaviest: float, seed: int) -> list[_Level]:
        """Levels from the atoms to the coarsest units; no unit holds atoms that differ in alike[0]."""
        themselves = np.arange(self.problem.program.atoms)
        levels = [_Level(self.problem, self.ground, themselves, themselves, alike)]
        for target in sorted(targets, reverse=True):
            last = levels[-1]
            most = self.high if math.isfinite(self.high) else float(self.ground.weight.sum()) / min(targets)
            unit = units(last.problem.program, last.ground, last.alike, target, heaviest * most, seed)
            first = np.unique(unit, return_index=True)[1]
            problem = replace(last.problem, program=merged_program(last.problem.program, unit), keys=())
            alike = [of[first] for of in last.alike]
            levels.append(_Level(problem, last.ground.merged(unit), unit, unit[last.whole], alike))
        return levels


def _agencies(p: Program) -> list[Ints]:
    """The layers as numbers (n,), alike where two atoms meet the same agencies."""
    found = []
    for layer in p.layer_ptr:
        sets: dict[tuple[int, ...], int] = {}
        held = [tuple(p.layer_agency[a:b].tolist()) for a, b in itertools.pairwise(layer)]
        found.append(np.array([sets.setdefault(key, len(sets)) for key in held], dtype=np.int64))
    return sorted(found, key=lambda of: int(of.max(initial=0)))
