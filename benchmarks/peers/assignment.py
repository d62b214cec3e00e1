"""The assignment model on the arrays of a problem: which lot an atom is in, sizes, one piece by flow, and goals."""

from __future__ import annotations

from typing import Literal

import numpy as np

from benchmarks.peers.model import Floats, Model
from benchmarks.terms import NotAskedError
from lotopt.engine.model import program as e
from lotopt.engine.model.program import Partitioning

# A model with more entries than this is not handed to anyone: it takes gigabytes before anything is solved.
MOST_ENTRIES = 12_000_000
LINEAR = {e.ONE, e.TOTAL, e.BORDER, e.DEVIATION, e.SPAN}

Names = Literal["smallest", "centre", "number"]


class Assignment:
    """Collects the model: x[i, j] is the column of atom i in lot j.

    A lot's name j is its `smallest` atom, which removes the symmetry between lots; any of its atoms, its `centre`; or
    a `number` where the number of lots is fixed. `head[j]` is the column that says whether there is a lot j; None
    where there surely is. Raises NotAskedError for what assignments cannot say: limits or goals that are not sums
    over atoms, agencies met, borders cut or deviations; areas let off a limit; atoms that stay together in pieces.
    """

    def __init__(self, problem: Partitioning, names: Names) -> None:
        self.problem, self.program, self.names = problem, problem.program, names
        self.model = Model(proxy=names == "centre")
        n = self.program.atoms
        low, high = problem.fewest_and_most
        if names == "number" and low != high:
            raise NotAskedError("the number of lots is not fixed")
        self.lots = range(low if names == "number" else n)
        self._check()
        self.members = {j: list(range(j if names == "smallest" else 0, n)) for j in self.lots}
        self.x = {(i, j): self.model.column() for j in self.lots for i in self.members[j]}
        self.head = {j: None if names == "number" else self.x[j, j] for j in self.lots}
        self.meets: dict[tuple[int, int], list[int]] = {}
        self.source: dict[int, dict[int, int | None]] = {}

    def _check(self) -> None:
        p = self.program
        asked = [*np.flatnonzero(self.problem.cost).tolist(), *p.limit_slot.tolist()]
        asked += np.flatnonzero(self.problem.rows.any(axis=0)).tolist() if len(self.problem.rows) else []
        known = LINEAR | ({e.INERTIA} if self.names == "centre" else set())
        if not {int(p.kind[slot]) for slot in asked} <= known:
            raise NotAskedError("assignments state sizes, borders, deviations and interfaces only")
        if p.limit_exempt.any() or len(p.group_size):
            raise NotAskedError("assignments here know no exceptions and no areas that stay together in pieces")
        each = 0.5 if self.names == "smallest" else 1.0
        if each * len(self.lots) * (6 * len(p.link_to) + 2 * len(p.border_to) + 6 * p.atoms) > MOST_ENTRIES:
            raise NotAskedError(f"more than {MOST_ENTRIES:,} entries: not written down")

    def stated(self) -> Model:
        """The whole model."""
        model, x = self.model, self.x
        for i in range(self.program.atoms):
            model.row([x[i, j] for j in self.lots if (i, j) in x], 1.0, 1.0, 1.0)
        for (i, j), column in x.items():
            head = self.head[j]
            if head is not None and i != j:
                model.row([column, head], [1.0, -1.0], high=0.0)
        for m, slot in enumerate(self.program.limit_slot):
            self._limit(int(slot), float(self.program.limit_low[m]), float(self.program.limit_high[m]))
        for r in range(len(self.problem.rows)):
            self._side_row(r)
        for slot in np.flatnonzero(self.problem.cost):
            self._goal(int(slot), float(self.problem.cost[slot]))
        for j in self.lots:
            self._flow(j)
        if self.names == "number":
            self._break_symmetry()
        return model

    def _size(self, slot: int) -> Floats:
        return self.program.sums[self.program.which[slot]]

    def _row_of_lot(self, j: int, columns: list[int], values: list[float], times: float, unit: float = 1.0) -> None:
        """Sum of values >= times, if there is a lot j."""
        head = self.head[j]
        if head is None:
            self.model.row(columns, values, low=times, unit=unit)
        else:
            self.model.row([*columns, head], [*values, -times], low=0.0, unit=unit)

    def _limit(self, slot: int, low: float, high: float) -> None:
        kind = int(self.program.kind[slot])
        size = self._size(slot) if kind == e.TOTAL else np.ones(self.program.atoms)
        if np.array_equal(size, np.rint(size)):  # whole sizes: the whole numbers within the limits
            low, high = np.ceil(low), np.floor(high)
        for j in self.lots:
            if kind == e.TOTAL:
                own, each = [self.x[i, j] for i in self.members[j]], size[self.members[j]]
            elif kind == e.SPAN:
                own = self._meeting(slot, j)
                each = np.ones(len(own))
            else:
                raise NotAskedError("assignments limit sizes and agencies met only")
            for limit, sense in ((low, 1.0), (high, -1.0)):
                if np.isfinite(limit):
                    self._row_of_lot(j, own, (sense * each).tolist(), sense * limit, float(size.mean()))

    def _side_row(self, r: int) -> None:
        columns: list[int] = []
        values: list[float] = []
        sure = 0.0
        for slot in np.flatnonzero(self.problem.rows[r]).tolist():
            kind, worth = int(self.program.kind[slot]), float(self.problem.rows[r][slot])
            if kind not in (e.ONE, e.SPAN):
                raise NotAskedError("assignments count lots and agencies met over the whole plan only")
            for j in self.lots:
                head = self.head[j]
                if kind == e.ONE and head is None:
                    sure += worth
                    continue
                counted = self._meeting(slot, j) if kind == e.SPAN else [head] if head is not None else []
                columns += counted
                values += [worth] * len(counted)
        if columns:
            low, high = float(self.problem.row_low[r]) - sure, float(self.problem.row_high[r]) - sure
            self.model.row(columns, values, low, high)

    def _goal(self, slot: int, worth: float) -> None:
        kind = int(self.program.kind[slot])
        if kind == e.BORDER:
            self._cut_borders(worth)
        elif kind == e.DEVIATION:
            self._deviations(self._size(slot), float(self.program.target[slot]), worth)
        elif kind == e.INERTIA:
            self._distances(self.program.clouds[self.program.which[slot]], worth)
        elif kind == e.SPAN:
            for j in self.lots:
                for column in self._meeting(slot, j):
                    self.model.cost[column] += worth
        else:
            raise NotAskedError("assignments here know no cost per lot or per area")

    def _meeting(self, slot: int, j: int) -> list[int]:
        """The columns that say which agencies of a layer lot j meets: each at least that of any atom in it."""
        p, layer = self.program, int(self.program.which[slot])
        if (layer, j) not in self.meets:
            met: dict[int, int] = {}
            for i in self.members[j]:
                for agency in p.layer_agency[p.layer_ptr[layer, i] : p.layer_ptr[layer, i + 1]].tolist():
                    if agency not in met:
                        met[agency] = self.model.column(whole=False)
                    self.model.row([met[agency], self.x[i, j]], [1.0, -1.0], low=0.0)
            self.meets[layer, j] = list(met.values())
        return self.meets[layer, j]

    def _cut_borders(self, worth: float) -> None:
        """A border is cut where a lot has its one end and not the other: a column per border and lot."""
        p, x = self.program, self.x
        for a in range(p.atoms):
            for at in range(p.border_ptr[a], p.border_ptr[a + 1]):
                b = int(p.border_to[at])
                for j in self.lots if a < b else ():
                    if (b, j) in x:
                        # a cut border is met by both of its lots, and by one in each direction
                        cut = self.model.column(2 * worth * float(p.border_length[at]), whole=False)
                        own = [x[a, j]] if (a, j) in x else []
                        self.model.row([cut, x[b, j], *own], [1.0, -1.0, *([1.0] * len(own))], low=0.0)

    def _deviations(self, size: Floats, target: float, worth: float) -> None:
        for j in self.lots:
            # in shares of the target
            off = self.model.column(worth * target, upper=np.inf, whole=False, rounds=False)
            own = [off, *(self.x[i, j] for i in self.members[j])]
            values = (size[self.members[j]] / target).tolist()
            self._row_of_lot(j, own, [1.0, *values], 1.0)
            self._row_of_lot(j, own, [1.0, *(-value for value in values)], -1.0)

    def _distances(self, cloud: Floats, worth: float) -> None:
        """Weight times squared distance to the centre, and the atom's inertia about its own centroid."""
        for (i, j), column in self.x.items():
            weight, apart = float(cloud[i, 0]), cloud[i, 5:7] - cloud[j, 5:7]
            self.model.cost[column] += worth * (float(cloud[i, 4]) + weight * float(apart @ apart))

    def _flow(self, j: int) -> None:
        """Flow from a source to every atom of the lot, through atoms of the lot only.

        The source is the atom that names the lot; of a numbered lot it is any one of its atoms, chosen by columns.
        """
        model, p, inside = self.model, self.program, set(self.members[j])
        most = len(inside) - 1.0
        numbered = self.head[j] is None
        source: dict[int, int | None] = {j: self.head[j]}
        if numbered:
            source = {i: model.column() for i in self.members[j]}
        self.source[j] = source
        if numbered:
            model.row(list(source.values()), 1.0, 1.0, 1.0)
        near = {i: p.link_to[p.link_ptr[i] : p.link_ptr[i + 1]].tolist() for i in inside}
        arcs = {
            (u, v): model.column(upper=most + 1.0, whole=False)
            for u in self.members[j] for v in near[u] if v in inside and (numbered or v != j)
        }  # fmt: skip
        for i in self.members[j]:
            if i == j and not numbered:
                continue
            enters = [arcs[u, i] for u in near[i] if (u, i) in arcs]
            leaves = [arcs[i, v] for v in near[i] if (i, v) in arcs]
            values = [1.0] * len(enters) + [-1.0] * len(leaves)
            root, own = source.get(i) if numbered else None, self.x[i, j]
            if root is None:
                model.row([*enters, *leaves, own], [*values, -1.0], 0.0, 0.0)
                model.row([*enters, own], [1.0] * len(enters) + [-most], high=0.0)
            else:
                model.row([*enters, *leaves, own, root], [*values, -1.0, most + 1.0], low=0.0)
                model.row([*enters, own, root], [1.0] * len(enters) + [-most, most], high=0.0)
                model.row([root, own], [1.0, -1.0], high=0.0)

    def _break_symmetry(self) -> None:
        """The source of a lot is the first of its atoms, and lots are numbered in the order of their sources.

        `by[i]`: whether the source of a lot is among the atoms up to i. Large atoms come first: they decide most.
        """
        p, model = self.program, self.model
        size = next((self._size(int(s)) for s in p.limit_slot if p.kind[s] == e.TOTAL), np.zeros(p.atoms))
        order = np.argsort(-size, kind="stable").tolist()
        before: dict[int, int] = {}
        for j in self.lots:
            by = {i: model.column(whole=False) for i in order}
            for place, i in enumerate(order):
                earlier = [by[order[place - 1]]] if place else []
                model.row([by[i], self.source[j][i], *earlier], [1.0, -1.0, *([-1.0] * len(earlier))], 0.0, 0.0)
                model.row([self.x[i, j], by[i]], [1.0, -1.0], high=0.0)
                if before:
                    last = [before[order[place - 1]]] if place else []
                    model.row([by[i], *last], [1.0, *([-1.0] * len(last))], high=0.0)
            before = by
