"""The picture of a run as SVG: seconds of every solver on every instance, on a logarithmic axis."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from benchmarks.outcome import BROKEN, ENGINE, NOTHING, Outcome

# Colours that differ in lightness as well as in hue (Okabe & Ito 2008), by the first word of a solver's name.
COLOURS = {
    ENGINE: "#000000",
    "all columns": "#0072b2",
    "assignment": "#d55e00",
    "assignment x provider": "#d55e00",
    "numbered lots": "#f0a37a",
    "centres": "#cc79a7",
    "bids": "#009e73",
    "gerrychain": "#56b4e9",
    "spopt": "#e69f00",
}
LEFT, TOP, ROW, WIDE, FOOT = 190, 64, 22, 960, 44
FASTEST = 0.01


def family(solver: str) -> str:
    """The model, or the program, that a solver belongs to."""
    first = solver.split(",")[0]
    return first if first in COLOURS else first.split(" ")[0]


def picture(found: dict[str, Any]) -> str:
    """One row per instance: a filled mark where optimality was proven, an arrow where the limit came first, a ring
    for a plan without proof."""
    rows = [(one["instance"], [o for o in one["outcomes"] if o.status not in NOTHING]) for one in found["instances"]]
    slowest = max((o.seconds for _, outcomes in rows for o in outcomes), default=10.0)
    last = max(1, math.ceil(math.log10(max(slowest, 1.0))))
    first = round(math.log10(FASTEST))
    height = TOP + ROW * len(rows) + FOOT

    def x(seconds: float) -> float:
        share = (math.log10(max(seconds, FASTEST)) - first) / (last - first)
        return LEFT + share * (WIDE - LEFT - 30)

    body = [_legend(rows)]
    for power in range(first, last + 1):
        at = x(10.0**power)
        body.append(f'<line x1="{at:.1f}" y1="{TOP - 8}" x2="{at:.1f}" y2="{height - FOOT}" stroke="#ddd"/>')
        body.append(_text(at, height - FOOT + 18, f"{10.0**power:g} s", "middle"))
    for number, (name, outcomes) in enumerate(rows):
        y = TOP + ROW * (number + 0.5)
        body.append(_text(LEFT - 10, y + 4, name, "end"))
        body.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDE - 30}" y2="{y:.1f}" stroke="#eee"/>')
        for place, one in reversed(list(enumerate(outcomes))):
            # many stop at the same limit: those are set apart up and down
            body.append(_mark(x(one.seconds), y + (0 if one.ended else 5 * (place % 3 - 1)), one))
    title = "Seconds of each solver by instance. Disc: proven; arrow: stopped; ring: plan, no bound; cross: no plan"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{title}</title>'
    )
    return "\n".join(
        [
            head,
            f'<rect width="{WIDE}" height="{height}" fill="#fff"/>',
            *body,
            _text(LEFT, height - 8, f"{title}.", "start"),
            "</svg>",
            "",
        ]
    )


def _mark(x: float, y: float, one: Outcome) -> str:
    colour = COLOURS.get(family(one.solver), "#999999")
    told = escape(f"{one.solver}: {one.status}, {one.seconds:.2f} s")
    if one.ended:
        size = 5.5 if one.solver == ENGINE else 4.5
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{colour}"'
    elif one.status in (BROKEN, "unknown"):
        shape = f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8" fill="none" stroke="{colour}" stroke-width="2"'
    elif one.bound is None:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#fff" stroke="{colour}" stroke-width="2"'
    else:
        shape = f'<path d="M{x - 5:.1f} {y - 5:.1f}l10 5l-10 5z" fill="{colour}"'
    return f"{shape}><title>{told}</title></{shape[1:].split(' ')[0]}>"


def _legend(rows: list[tuple[str, list[Outcome]]]) -> str:
    seen = dict.fromkeys(family(one.solver) for _, outcomes in rows for one in outcomes)
    parts, x = [], 12.0
    for name in seen:
        parts.append(f'<circle cx="{x:.1f}" cy="20" r="5" fill="{COLOURS.get(name, "#999999")}"/>')
        parts.append(_text(x + 10, 24, name, "start"))
        x += 26 + 7 * len(name)
    return "\n".join(parts)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'
