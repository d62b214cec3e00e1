"""Borders from rows: every end known, no border twice, nobody left alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lotopt.core.errors import Problems, did_you_mean
from lotopt.territory.parts import BARRIER, Borders

LAND = "land"


@dataclass(frozen=True)
class Entry:
    """One row about two areas: where it stands, both ids, shared length (metres), kind and note."""

    where: str
    a: str
    b: str
    metres: object = 0.0
    kind: str = LAND
    note: str = ""


def collect_borders(
    index: Mapping[str, int], entries: Iterable[Entry], barriers: Iterable[Entry], problems: Problems
) -> Borders:
    """The borders that rows describe, sorted; a barrier turns the borders of its pair into the kind `barrier`.

    The same border told twice counts once. Adds a problem for unknown areas, for an area that borders itself, for
    lengths that are no number, negative, or different in two rows, and for barriers where there is no border.
    """
    known = [area for area in index if area]
    found: dict[tuple[int, int, str], tuple[Entry, float]] = {}
    for entry in entries:
        pair = _pair(index, known, entry, problems)
        metres = _metres(entry, problems)
        if pair is None or metres is None:
            continue
        before = found.get((*pair, entry.kind))
        if before is None:
            found[*pair, entry.kind] = (entry, metres)
        elif before[1] != metres:
            problems.add(
                f"{entry.where}: the border of '{entry.a}' and '{entry.b}' is {metres:g} m here, "
                f"but {before[1]:g} m in {before[0].where}; keep one"
            )
    measured: dict[tuple[int, int], Entry] = {}
    for (a, b, _), (entry, metres) in found.items():
        other = measured.setdefault((a, b), entry) if metres > 0 else entry
        if other is not entry:
            problems.add(
                f"{entry.where}: the border of '{entry.a}' and '{entry.b}' has a length as '{entry.kind}' here "
                f"and as '{other.kind}' in {other.where}; keep one"
            )
    barred = _barred(index, known, {(a, b) for a, b, _ in found}, barriers, problems)
    rows = sorted(
        (a, b, BARRIER if (a, b) in barred else kind, metres, entry.note)
        for (a, b, kind), (entry, metres) in found.items()
    )
    return Borders(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[3] for row in rows], dtype=np.float64),
        tuple(row[2] for row in rows),
        tuple(row[4] for row in rows),
    )


def lonely(count: int, borders: Borders) -> list[int]:
    """The areas without any neighbour; barriers join nobody."""
    crossed = borders.of_kinds(None)
    joined = np.zeros(count, dtype=bool)
    joined[borders.a[crossed]] = True
    joined[borders.b[crossed]] = True
    return [int(i) for i in np.flatnonzero(~joined)]


def _pair(index: Mapping[str, int], known: Sequence[str], entry: Entry, problems: Problems) -> tuple[int, int] | None:
    ok = True
    for area in (entry.a, entry.b):
        if area not in index:
            problems.add(f"{entry.where}: no area '{area}'; {did_you_mean(area, known)}")
            ok = False
    if not ok:
        return None
    if entry.a == entry.b:
        problems.add(f"{entry.where}: '{entry.a}' cannot border itself")
        return None
    a, b = sorted((index[entry.a], index[entry.b]))
    return a, b


def _metres(entry: Entry, problems: Problems) -> float | None:
    metres = number(entry.metres)
    if isinstance(metres, str):
        problems.add(f"{entry.where}, metres: {metres}")
        return None
    if metres < 0:
        problems.add(f"{entry.where}, metres: {metres:g} is negative; a shared length is 0 m or more")
        return None
    return metres


def _barred(
    index: Mapping[str, int],
    known: Sequence[str],
    pairs: set[tuple[int, int]],
    barriers: Iterable[Entry],
    problems: Problems,
) -> set[tuple[int, int]]:
    barred = set()
    for barrier in barriers:
        pair = _pair(index, known, barrier, problems)
        if pair is None:
            continue
        if pair not in pairs:
            problems.add(f"{barrier.where}: '{barrier.a}' and '{barrier.b}' have no border to close")
        barred.add(pair)
    return barred


def number(cell: object) -> float | str:
    """A cell as a finite number, or what is wrong with it."""
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return "is empty; a number is needed"
        if "_" in text:
            return f"'{text}' is not a number"
        if "," in text:
            return f"'{text}' is not a number; write it without thousands separators and with a point"
    else:
        text = str(cell)
    try:
        value = float(text)
    except ValueError:
        return f"'{text}' is not a number"
    if not math.isfinite(value):
        return f"'{text}' is not a finite number"
    return value
