"""Who makes what, decided first: atoms divided among makers, and cuts where a share cannot be made into columns.

Logic-based Benders decomposition (Hooker & Ottosson 2003). Where every cost and every side row is a sum over atoms
and columns, a plan costs the same however a maker's share is cut into columns. So a small MILP says which maker has
which atom and how many columns each makes; the shares are then cut into legal columns by the engine, and where one
cannot be, cuts say why: pieces too small, sizes that no whole number of columns meets, a share with no partition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.engine.columns.makers import Maker
from lotopt.engine.columns.pricing import Columns
from lotopt.engine.columns.standing import PartitionAnswer, Standing
from lotopt.engine.columns.writing import started
from lotopt.engine.joint.cone import Cone
from lotopt.engine.joint.divided import NotKnownError, Pieces, Share, column_bounds
from lotopt.engine.model.program import BORDER, INERTIA, ONE, Floats, Ints
from lotopt.engine.model.rows import PROOF_TOLERANCE, Answer, Master, Row
from lotopt.engine.partition import stranded
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.master import solve_milp

# how far from the wanted number of columns of a share others are looked at
MEND = 3
# rounds times atoms times makers from which on stronger cuts are looked for: they take seconds where columns are
# many, and are worth it where a division takes seconds too, or divisions do not come to an end
EASY = 1500
# seconds that closing the last of a gap may take when the rest of the solve was faster
POLISH = 10.0


def solve_division(now: Standing) -> PartitionAnswer | None:
    """The answer by division; None where a share could neither be cut into columns nor proven to be impossible."""
    work = Division(now)
    with now.clock.phase("divide") as note:
        answer = work.settle(now.options.gap, now.clock)
        note(work.said())
    if answer is None or answer.status == Status.INFEASIBLE:
        return answer
    left = now.clock.left()
    if now.best is not None and answer.status == Status.OPTIMAL and answer.objective != answer.bound and left != 0.0:
        # a plan within the wanted gap is not the only one; the very best is, most of the time
        longest = max(POLISH, now.clock.seconds)
        with now.clock.phase("close the gap") as note:
            work.settle(0.0, Clock(longest if left is None else min(left, longest)))
            note(work.said())
    if now.best is not None:
        with now.clock.phase("draw columns neatly"):
            work.tidy()
    final = now.judged()
    if final.status == Status.OPTIMAL and final.objective != final.bound:
        now.notes.append("proven to the wanted gap only: another run may give another plan within it")
    return now.judged()


@dataclass(frozen=True)
class _Held:
    """What one maker holds in a division, and its columns; `parts` is None where it cannot be cut into so many."""

    maker: int
    atoms: Ints
    columns: int
    parts: list[Ints] | None


class Division:
    """The MILP of who has which atom, how many columns each makes, and which facts hold; cuts as they are found.

    Its columns: `of` (P, n) atom a is the maker's, `count` (P, N + 1) the maker makes exactly k columns, facts.
    """

    def __init__(self, now: Standing) -> None:
        self.now, self.x = now, now.joint
        makers, n = len(self.x.makers), self.x.atoms
        self.most = min(self.x.fewest_and_most[1], n)
        self.of = np.arange(makers * n).reshape(makers, n)
        first = makers * n
        self.count = first + np.arange(makers * (self.most + 1)).reshape(makers, self.most + 1)
        self.facts = first + self.count.size + np.arange(len(self.x.facts))
        self.rows: list[Row] = []
        self.costs = np.zeros(first + self.count.size + len(self.facts))
        self.sums = [maker.atom_sums for maker in self.x.makers]
        self.pieces = Pieces(self.x, now)
        self.cones: dict[int, Cone] = {}
        self.rounds = self.cuts = 0
        self._state()
        self.keys = self._keys()

    def said(self) -> str:
        told = f"{self.rounds} divisions of the ground looked at, {self.cuts} cuts"
        return told if self.now.cost is None else f"{told}, plan of {plain(self.now.cost)}"

    def settle(self, gap: float, clock: Clock) -> PartitionAnswer | None:
        """Divide and cut until a division can be made into columns, and is within `gap` of the bound."""
        now = self.now
        options = now.options.model_copy(update={"gap": gap / 2})
        while True:
            self.rounds += 1
            answer = solve_milp(
                Master(self.costs, tuple(self.rows), self.keys), options, clock,
                progress=lambda phase, cost, bound: now.progress("divide", now.cost, now.bound),
            )  # fmt: skip
            if answer.interrupted:
                raise KeyboardInterrupt
            if answer.status == Status.INFEASIBLE:
                return now.none_exists() if now.best is None else self._proven()
            if answer.bound is not None:
                now.raise_bound(answer.bound)
            if answer.chosen is None:
                return now.judged()
            cuts = self._examine(answer, clock)
            if cuts is None:
                return None
            if not cuts:
                return now.judged()
            self.rows += cuts
            self.cuts += len(cuts)
            if clock.over() or self._done(gap):
                return now.judged()

    def _proven(self) -> PartitionAnswer:
        """No division but those cut off, and none of these is better than the best plan."""
        assert self.now.cost is not None
        self.now.raise_bound(self.now.cost)
        return self.now.judged()

    def _done(self, gap: float) -> bool:
        now = self.now
        if now.cost is None or now.bound is None:
            return False
        return now.cost - now.bound <= max(gap, PROOF_TOLERANCE) * abs(now.cost)

    def _examine(self, answer: Answer, clock: Clock) -> list[Row] | None:
        """Cut each maker's share into columns. Rows that say why where that cannot be; None where it is not known."""
        assert answer.chosen is not None
        taken = np.zeros(len(self.costs), dtype=bool)
        taken[answer.chosen] = True
        cuts: list[Row] = []
        held: list[_Held] = []
        try:
            for number in range(len(self.x.makers)):
                atoms = np.flatnonzero(taken[self.of[number]])
                columns = int(np.flatnonzero(taken[self.count[number]])[0])
                share = self.pieces.share(number, atoms, columns)
                cuts += [] if share.parts is not None else self._why(number, share, atoms, columns, clock)
                held.append(_Held(number, atoms, columns, share.parts))
            if cuts:
                held = self._mended(held)
        except NotKnownError:
            return None
        plan = [part for share in held for part in share.parts or ()]
        makers = [share.maker for share in held for _ in share.parts or ()]
        if plan and (not cuts or self.x.keeps(self._measured(plan, makers), taken[self.facts])):
            self._keep(plan, makers)
        return cuts

    def _mended(self, held: list[_Held]) -> list[_Held]:
        """The same shares in other numbers of columns, as cheap as can be; empty where that is not found near by."""
        low, high = self.x.fewest_and_most
        ways: dict[int, tuple[float, list[_Held]]] = {0: (0.0, [])}
        for share in held:
            found = [share] if share.parts is not None else []
            near = [share.columns + step for far in range(1, MEND + 1) for step in (-far, far)]
            for columns in near if len(share.atoms) else ():
                if 1 <= columns <= self.most and len(found) < 2:
                    parts = self.pieces.share(share.maker, share.atoms, columns).parts
                    found += [] if parts is None else [_Held(share.maker, share.atoms, columns, parts)]
            longer: dict[int, tuple[float, list[_Held]]] = {}
            for count, (cost, before) in ways.items():
                for way in found:
                    whole = cost + float(self.costs[self.count[way.maker][way.columns]])
                    if whole < longer.get(count + way.columns, (math.inf, []))[0]:
                        longer[count + way.columns] = whole, [*before, way]
            ways = longer
        right = [way for count, way in ways.items() if low <= count <= high]
        return min(right, key=lambda way: way[0])[1] if right else []

    def _measured(self, plan: list[Ints], makers: list[int]) -> Columns:
        return self.x.measured(started(self.x, tuple(plan), tuple(makers)))

    def _keep(self, plan: list[Ints], makers: list[int]) -> None:
        columns = self._measured(plan, makers)
        self.now.keep(tuple(plan), math.fsum(self.x.costs(columns)), makers=tuple(makers))

    def tidy(self) -> None:
        """Draw the columns of each share afresh: where the price leaves that free, with short borders."""
        now = self.now
        assert now.cost is not None
        plan, makers = self.drawn([_neat(maker) for maker in self.x.makers])
        columns = self._measured(plan, makers)
        if math.fsum(self.x.costs(columns)) <= now.cost * (1 + 1e-12):
            now.best, now.makers = tuple(plan), tuple(makers)

    def drawn(self, costs: list[Floats]) -> tuple[list[Ints], list[int]]:
        """The columns of each share of the best plan, as many as before, at least `costs` (F,) per maker."""
        now = self.now
        assert now.best is not None
        plan: list[Ints] = []
        makers: list[int] = []
        for number in sorted(set(now.makers)):
            mine = [part for part, who in zip(now.best, now.makers, strict=True) if who == number]
            plan += self.pieces.drawn(number, mine, costs[number], now.clock)
            makers += [number] * len(mine)
        return plan, makers

    def _why(self, number: int, share: Share, atoms: Ints, columns: int, clock: Clock) -> list[Row]:
        """Rows that no division with these faults keeps, for every maker for whom they are faults."""
        cuts = self._faces(number, atoms, columns, clock) if self.rounds * self.of.size > EASY else []
        for fault in share.faults:
            who = self.pieces.alike(number) if fault.local else [number]
            inside, near = fault.inside, fault.near
            for maker in who:
                mine = self.of[maker]
                if fault.small:  # what is near must come along, whichever of these atoms is taken
                    for atom in inside:
                        held = np.append(mine[near], mine[atom])
                        cuts.append(Row(f"cut{len(cuts)}", held, np.append(np.ones(len(near)), -1.0), at_least=0.0))
                    continue
                others = self.count[maker][[k for k in range(self.most + 1) if k not in fault.counts]]
                held = np.concatenate([mine[near], others if fault.counts else [], mine[inside]]).astype(np.int64)
                values = np.append(np.ones(len(held) - len(inside)), -np.ones(len(inside)))
                cuts.append(Row(f"cut{len(cuts)}", held, values, at_least=1.0 - len(inside)))
        return cuts

    def _faces(self, number: int, atoms: Ints, columns: int, clock: Clock) -> list[Row]:
        """Where a share lies outside of what can be made at all: a face between, for all who can make the same."""
        kind = self.pieces.kind_of[number]
        if kind not in self.cones:
            options = self.now.options
            self.cones[kind] = Cone(self.x.alone(number), options.seed, options.threads, clock)
        share = np.zeros(self.x.atoms)
        share[atoms] = 1.0
        face = self.cones[kind].face(share, columns, clock)
        if face is None:
            return []
        numbers = face.each * np.arange(self.most + 1)
        held = [np.concatenate([self.of[maker], self.count[maker]]) for maker in self.pieces.alike(number)]
        values = np.append(face.weights, numbers)
        used = np.flatnonzero(values)
        return [Row("face", columns[used], values[used], at_least=0.0) for columns in held]

    def _state(self) -> None:
        """The rows to begin with."""
        x, numbers = self.x, np.arange(self.most + 1, dtype=np.float64)
        for atom in range(x.atoms):
            self._row(x.keys[atom], [self.of[:, atom]], [np.ones(len(x.makers))], 1.0, 1.0)
        for number, maker in enumerate(x.makers):
            mine, counts, one = self.of[number], self.count[number], np.ones(x.atoms)
            self._row(f"count {maker.name}", [counts], [np.ones(len(counts))], 1.0, 1.0)
            self._row(f"some {maker.name}", [mine, counts], [one, -numbers], 0.0)
            self._row(f"none {maker.name}", [mine, counts[:1]], [one, np.array([float(x.atoms)])], high=x.atoms)
            for name, values, least in column_bounds(maker.program):
                low, high = (0.0, math.inf) if least else (-math.inf, 0.0)
                self._row(f"{name} {maker.name}", [mine, counts], [values, -numbers], low, high)
            alone = np.array(stranded(x.parts[number]), dtype=np.int64)
            if len(alone):
                self._row(f"barred {maker.name}", [mine[alone]], [np.ones(len(alone))], high=0.0)
            for group in range(len(maker.program.group_size)):
                held = np.flatnonzero(maker.program.group == group)
                for other in held[1:]:
                    self._row(f"together {maker.name}", [mine[[held[0], other]]], [np.array([1.0, -1.0])], 0.0, 0.0)
            self.costs[mine] = self.sums[number] @ maker.cost
            self.costs[counts] = numbers * maker.cost[maker.program.kind == ONE].sum()
        for r, name in enumerate(x.row_names):
            columns: list[Ints] = [self.facts]
            factors: list[Floats] = [x.fact_rows[r]]
            for number, maker in enumerate(x.makers):
                columns += [self.of[number], self.count[number]]
                factors.append(self.sums[number] @ maker.rows[r])
                factors.append(numbers * maker.rows[r, maker.program.kind == ONE].sum())
            self._row(name, columns, factors, float(x.row_low[r]), float(x.row_high[r]))

    def _row(
        self, name: str, columns: list[Ints], values: list[Floats], low: float = -math.inf, high: float = math.inf
    ) -> None:
        held, each = np.concatenate(columns).astype(np.int64), np.concatenate(values).astype(np.float64)
        used = each != 0
        self.rows.append(Row(name, held[used], each[used], low, high))

    def _keys(self) -> tuple[str, ...]:
        x = self.x
        owned = [f"{maker.name}: {key}" for maker in x.makers for key in x.keys]
        counted = [f"{maker.name} makes {k}" for maker in x.makers for k in range(self.most + 1)]
        return (*owned, *counted, *x.facts)


def _neat(maker: Maker) -> Floats:
    """A cost of short borders; of compactness where borders are not measured; else of nothing."""
    kind = maker.program.kind
    shape = BORDER if (kind == BORDER).any() else INERTIA
    return (kind == shape).astype(np.float64)
