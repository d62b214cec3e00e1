"""Layers made from a territory's points: which court is nearest, which prison takes whose demand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import numpy as np

from lotopt.core.errors import InputError, Problems, did_you_mean
from lotopt.territory.parts import Floats, Ints, Layer, Point
from lotopt.territory.territory import Territory

DIGITS = 6  # of the share of an area's demand that a point takes: beyond them is the solver's rounding


def nearest_layer(
    territory: Territory,
    kind: str,
    *,
    types: str | Collection[str] | None = None,
    within: str | None = None,
    leave_out: str | Collection[str] = (),
    name: str = "",
) -> Layer:
    """Each area belongs to the point nearest to its centroid by straight line; of equally near ones, the first id.

    `kind` names the points (courts); `types` and `leave_out` (ids) choose among them. With `within`, only points in
    the area's own agency of that layer count; where the agency has none, or the area no agency, the nearest of all
    serves and the area is in `approximate`. Points that are nearest to no area are no agencies; the note counts
    them. Raises InputError for unknown names and where no point or no position is left.
    """
    points = _points(territory, kind, _words(types), _words(leave_out), within)
    km = _km(territory, points)
    what = _told(kind, types)
    title = f"Nearest of {len(points)} {what}"
    if within is None:
        return _layer(territory, points, km.argmin(axis=1), name or f"nearest_{kind}", title, {})
    layer = territory.layer(within)
    by = layer.title or within
    where = np.array([layer.of[territory.index[p.area]] if p.area else -1 for p in points])
    own = (layer.of[:, None] == where[None, :]) & (layer.of[:, None] >= 0)
    served = own.any(axis=1)
    of = np.where(own | ~served[:, None], km, np.inf).argmin(axis=1)
    told = {
        territory.ids[i]: f"no {what} in {layer.name_of(int(layer.of[i]))}; nearest of all"
        if layer.of[i] >= 0
        else f"in no agency of {by}; nearest of all"
        for i in np.flatnonzero(~served)
    }
    return _layer(territory, points, of, name or f"{kind}_by_{within}", f"{title}, each within its {by}", told)


def catchment_layer(
    territory: Territory,
    kind: str,
    *,
    measure: str,
    sizes: Literal["equal"] | Mapping[str, float] | None = None,
    types: str | Collection[str] | None = None,
    leave_out: str | Collection[str] = (),
    name: str = "",
) -> Layer:
    """Areas shared out among points so that each takes demand in proportion to its size, over the shortest way.

    A transport problem: least sum of `measure` x km (straight line from the centroid), each point receiving its
    fraction of all demand. An area belongs to the point that takes most of it (of equal ones, the first id); where
    others take more than a millionth of it, or the area has no demand and goes to the nearest point, `approximate`
    says so. `sizes` are those of the points unless given by id, or "equal" for the same to each; points without a
    size, or of size 0, take nothing and are counted in the note. Raises InputError for unknown names and where no
    point, demand or position is left.
    """
    chosen = _points(territory, kind, _words(types), _words(leave_out))
    demand = territory.measure(measure)
    size = _sizes(territory, kind, chosen, sizes)
    points = [point for point in chosen if size.get(point.id, 0.0) > 0]
    if not demand.sum() > 0:
        raise InputError(territory.source, f"measure: '{measure}' is 0 everywhere, so there is nothing to share out")
    km = _km(territory, points)
    from lotopt.engine.solve.transport import share_out

    flow = share_out(demand, np.array([size[point.id] for point in points]), km)
    some = demand > 0
    share = np.round(flow / np.where(some, demand, 1.0)[:, None], DIGITS)
    of = np.where(some, share.argmax(axis=1), km.argmin(axis=1))
    told = {}
    for i, area in enumerate(territory.ids):
        takers = [j for j in np.argsort(-share[i], kind="stable").tolist() if share[i, j] > 0]
        if not some[i]:
            told[area] = f"no {measure}; nearest"
        elif len(takers) > 1:
            told[area] = "shared: " + "; ".join(f"{points[j].name} {share[i, j]:.1%}" for j in takers)
    by = "equal shares" if sizes == "equal" else (points[0].unit or "size")
    title = f"Catchments of {len(points)} {_told(kind, types)} by {by}, sharing out {measure}"
    return _layer(territory, points, of, name or f"catchment_{kind}", title, told, len(chosen) - len(points))


def _points(
    territory: Territory,
    kind: str,
    types: Collection[str] | None,
    leave_out: Collection[str] | None,
    within: str | None = None,
) -> list[Point]:
    """The chosen points, sorted by id. Raises InputError with every name that is not known."""
    problems = Problems(territory.source)
    found = sorted(territory.points.get(kind, ()), key=lambda point: point.id)
    if kind not in territory.points:
        problems.add(f"points: no points '{kind}'; {did_you_mean(kind, sorted(territory.points))}")
    else:
        for word in types or ():
            known = sorted({point.type for point in found})
            if word not in known:
                problems.add(f"types: no {kind} of the type '{word}'; {did_you_mean(word, known)}")
        ids = [point.id for point in found]
        for word in leave_out or ():
            if word not in ids:
                problems.add(f"leave_out: no '{word}' among the {kind}; {did_you_mean(word, ids)}")
    if within is not None and within not in territory.layers:
        problems.add(f"within: no layer '{within}'; {did_you_mean(within, sorted(territory.layers))}")
    problems.check()
    chosen = [p for p in found if (types is None or p.type in types) and p.id not in (leave_out or ())]
    if not chosen:
        raise InputError(territory.source, f"points: none of the {kind} is left, so no area can belong to one")
    return chosen


def _sizes(
    territory: Territory, kind: str, points: Sequence[Point], sizes: Literal["equal"] | Mapping[str, float] | None
) -> dict[str, float]:
    if sizes == "equal":
        return {point.id: 1.0 for point in points}
    if sizes is None:
        found = {point.id: point.size for point in points if point.size is not None}
    else:
        problems = Problems(territory.source)
        ids = [point.id for point in territory.points[kind]]
        for word, size in sizes.items():
            if word not in ids:
                problems.add(f"sizes: no '{word}' among the {kind}; {did_you_mean(word, ids)}")
            elif not (np.isfinite(size) and size >= 0):
                problems.add(f"sizes: {word} has {size}; a size is a number of at least 0")
        problems.check()
        found = {point.id: float(sizes[point.id]) for point in points if point.id in sizes}
    if not any(size > 0 for size in found.values()):
        raise InputError(
            territory.source,
            f"points: none of the {kind} has a size; name its column as size in [points.{kind}], "
            'or give sizes="equal"',
        )
    return found


def _km(territory: Territory, points: Sequence[Point]) -> Floats:
    """Straight lines (n, points) from each area's centroid, in km."""
    if len(territory) > 1 and not np.ptp(territory.xy, axis=0).any():
        raise InputError(territory.source, "areas: they have no positions, so no point is nearer than another")
    at = np.array([[point.x, point.y] for point in points])
    return np.hypot(*(territory.xy[:, None, :] - at[None, :, :]).transpose(2, 0, 1)) / 1000


def _words(words: str | Collection[str] | None) -> Collection[str] | None:
    return (words,) if isinstance(words, str) else words


def _told(kind: str, types: str | Collection[str] | None) -> str:
    words = _words(types)
    return f"{kind} ({', '.join(sorted(words))})" if words else kind


def _layer(
    territory: Territory,
    points: Sequence[Point],
    of: Ints,
    name: str,
    title: str,
    approximate: Mapping[str, str],
    unsized: int = 0,
) -> Layer:
    """The layer whose agencies are those points that some area belongs to."""
    used, places = np.unique(of, return_inverse=True)
    notes = ["Straight lines from centroids"]
    if len(used) < len(points):
        notes.append(f"{len(points) - len(used)} points have no area and are left out")
    if unsized:
        notes.append(f"{unsized} points without a size are left out")
    return Layer(
        name,
        tuple(points[j].id for j in used),
        places.astype(np.int64),
        tuple(points[j].name for j in used),
        title,
        source=f"Made from {len(points)} points of {territory.title or territory.source}",
        note="; ".join(notes),
        approximate=dict(approximate),
    )
