"""Columns of several makers: the same ground divided, each column made by one of them at its own cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lotopt.engine.pricing import Columns
from lotopt.engine.program import ONE, TOTAL, Floats, Partitioning, Program


@dataclass(frozen=True, eq=False)
class Maker:
    """One who may make columns: cost (F,) per slot, and what a column adds to each side row, rows (R, F).

    `program` has the same atoms, links and slots for every maker; sums, limits and bands may differ.
    """

    name: str
    program: Program
    cost: Floats
    rows: Floats


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
        """The problem of sums over atoms and columns only: no other costs (none is negative), no other side rows."""
        summed = np.isin(self.makers[0].program.kind, (ONE, TOTAL))
        kept = [r for r in range(len(self.row_low)) if not any(m.rows[r, ~summed].any() for m in self.makers)]
        makers = tuple(Maker(m.name, m.program, np.where(summed, m.cost, 0.0), m.rows[kept]) for m in self.makers)
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
        first = self.makers[0].program
        other = ~np.isin(first.kind, (ONE, TOTAL))
        cost = np.where(other, np.min([maker.cost for maker in self.makers], axis=0), 0.0)
        low = np.min([maker.program.limit_low for maker in self.makers], axis=0)
        high = np.max([maker.program.limit_high for maker in self.makers], axis=0)
        alone = self.alone(0)
        return replace(alone, program=first._replace(limit_low=low, limit_high=high), cost=cost)

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

    @cached_property
    def _costs(self) -> Floats:
        return np.array([maker.cost for maker in self.makers])


def made_by(columns: Columns, maker: int) -> Columns:
    """The same columns as made by another maker; their slots are to be measured."""
    return Columns(columns.sets, columns.slots, np.full(len(columns), maker, dtype=np.int64))


def all_of(columns: Sequence[Columns]) -> Columns:
    """Columns of several makers together."""
    return Columns.join(list(columns))
