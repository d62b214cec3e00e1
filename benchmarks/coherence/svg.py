"""Small charts as SVG text: the same bytes for the same numbers, text that stays text, colour never alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

INK, DIM, LINE = "#0b0c0c", "#505a5f", "#b1b4b6"
# Told apart by eyes of every kind, at least 3 : 1 against white (after Okabe & Ito), each with a mark of its own.
COLOURS = ("#0072b2", "#c44e00", "#00703c", "#6b3fb8", "#0b0c0c", "#b0308a", "#7a5c00", "#505a5f")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 4", "")
FONT = "font-family=\"system-ui, 'Segoe UI', Arial, sans-serif\""
Tell = Callable[[float], str]


@dataclass
class Canvas:
    """A picture that grows mark by mark, in pixels; `told` is its text alternative."""

    width: int
    height: int
    told: str
    parts: list[str] = field(default_factory=list)

    def line(
        self, x: float, y: float, u: float, v: float, colour: str = LINE, wide: float = 1, dash: str = ""
    ) -> None:
        at = f'x1="{_n(x)}" y1="{_n(y)}" x2="{_n(u)}" y2="{_n(v)}"'
        self.parts.append(f'<line {at} stroke="{colour}" stroke-width="{_n(wide)}"/>')

    def path(self, points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> None:
        more = f' stroke-dasharray="{dash}"' if dash else ""
        way = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self.parts.append(f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="2"{more}/>')

    def text(
        self, x: float, y: float, text: str, anchor: str = "start", colour: str = INK, bold: bool = False
    ) -> None:
        more = ' font-weight="700"' if bold else ""
        at = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{colour}"{more}'
        self.parts.append(f"<text {at}>{escape(text)}</text>")

    def bar(self, x: float, y: float, wide: float, tall: float, colour: str, told: str) -> None:
        at = f'x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(tall)}"'
        self.parts.append(f'<rect {at} fill="{colour}"><title>{escape(told)}</title></rect>')

    def mark(self, x: float, y: float, kind: int, told: str, size: float = 5, ring: bool = False) -> None:
        """One of eight marks, each with a shape and a colour of its own; `told` is shown where it is pointed at."""
        s = size
        shapes = (
            f"M{_n(x - s)} {_n(y)}a{s} {s} 0 1 0 {2 * s} 0a{s} {s} 0 1 0 {-2 * s} 0z",
            f"M{_n(x - s)} {_n(y - s)}h{2 * s}v{2 * s}h{-2 * s}z",
            f"M{_n(x)} {_n(y - s - 1)}l{s + 1} {2 * s}h{-2 * s - 2}z",
            f"M{_n(x)} {_n(y - s - 1)}l{s + 1} {s + 1}l{-s - 1} {s + 1}l{-s - 1} {-s - 1}z",
            f"M{_n(x)} {_n(y + s + 1)}l{s + 1} {-2 * s}h{-2 * s - 2}z",
            f"M{_n(x - 2)} {_n(y - s)}h4v{s - 2}h{s - 2}v4h{2 - s}v{s - 2}h-4v{2 - s}h{2 - s}v-4h{s - 2}z",
            f"M{_n(x - s)} {_n(y - 2)}h{2 * s}v4h{-2 * s}z",
            f"M{_n(x - 2)} {_n(y - s)}h4v{2 * s}h-4z",
        )
        around = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{s + 5}" fill="none" stroke="{INK}" stroke-width="2"/>'
        body = f'<path d="{shapes[kind % 8]}" fill="{COLOURS[kind % 8]}"/>'
        self.parts.append(f"<g>{around if ring else ''}{body}<title>{escape(told)}</title></g>")

    def __str__(self) -> str:
        head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {self.width} {self.height}"'
        head += f' width="{self.width}" height="{self.height}" role="img" aria-label="{escape(self.told)}"'
        ground = f'<rect width="{self.width}" height="{self.height}" fill="#fff"/>'
        return "\n".join([f'{head} font-size="13" {FONT}>', ground, *self.parts, "</svg>\n"])


@dataclass(frozen=True)
class Axis:
    """From numbers to pixels, with round ticks."""

    low: float
    high: float
    start: float
    end: float
    tell: Tell

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float, tell: Tell) -> Axis:
        """An axis over all values with a little room at both ends."""
        known = [v for v in values if math.isfinite(v)]
        low, high = min(known), max(known)
        room = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
        return cls(low - room, high + room, start, end, tell)

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Three to seven round numbers."""
        rough = (self.high - self.low) / 5
        size = 10.0 ** math.floor(math.log10(rough))
        step = next(k * size for k in (1, 2, 2.5, 5, 10) if k * size >= rough)
        first = math.ceil(self.low / step)
        return [k * step for k in range(first, math.floor(self.high / step) + 1)]


def frame(canvas: Canvas, x: Axis, y: Axis, x_title: str, y_title: str) -> None:
    """Ticks, faint lines and what the axes are, each said in words."""
    for tick in y.ticks:
        canvas.line(x.start, y.at(tick), x.end, y.at(tick))
        canvas.text(x.start - 8, y.at(tick) + 4, y.tell(tick), "end", DIM)
    for tick in x.ticks:
        canvas.line(x.at(tick), y.start, x.at(tick), y.start + 5, DIM)
        canvas.text(x.at(tick), y.start + 20, x.tell(tick), "middle", DIM)
    canvas.line(x.start, y.start, x.end, y.start, DIM)
    canvas.text(x.start, y.end - 12, y_title, bold=True)
    canvas.text((x.start + x.end) / 2, y.start + 40, x_title, "middle", bold=True)


def _n(value: float) -> str:
    """A tenth of a pixel is enough, and the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")
