"""Columns of several makers: the same ground divided, each column made by one of them at its own cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lotopt.engine.columns.pricing import Columns, line_of
from lotopt.engine.model.program import BANDED, DEVIATION, ONE, TOTAL, Bools, Floats, Partitioning, Program


@dataclass(frozen=True, eq=False)
class Maker:
    """One who may make columns: cost (F,) per slot, and what a column adds to each side row, rows (R, F).

    `program` has the same atoms, links and slots for every maker; sums, limits and bands may differ.
    """

    name: str
    program: Program
    cost: Floats
    rows: Floats

    @property
    def atom_sums(self) -> Floats:
        """What each atom adds to each slot (n, F): its number of the sum for TOTAL slots, nothing for others."""
        each = np.zeros((self.program.atoms, self.program.slots))
        for slot in np.flatnonzero(self.program.kind == TOTAL):
            each[:, slot] = self.program.sums[self.program.which[slot]]
        return each


@dataclass(frozen=True, eq=False)
class Joint:
    """Choose columns, each of one maker, so that every atom is in exactly one, at least cost.

    Side rows: row_low <= sum over chosen columns of their maker's rows @ slots + fact_rows @ facts <= row_high.
    `facts` are yes-or-no variables beside the columns that cost nothing, fact_rows (R, E) their coefficients.
    `keys` (n,) are stable names of the atoms: ties between plans of equal cost fall by them.
    """

    makers: tuple[Maker, ...]
    row_low: Floats
    row_high: Floats
    row_names: tuple[str, ...]
    facts: tuple[str, ...]
    fact_rows: Floats
    keys: tuple[str, ...]

    @classmethod
    def of(cls, problem: Partitioning) -> Joint:
        """A problem of one maker."""
        maker = Maker("", problem.program, problem.cost, problem.rows)
        none = np.zeros((len(problem.rows), 0))
        return cls((maker,), problem.row_low, problem.row_high, problem.row_names, (), none, problem.keys)

    @property
    def atoms(self) -> int:
        return self.makers[0].program.atoms

    @cached_property
    def parts(self) -> tuple[Partitioning, ...]:
        """The problem as each maker by itself would see it."""
        return tuple(
            Partitioning(m.program, m.cost, m.rows, self.row_low, self.row_high, self.row_names, self.keys)
            for m in self.makers
        )

    @cached_property
    def fewest_and_most(self) -> tuple[int, int]:
        """Bounds on the number of columns in any plan, from rows that count all columns and from their sizes."""
        ranges = [self.alone(number).fewest_and_most for number in range(len(self.makers))]
        return min(low for low, _ in ranges), max(high for _, high in ranges)

    def alone(self, maker: int) -> Partitioning:
        """The problem of one maker that has the ground to itself: of the side rows, only those that count columns."""
        counting = [r for r in range(len(self.row_low)) if self._counts(r)]
        low, high = self.row_low[counting], self.row_high[counting]
        m, names = self.makers[maker], tuple(self.row_names[r] for r in counting)
        return Partitioning(m.program, m.cost, m.rows[counting], low, high, names, self.keys)

    @cached_property
    def additive(self) -> Joint:
        """The problem of sums over atoms and columns only: no other side rows, and of other costs a part of them.

        Amounts by bands count as a line that they do not lie below; whatever else costs something costs nothing here.
        """
        summed = np.isin(self.makers[0].program.kind, (ONE, TOTAL))
        kept = [r for r in range(len(self.row_low)) if not any(m.rows[r, ~summed].any() for m in self.makers)]
        makers = tuple(
            _on_lines(Maker(m.name, m.program, m.cost, m.rows[kept]), np.where(summed, m.cost, 0.0))
            for m in self.makers
        )
        names = tuple(self.row_names[r] for r in kept)
        low, high = self.row_low[kept], self.row_high[kept]
        return Joint(makers, low, high, names, self.facts, self.fact_rows[kept], self.keys)

    @property
    def is_additive(self) -> bool:
        """Whether every cost and every side row is a sum over atoms and columns."""
        other = ~np.isin(self.makers[0].program.kind, (ONE, TOTAL))
        return not any(maker.cost[other].any() or maker.rows[:, other].any() for maker in self.makers)

    @cached_property
    def beside(self) -> Partitioning:
        """What the other costs come to at least: one maker with the loosest limits and the least of each cost."""
        programs = [maker.program for maker in self.makers]
        first = programs[0]
        # what is measured with figures of a maker's own says nothing of the others
        own = np.array([self._own(slot) for slot in range(first.slots)])
        other = ~np.isin(first.kind, (ONE, TOTAL)) & ~own
        cost = np.where(other, np.min([maker.cost for maker in self.makers], axis=0), 0.0)
        alike = all(np.array_equal(first.limit_slot, p.limit_slot) for p in programs)
        kept = np.flatnonzero(~own[first.limit_slot]) if alike else np.zeros(0, dtype=np.int64)
        loose = first._replace(
            limit_slot=first.limit_slot[kept],
            limit_low=np.min([p.limit_low[kept] for p in programs], axis=0) if len(kept) else np.zeros(0),
            limit_high=np.max([p.limit_high[kept] for p in programs], axis=0) if len(kept) else np.zeros(0),
            limit_exempt=first.limit_exempt[kept],
        )
        return replace(self.alone(0), program=loose, cost=cost)

    def _own(self, slot: int) -> bool:
        """Whether a slot is measured with figures that differ from maker to maker."""
        programs = [maker.program for maker in self.makers]
        first = programs[0]
        if first.kind[slot] == BANDED:
            return True
        if first.kind[slot] not in (TOTAL, DEVIATION):
            return False
        mine = first.sums[first.which[slot]]
        return not all(np.array_equal(mine, p.sums[p.which[slot]]) for p in programs)

    def _counts(self, row: int) -> bool:
        """Whether a side row counts columns, whoever made them."""
        first = self.makers[0].rows[row]
        ones = self.makers[0].program.kind == ONE
        alike = all(np.array_equal(first, maker.rows[row]) for maker in self.makers)
        return alike and bool(first.any()) and not first[~ones].any() and not self.fact_rows[row].any()

    def costs(self, columns: Columns) -> Floats:
        """The cost of each column (J,)."""
        return np.asarray(np.einsum("jf,jf->j", columns.slots, self._costs[columns.maker]))

    def sides(self, columns: Columns) -> Floats:
        """What each column adds to each side row (J, R)."""
        sides = np.zeros((len(columns), len(self.row_low)))
        for number, maker in enumerate(self.makers):
            mine = columns.maker == number
            sides[mine] = columns.slots[mine] @ maker.rows.T
        return sides

    def measured(self, columns: Columns) -> Columns:
        """The same columns with their slots measured afresh, each by its maker's figures."""
        slots = np.zeros((len(columns), self.makers[0].program.slots))
        for number, maker in enumerate(self.makers):
            mine = np.flatnonzero(columns.maker == number)
            slots[mine] = columns.take(mine).measured(maker.program).slots
        return Columns(columns.sets, slots, columns.maker)

    def keeps(self, columns: Columns, facts: Bools | None = None) -> bool:
        """Whether a plan keeps the side rows with these facts; without any, rows that speak of facts are left out."""
        sums = self.sides(columns).sum(axis=0)
        looked_at = ~self.fact_rows.any(axis=1) if facts is None else np.ones(len(sums), dtype=bool)
        if facts is not None:
            sums = sums + self.fact_rows @ facts
        slack = 1e-9 * np.maximum(1.0, np.abs(sums))
        return bool(((sums >= self.row_low - slack) & (sums <= self.row_high + slack))[looked_at].all())

    @cached_property
    def _costs(self) -> Floats:
        return np.array([maker.cost for maker in self.makers])


def made_by(columns: Columns, maker: int) -> Columns:
    """The same columns as made by another maker; their slots are to be measured."""
    return Columns(columns.sets, columns.slots, np.full(len(columns), maker, dtype=np.int64))


def _on_lines(maker: Maker, cost: Floats) -> Maker:
    """The maker at `cost` (F,) and at the least that amounts by bands come to, per column and per unit of a total."""
    p = maker.program
    banded = np.flatnonzero(p.kind == BANDED)
    worth = np.maximum(maker.cost[banded], 0.0)
    lines = np.array([line_of(p, int(slot), below=True) for slot in banded]).reshape(-1, 2)
    program = p._replace(
        kind=np.append(p.kind, [*np.full(len(banded), TOTAL), ONE]),
        which=np.append(p.which, [*p.which[banded], 0]),
        target=np.append(p.target, np.zeros(len(banded) + 1)),
    )
    rows = np.hstack([maker.rows, np.zeros((len(maker.rows), len(banded) + 1))])
    return Maker(maker.name, program, np.concatenate([cost, worth * lines[:, 1], [worth @ lines[:, 0]]]), rows)
