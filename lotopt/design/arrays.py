"""The arrays of a problem: slots as features are met, and what is known of each atom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lotopt.core.reading import RELATIVE_TOLERANCE
from lotopt.design.clause import Limit
from lotopt.engine.model import program as e
from lotopt.engine.model.program import Program, csr
from lotopt.territory import features as f
from lotopt.territory.parts import Floats, Ints
from lotopt.territory.territory import Territory

# Sums of doubles miss a limit that they meet by some 1e-16 of it. Limits are widened once, here, so that every kernel
# compares exactly and no bound is sharper than the check; half the audit's tolerance, so that the audit agrees.
TOLERANCE = RELATIVE_TOLERANCE / 2


def enumerate_by(label: Ints) -> list[tuple[int, Ints]]:
    """Each label (n,) with the places that have it, labels and places ascending."""
    order = np.argsort(label, kind="stable").astype(np.int64)
    found, first = np.unique(label[order], return_index=True)
    return list(zip(found.tolist(), np.split(order, first[1:]), strict=True))


class Builder:
    """Collects slots as features are met, then lays out the arrays they need."""

    def __init__(self, territory: Territory, atom_of: Ints) -> None:
        self.territory = territory
        self.atom_of = atom_of
        self.n = int(atom_of.max()) + 1
        self.slots: dict[f.Feature, int] = {}
        self.kind: list[int] = []
        self.which: list[int] = []
        self.target: list[float] = []
        self.sums: dict[str, int] = {}
        self.clouds: dict[str, int] = {}
        self.layers: dict[object, tuple[Ints, Floats]] = {}

    def slot(self, feature: f.Feature) -> int:
        """The slot of a feature, made when first met."""
        if feature in self.slots:
            return self.slots[feature]
        kind, which, target = self._place(feature)
        self.slots[feature] = len(self.kind)
        self.kind.append(kind)
        self.which.append(which)
        self.target.append(target)
        return self.slots[feature]

    def _place(self, feature: f.Feature) -> tuple[int, int, float]:
        match feature:
            case f.One():
                return e.ONE, 0, 0.0
            case f.Total(measure):
                return e.TOTAL, self._number(self.sums, measure), 0.0
            case f.Deviation(measure, target):
                return e.DEVIATION, self._number(self.sums, measure), target
            case f.Span(layer):
                return e.SPAN, self._layer(layer, self.territory.layer(layer).of), 0.0
            case f.Straddles(layer):
                return e.STRADDLE, self._layer(layer, self.territory.layer(layer).of), 0.0
            case f.Meets(groups):
                of = np.full(len(self.territory), -1, dtype=np.int64)
                for number, areas in enumerate(groups):
                    of[list(areas)] = number
                return e.SPAN, self._layer(groups, of), 0.0
            case f.Moved(design, measure):
                of = self.territory.design(design).of
                return e.MOVED, self._layer((design, measure), of, self.territory.measure(measure)), 0.0
            case f.BorderLength():
                return e.BORDER, 0, 0.0
            case f.Inertia(measure):
                return e.INERTIA, self._number(self.clouds, measure), 0.0
            case f.Reach(measure):
                return e.REACH, self._number(self.clouds, measure), 0.0
            case _:
                raise TypeError(f"the engine does not measure {feature!r}")

    @staticmethod
    def _number(names: dict[str, int], name: str) -> int:
        return names.setdefault(name, len(names))

    def _layer(self, key: object, of: Ints, weight: Floats | None = None) -> int:
        if key not in self.layers:
            self.layers[key] = (of, np.ones(len(of)) if weight is None else weight)
        return list(self.layers).index(key)

    def links(self, kinds: tuple[str, ...] | None) -> list[list[int]]:
        """Atoms next to each atom over borders of the given kinds."""
        borders = self.territory.borders
        chosen = borders.of_kinds(kinds)
        next_to: list[set[int]] = [set() for _ in range(self.n)]
        for a, b in zip(self.atom_of[borders.a[chosen]], self.atom_of[borders.b[chosen]], strict=True):
            if a != b:
                next_to[a].add(int(b))
                next_to[b].add(int(a))
        return [sorted(found) for found in next_to]

    def complete(self) -> list[list[int]]:
        return [[j for j in range(self.n) if j != i] for i in range(self.n)]

    def program(self, links: list[list[int]], group: Ints, limits: Sequence[Limit], limit_slot: Ints) -> Program:
        link_ptr, link_to = csr(links)
        border_ptr, border_to, border_length, outer = self._borders()
        layer_ptr, layer_agency, layer_weight, layer_first = self._layers()
        km = (self.territory.xy - self.territory.xy.mean(axis=0)) / 1000.0
        members = [areas for _, areas in enumerate_by(self.atom_of)]
        point_ptr, points = csr([m.tolist() for m in members])
        exempt = np.zeros((len(limits), self.n), dtype=bool)
        for m, limit in enumerate(limits):
            exempt[m, self.atom_of[list(limit.exempt)]] = True
        sums = np.array([self._added(self.territory.measure(name)) for name in self.sums]).reshape(-1, self.n)
        return Program(
            link_ptr,
            link_to,
            sums,
            layer_ptr,
            layer_agency,
            layer_weight,
            layer_first,
            self._clouds(km, members),
            border_ptr,
            border_to,
            border_length,
            outer,
            point_ptr,
            km[points],
            group,
            np.bincount(group[group >= 0], minlength=0).astype(np.int64),
            np.array(self.kind, dtype=np.int64),
            np.array(self.which, dtype=np.int64),
            np.array(self.target, dtype=np.float64),
            limit_slot,
            np.array([limit.at_least - TOLERANCE * abs(limit.at_least) for limit in limits], dtype=np.float64),
            np.array([limit.at_most + TOLERANCE * abs(limit.at_most) for limit in limits], dtype=np.float64),
            exempt,
        )

    def _added(self, values: Floats) -> Floats:
        return np.bincount(self.atom_of, weights=values, minlength=self.n).astype(np.float64)

    def _borders(self) -> tuple[Ints, Ints, Floats, Floats]:
        borders = self.territory.borders
        shared: list[dict[int, float]] = [{} for _ in range(self.n)]
        for a, b, metres in zip(self.atom_of[borders.a], self.atom_of[borders.b], borders.metres, strict=True):
            if a != b and metres > 0:
                for x, y in ((int(a), int(b)), (int(b), int(a))):
                    shared[x][y] = shared[x].get(y, 0.0) + float(metres) / 1000.0
        ptr, to = csr([sorted(row) for row in shared])
        length = np.array([row[j] for row in shared for j in sorted(row)], dtype=np.float64)
        return ptr, to, length, np.array([sum(row.values()) for row in shared])

    def _layers(self) -> tuple[Ints, Ints, Floats, Ints]:
        first = [0]
        pointers, agencies, weights = [], [], []
        offset = 0
        for of, weight in self.layers.values():
            shares: list[dict[int, float]] = [{} for _ in range(self.n)]
            for area in np.flatnonzero(of >= 0):
                row = shares[self.atom_of[area]]
                row[int(of[area])] = row.get(int(of[area]), 0.0) + float(weight[area])
            ptr, entries = csr([sorted(row) for row in shares])
            pointers.append(ptr + offset)
            agencies.append(entries + first[-1])
            weights += [row[j] for row in shares for j in sorted(row)]
            offset += len(entries)
            first.append(first[-1] + int(of.max(initial=-1)) + 1)
        return (
            np.array(pointers, dtype=np.int64).reshape(-1, self.n + 1),
            np.concatenate([np.zeros(0, np.int64), *agencies]),
            np.array(weights, dtype=np.float64),
            np.array(first, dtype=np.int64),
        )

    def _clouds(self, km: Floats, members: list[Ints]) -> Floats:
        clouds = np.zeros((len(self.clouds), self.n, 7))
        for name, q in self.clouds.items():
            weight = self.territory.measure(name)
            for atom, areas in enumerate(members):
                w, xy = weight[areas], km[areas]
                total = w.sum()
                centre = (w[:, None] * xy).sum(axis=0) / total if total > 0 else xy.mean(axis=0)
                inertia = float((w * ((xy - centre) ** 2).sum(axis=1)).sum())
                clouds[q, atom] = [total, *(total * centre), inertia + total * (centre @ centre), inertia, *centre]
        return clouds
