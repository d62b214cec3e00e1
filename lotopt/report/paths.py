"""SVG path data from integer points: rings, chains and edges, as short as they can be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Point = tuple[int, int]
Edge = tuple[Point, Point]


def ring_path(ring: Sequence[Point]) -> str:
    """A closed ring (last point not repeated) as relative path data."""
    return _line(ring) + "z"


def chain_path(edges: Iterable[Edge]) -> str:
    """Edges joined end to end into as few lines as a simple walk finds, as relative path data."""
    return "".join(_line(chain) for chain in chains(edges))


def chains(edges: Iterable[Edge]) -> list[list[Point]]:
    """Lines that together run over every edge once; each starts at a loose end or junction where there is one."""
    near: dict[Point, list[Point]] = {}
    for a, b in sorted(edges):
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    found: list[list[Point]] = []
    starts = sorted(point for point, ends in near.items() if len(ends) != 2)
    for start in [*starts, *sorted(near)]:
        while near[start]:
            chain = [start]
            while near[chain[-1]]:
                point = chain[-1]
                following = near[point].pop(0)
                near[following].remove(point)
                chain.append(following)
                if following in near and len(near[following]) != 1:
                    break  # a junction or an end: the next line starts here
            found.append(chain)
    return found


def edge(a: Point, b: Point) -> Edge:
    """The undirected edge between two points."""
    return (a, b) if a <= b else (b, a)


def _line(points: Sequence[Point]) -> str:
    (x, y), *rest = points
    text = [f"M{x} {y}l"]
    first = True
    for nx, ny in rest:
        for value in (nx - x, ny - y):
            text.append(str(value) if value < 0 or first else f" {value}")
            first = False
        x, y = nx, ny
    return "".join(text)
