"""The charts of the study: frontiers, random designs beside those that were drawn, and few lots against many."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.coherence.ensembles import SIX_2011, Drawn
from benchmarks.coherence.frontier import knee
from benchmarks.coherence.svg import COLOURS, DASHES, DIM, Axis, Canvas, frame
from benchmarks.coherence.tables import Findings, Named, point_id, totals
from benchmarks.coherence.words import cell, million

PRICES = "simulated prices"
# Charges for an interface and year, GBP, that totals are drawn for.
CHARGES = (0, 50_000, 100_000, 250_000)


@dataclass(frozen=True)
class Shown:
    """A figure of the ensembles that is drawn: what it is called, how it is told, and the unit of the axis."""

    name: str
    title: str
    unit: str
    tell: Callable[[float], str]


SHOWN = (
    Shown("partners.interfaces", "Interfaces with partners", "interfaces", cell),
    Shown("police.v_measure", "V-measure with police areas", "1 = the same boundaries", lambda v: cell(v, 2)),
    Shown("travel_km", "Distance to the centre of the lot", "km, straight line, mean over residents",
          lambda v: cell(v, 1)),
    Shown("price", f"Price ({PRICES})", "£ million a year", lambda v: cell(v / 1e6, 1)),
)  # fmt: skip


def frontier_chart(found: Findings, lots: int) -> Canvas:
    """Price against interfaces with regions, every point labelled, the knee ringed."""
    points = dict(found.frontiers)[lots]
    ends = [(float(p.interfaces), p.best.objective) for p, _ in points]
    chosen = knee(ends)
    cheap, tidy = min(ends, key=lambda e: e[1]), min(ends)
    told = (
        f"Frontier of {lots} lots, {PRICES}: from {cheap[0]:.0f} interfaces with regions at {million(cheap[1])} a "
        f"year to {tidy[0]:.0f} at {million(tidy[1])}. The table below says every point."
    )
    canvas = Canvas(720, 400, told)
    x = Axis.over([m for m, _ in ends], 80, 700, cell)
    y = Axis.over([price for _, price in ends], 340, 50, lambda v: cell(v / 1e6, 1))
    # a whole number of interfaces for every tick
    x = Axis(min(x.low, cheap[0] - 1, tidy[0] - 0.6), x.high, x.start, x.end, lambda v: cell(v) if v % 1 == 0 else "")
    frame(canvas, x, y, "interfaces with regions", f"£ million a year ({PRICES})")
    line = sorted(ends)
    canvas.path([(x.at(m), y.at(price)) for m, price in line], COLOURS[0])
    crowded = len(ends) > 14
    for k, ((met, price), (point, _)) in enumerate(zip(ends, points, strict=True)):
        name = " (knee)" if k == chosen else ""
        title = (
            f"{point_id(lots, point)}{name}: {met:.0f} interfaces, {million(price, 2)} a year, {point.best.status}"
        )
        canvas.mark(x.at(met), y.at(price), 0, title, ring=bool(name))
        text = f"{met:.0f}{', knee' if name else ''}"
        if not crowded or name or k in (0, len(ends) - 1):
            canvas.text(x.at(met) + 9, y.at(price) - 9, text, bold=bool(name))
    return canvas


def same_lots(found: Findings, drawn: Drawn) -> list[Named]:
    """The designs that an ensemble is held against; of the six lots of 2011 there is none."""
    if drawn.unit == SIX_2011:
        return []
    return [one for one in found.designs if one.lots == drawn.lots and one.kind != "frontier"]


def distribution_chart(found: Findings, drawn: Drawn, shown: Shown) -> Canvas | None:
    """A histogram of random designs, and under it a row for each design of as many lots. None without a figure."""
    if shown.name not in drawn.figures:
        return None
    values = drawn.figures[shown.name]
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    rows = [(one.title, one.figures.get(shown.name, math.nan)) for one in same_lots(found, drawn)]
    rows = [row for row in rows if math.isfinite(row[1])]
    p5, median, p95 = (float(np.percentile(known, q)) for q in (5, 50, 95))
    told = f"{shown.title} of {len(known):,} random designs of {drawn.lots} lots: median {shown.tell(median)}, "
    told += f"5 to 95 % from {shown.tell(p5)} to {shown.tell(p95)}." + "".join(
        f" {title}: {shown.tell(value)}." for title, value in rows
    )
    tall, row_tall = 120, 22
    top = 46 + tall
    canvas = Canvas(528, top + row_tall * (len(rows) + 1) + 50, told)
    x = Axis.over([*known.tolist(), *(value for _, value in rows)], 196, 514, shown.tell)
    canvas.text(8, 20, shown.title, bold=True)
    counts, edges = _histogram(known)
    for count, low, high in zip(counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        height = tall * count / int(counts.max())
        title = f"{shown.tell(low)} to {shown.tell(high)}: {count:,} of {len(known):,} designs"
        canvas.bar(x.at(low) + 0.5, top - height, max(1.0, x.at(high) - x.at(low) - 1), height, "#8ea2ad", title)
    canvas.line(x.start, top, x.end, top, DIM)
    y = top + row_tall / 2 + 4
    canvas.text(8, y + 4, f"{len(known):,} random designs")
    canvas.line(x.at(p5), y, x.at(p95), y, DIM, 7)
    canvas.line(x.at(median), y - 8, x.at(median), y + 8, "#0b0c0c", 3)
    for k, (title, value) in enumerate(rows):
        y += row_tall
        canvas.line(x.start, y, x.end, y)
        canvas.text(8, y + 4, _short(title, drawn.lots))
        canvas.mark(x.at(value), y, k, f"{title}: {shown.tell(value)}")
    y += row_tall / 2 + 4
    for tick in x.ticks:
        canvas.text(x.at(tick), y + 14, x.tell(tick), "middle", DIM)
    canvas.text((x.start + x.end) / 2, y + 32, shown.unit, "middle")
    return canvas


def _histogram(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most thirty bars; where all values are whole, each bar holds as many whole numbers as the others."""
    low, high = float(known.min()), float(known.max())
    if (known % 1 == 0).all():
        step = math.ceil((high - low + 1) / 30)
        return np.histogram(known, bins=np.arange(low - 0.5, high + step, step))
    return np.histogram(known, bins=30)


def _short(title: str, lots: int) -> str:
    """The name of a design without its number of lots, as long as fits before the plot."""
    text = title.removeprefix(f"{lots} lots, ")
    return {"cheapest, boundaries ignored": "cheapest, free"}.get(text, text)


Series = tuple[str, list[tuple[float, float]]]
# What was is not a line: two designs of as many lots stand beside each other.
WAS = "designs that were"
# The same mark for the same thing on every chart.
KINDS = (
    "cheapest, whole areas",
    "cheapest known, free",
    "no free design is below",
    "most coherent",
    "random, median",
    WAS,
)


def lines_chart(title: str, series: Sequence[Series], y_title: str, tell: Callable[[float], str]) -> Canvas:
    """Lines by number of lots, each with a mark, a dash and its name at the end."""
    series = [(name, [point for point in points if math.isfinite(point[1])]) for name, points in series]
    series = [(name, sorted(points)) for name, points in series if points]
    told = f"{title}. " + " ".join(
        f"{name}: from {tell(points[0][1])} with {points[0][0]:.0f} lots to {tell(points[-1][1])} with"
        f" {points[-1][0]:.0f}."
        for name, points in series
    )
    canvas = Canvas(860, 420, told)
    if not series:
        return canvas
    every = [point for _, points in series for point in points]
    x = Axis.over([m for m, _ in every], 80, 610, lambda v: cell(v) if v % 1 == 0 else "")
    y = Axis.over([v for _, v in every], 360, 50, tell)
    frame(canvas, x, y, "number of lots", y_title)
    kind = {name: KINDS.index(name) if name in KINDS else k for k, (name, _) in enumerate(series)}
    for name, points in series:
        k = kind[name]
        if len(points) > 1 and name != WAS:
            canvas.path([(x.at(m), y.at(v)) for m, v in points], COLOURS[k % 8], DASHES[k % 8])
    for name, points in series:
        for m, v in points:
            canvas.mark(x.at(m), y.at(v), kind[name], f"{name}, {m:.0f} lots: {tell(v)}", 4)
    # names beside the ends, pushed apart where they would lie on each other
    ends = sorted((y.at(points[-1][1]), k) for k, (_, points) in enumerate(series))
    last = 0.0
    places = []
    for at, k in ends:
        last = max(at, last + 20)
        places.append((last, k))
    over = max(0.0, places[-1][0] - 395)
    for at, k in places:
        canvas.mark(632, at - over, kind[series[k][0]], series[k][0], 5)
        canvas.text(646, at - over + 4, series[k][0])
    return canvas


def by_lots(found: Findings) -> Iterator[tuple[str, Canvas]]:
    """The charts of few lots against many, by the name of their file."""
    head, *rows = list(totals(found))
    table = [dict(zip(head, row, strict=True)) for row in rows]
    if not table:
        return

    def points(column: str) -> list[tuple[float, float]]:
        return [(float(row["lots"]), float(row[column])) for row in table]

    old = [(float(one.lots), one.figures["price"]) for one in found.of_kind("historical")]
    yield (
        "price-by-lots",
        lines_chart(
            f"Price by number of lots, {PRICES}",
            [
                ("cheapest, whole areas", points("price")),
                ("cheapest known, free", points("price_free")),
                ("no free design is below", points("bound_free")),
                ("most coherent", points("price_coherent")),
                ("random, median", points("random_price_median")),
                (WAS, old),
            ],
            f"£ million a year ({PRICES})",
            lambda v: cell(v / 1e6, 1),
        ),
    )
    met = [(float(one.lots), one.figures["partners.interfaces"]) for one in found.of_kind("historical")]
    yield (
        "interfaces-by-lots",
        lines_chart(
            "Interfaces with partners by number of lots",
            [
                ("cheapest, whole areas", points("interfaces")),
                ("cheapest known, free", points("interfaces_free")),
                ("most coherent", points("interfaces_coherent")),
                ("random, median", points("random_interfaces_median")),
                (WAS, met),
            ],
            "interfaces with police, local justice areas, councils and regions",
            cell,
        ),
    )
    for name, title in (("", "whole areas"), ("_free", "boundaries ignored")):
        yield (
            f"total-by-lots{name.replace('_', '-')}",
            lines_chart(
                f"Price and charge for interfaces together, {title}, {PRICES}",
                [
                    (
                        f"£{charge:,} an interface",
                        [
                            (float(row["lots"]), row[f"price{name}"] + charge * row[f"interfaces{name}"])
                            for row in table
                        ],
                    )
                    for charge in CHARGES
                ],
                f"£ million a year in all, cheapest design, {title} ({PRICES})",
                lambda v: cell(v / 1e6, 1),
            ),
        )
