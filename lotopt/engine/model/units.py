"""The program of merged atoms: every slot of a set of them is still measured exactly.

Each *unit* stands for atoms that are connected. What units have is added up over their atoms; their inertia is moved
to their own centre by the parallel axis theorem.
"""

from __future__ import annotations

import numpy as np

from lotopt.engine.model.program import Floats, Ints, Program


def merged_program(p: Program, unit: Ints) -> Program:
    """The program of units: `unit` (n,) numbers them from 0 and each is connected. Groups stay as they are.

    A unit that holds a grouped atom must hold nothing else; it is exempt where one of its atoms is.
    """
    count = int(unit.max()) + 1
    link_ptr, link_to, _ = _contract(p.link_ptr, p.link_to, np.ones(len(p.link_to)), unit, count)
    border_ptr, border_to, border_length = _contract(p.border_ptr, p.border_to, p.border_length, unit, count)
    ends = np.repeat(np.arange(count), np.diff(border_ptr))
    order = np.argsort(unit, kind="stable")
    points = np.diff(p.point_ptr)
    point_order = np.argsort(np.repeat(unit, points), kind="stable")
    group = np.full(count, -1, dtype=np.int64)
    group[unit[p.group >= 0]] = p.group[p.group >= 0]
    exempt = np.zeros((len(p.limit_slot), count), dtype=bool)
    for m in range(len(exempt)):
        exempt[m] = np.bincount(unit, weights=p.limit_exempt[m], minlength=count) > 0
    layer_ptr, layer_agency, layer_weight = _layers(p, unit, count)
    return p._replace(
        link_ptr=link_ptr,
        link_to=link_to,
        sums=np.array([np.bincount(unit, weights=row, minlength=count) for row in p.sums]).reshape(-1, count),
        layer_ptr=layer_ptr,
        layer_agency=layer_agency,
        layer_weight=layer_weight,
        clouds=_clouds(p, unit, count, order),
        border_ptr=border_ptr,
        border_to=border_to,
        border_length=border_length,
        outer=np.bincount(ends, weights=border_length, minlength=count).astype(np.float64),
        point_ptr=np.append(0, np.cumsum(np.bincount(unit, weights=points, minlength=count))).astype(np.int64),
        point_xy=np.ascontiguousarray(p.point_xy[point_order]),
        group=group,
        limit_exempt=exempt,
    )


def _contract(ptr: Ints, to: Ints, length: Floats, unit: Ints, count: int) -> tuple[Ints, Ints, Floats]:
    """Pairs of units that are next to each other, with the lengths between them added up."""
    a, b = unit[np.repeat(np.arange(len(unit)), np.diff(ptr))], unit[to]
    apart = a != b
    keys, place = np.unique(a[apart] * count + b[apart], return_inverse=True)
    added = np.bincount(place, weights=length[apart], minlength=len(keys))
    pointers = np.searchsorted(keys, np.arange(count + 1) * count)
    return pointers.astype(np.int64), (keys % count).astype(np.int64), added.astype(np.float64)


def _layers(p: Program, unit: Ints, count: int) -> tuple[Ints, Ints, Floats]:
    pointers, agencies, weights, offset = [], [], [], 0
    total = int(p.layer_first[-1])
    for ptr in p.layer_ptr:
        of = unit[np.repeat(np.arange(len(unit)), np.diff(ptr))]
        held = slice(int(ptr[0]), int(ptr[-1]))
        keys, place = np.unique(of * total + p.layer_agency[held], return_inverse=True)
        pointers.append(np.searchsorted(keys, np.arange(count + 1) * total) + offset)
        agencies.append(keys % total)
        weights.append(np.bincount(place, weights=p.layer_weight[held], minlength=len(keys)))
        offset += len(keys)
    none = np.zeros(0)
    return (
        np.array(pointers, dtype=np.int64).reshape(-1, count + 1),
        np.concatenate([none, *agencies]).astype(np.int64),
        np.concatenate([none, *weights]).astype(np.float64),
    )


def _clouds(p: Program, unit: Ints, count: int, order: Ints) -> Floats:
    clouds = np.zeros((len(p.clouds), count, 7))
    first = order[np.searchsorted(unit[order], np.arange(count))]
    for q, of in enumerate(p.clouds):
        for k in range(3):
            clouds[q, :, k] = np.bincount(unit, weights=of[:, k], minlength=count)
        weight = clouds[q, :, 0]
        some = weight > 0
        clouds[q, :, 5:] = of[first, 5:]  # a unit without weight is nowhere in particular
        clouds[q, some, 5:] = clouds[q, some, 1:3] / weight[some, None]
        apart = ((of[:, 5:] - clouds[q, unit, 5:]) ** 2).sum(axis=1)
        clouds[q, :, 4] = np.bincount(unit, weights=of[:, 4] + of[:, 0] * apart, minlength=count)
        clouds[q, :, 3] = clouds[q, :, 4] + weight * (clouds[q, :, 5:] ** 2).sum(axis=1)
    return clouds
