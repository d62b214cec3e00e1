"""The tables of a comparison: turned so that they can be read, whether of two designs or of fifty."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from lotopt.report import lot_tables as lt
from lotopt.report.compare.figures import OF_LAYERS, Measured, Number, Value, of_layer
from lotopt.report.compare.notes import notes, warnings
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, decapital, gap_words, money, share

if TYPE_CHECKING:
    from lotopt.report.compare.side_by_side import SideBySide

# With more designs than this a table has a row for each of them, and not a column.
FEW = 3
WIDTH = 100
LONGEST_NAME = 40
MOVES = ("moved_share", "moved_areas", "same_lots")


@dataclass(frozen=True)
class Shown:
    """A figure as tables show it: its column, title, and how a value, or a difference, is written."""

    key: str
    title: str
    write: Callable[[Number], str] = str
    numeric: bool = True

    def cell(self, value: Value) -> str:
        return "" if value is None else value if isinstance(value, str) else self.write(value)

    def more(self, value: Number | None) -> str:
        """A difference with its sign; nothing where there is none to tell."""
        if value is None:
            return ""
        zero: Number = Decimal(0) if isinstance(value, Decimal) else 0
        text = self.write(-value if value < 0 else value)
        return text if text == self.write(zero) else f"{'+' if value > 0 else '-'}{text}"


def _whole(value: Number) -> str:
    return f"{value:,.0f}"


def _tenth(value: Number) -> str:
    return f"{value:,.1f}"


def _score(value: Number) -> str:
    return f"{value:.3f}"


def _share(value: Number) -> str:
    return share(float(value))


def _money(value: Number) -> str:
    return money(value if isinstance(value, Decimal) else Decimal(value))


def shown(found: SideBySide) -> tuple[Shown, ...]:
    """The figures that say most, of those that any design has."""
    plan, measure = found.base.plan, found.measure
    title = decapital(lt.measure_title(plan, measure)) if plan is not None and measure else ""
    figures = (
        Shown("verdict", "Status", numeric=False),
        Shown("gap", "Proven gap", lambda v: gap_words(float(v))),
        Shown("lots", "Lots", _whole),
        Shown(f"smallest_{measure}", f"Smallest lot, {title}", amount),
        Shown(f"largest_{measure}", f"Largest lot, {title}", amount),
        Shown("mean_km", "Mean distance to lot centre, km", _tenth),
        Shown("reach_km", "Largest distance to lot centre, km", _tenth),
        Shown("border_km", "Border between lots, km", _whole),
        Shown("cut_edges", "Neighbouring areas parted", _whole),
        Shown("polsby_popper_mean", "Roundness, mean (Polsby-Popper)", _score),
        Shown("total_price", "Total price a year", _money),
        Shown("providers", "Providers", _whole),
        Shown("prices_from", "Prices from", numeric=False),
        Shown("moved_share", f"Moved, share of {title or 'areas'}", _share),
        Shown("moved_areas", "Areas moved", _whole),
        Shown("same_lots", "Lots left as they are", _whole),
    )
    told = {key for each in found.measured for key, value in each.figures.items() if value is not None}
    return tuple(figure for figure in figures if figure.key in told)


_OF_LAYER: dict[str, Callable[[Number], str]] = {
    "whole_share": _share,
    "completeness": _score,
    "homogeneity": _score,
    "v_measure": _score,
}
LAYER_FIGURES = tuple(Shown(field, title, _OF_LAYER.get(field, _whole)) for field, title in OF_LAYERS.items())


def figures_table(found: SideBySide, *, moves: bool = True) -> Table:
    """The figures that say most: one column per design where they are few, else one row; without `moves` none of
    those about the way from the base."""
    figures = [figure for figure in shown(found) if moves or figure.key not in MOVES]
    names = [each.entry.name for each in found.measured]
    cells = [[figure.cell(each.figures.get(figure.key)) for figure in figures] for each in found.measured]
    note = " ".join(notes(found))
    if len(names) > FEW:
        head = (Column("Design"), *(Column(figure.title, figure.numeric) for figure in figures))
        rows = tuple((name, *row) for name, row in zip(names, cells, strict=True))
        return Table("Designs side by side", head, rows, note=note)
    head = (Column("Figure"), *(Column(name, True) for name in names))
    rows = tuple(zip([figure.title for figure in figures], *cells, strict=True))
    return Table("Designs side by side", head, rows, note=note, ordered=True)


def origins_table(found: SideBySide) -> Table:
    """Where each design comes from, and what is known of it."""
    rows = tuple((entry.name, entry.origin, entry.verdict) for entry in found.entries)
    return Table("Where they come from", (Column("Design"), Column("Origin"), Column("Status")), rows)


def difference_table(found: SideBySide) -> Table:
    """What is more or less than in the base: one row per other design."""
    base, *others = found.measured
    figures = [figure for figure in shown(found) if figure.numeric and figure.key not in ("gap", *MOVES)]
    way = [figure for figure in shown(found) if figure.key in MOVES]
    rows = []
    for each in others:
        more = each.difference(base)
        told = [figure.cell(each.figures.get(figure.key)) for figure in way]
        rows.append((each.entry.name, *told, *(figure.more(more.get(figure.key)) for figure in figures)))
    head = (Column("Design"), *(Column(figure.title, True) for figure in (*way, *figures)))
    return Table(f"Differences to {base.entry.name}", head, tuple(rows))


def scores_table(found: SideBySide) -> Table:
    """The V-measure of every design with every layer: one row per design, of few designs one per layer."""
    return _by_layer(found, "V-measure with each layer", lambda each, k: _score(_layer(each, k, "v_measure")))


def splits_table(found: SideBySide) -> Table:
    """How many agencies of each layer deal with several lots, in the same way."""
    return _by_layer(found, "Agencies split between lots", lambda each, k: str(_layer(each, k, "split_agencies")))


def straddles_table(found: SideBySide) -> Table:
    """How many lots lie in two or more agencies of each layer, in the same way."""
    return _by_layer(found, "Lots in two or more agencies", lambda each, k: str(_layer(each, k, "straddles")))


def meets_table(found: SideBySide) -> Table:
    """Both counts in one cell: for the terminal."""

    def cell(each: Measured, k: int) -> str:
        return f"{_layer(each, k, 'split_agencies')}, {_layer(each, k, 'straddles')}"

    return _by_layer(found, "Agencies split between lots, and lots in two or more agencies", cell)


def layer_tables(found: SideBySide) -> Iterator[Table]:
    """Every figure of each layer, and the V-measure against the base's: one table per layer, one row per design."""
    base = found.planned[0]
    for k, key in enumerate(found.territory.layers):
        rows = []
        for each in found.planned:
            more = float(_layer(each, k, "v_measure")) - float(_layer(base, k, "v_measure"))
            cells = [figure.cell(_layer(each, k, figure.key)) for figure in LAYER_FIGURES]
            told = Shown("v_measure", "", _score).more(more) if each is not base else ""
            rows.append((each.entry.name, *cells, told))
        head = [Column("Design"), *(Column(figure.title, True) for figure in LAYER_FIGURES)]
        head.append(Column("V-measure, against the base", True))
        yield Table(lt.layer_title(base.design, key), tuple(head), tuple(rows), folded=True)


def areas_table(found: SideBySide) -> Table:
    """Every area and its lot in each design."""
    territory, plans = found.territory, [each.design for each in found.planned]
    order = sorted(range(len(territory)), key=lambda i: (territory.names[i].casefold(), territory.ids[i]))
    rows = tuple((territory.names[i], *(lt.full_name(plan, int(plan.of[i])) for plan in plans)) for i in order)
    head = (Column("Area"), *(Column(each.entry.name) for each in found.planned))
    return Table("Every area and its lot in each design", head, rows, folded=True)


def as_text(found: SideBySide) -> str:
    """What the terminal shows: the figures that say most, scores and splits per layer, and what is to be known."""
    tables = [_short_names(figures_table(found), len(found.entries) > FEW)]
    if any(each.coherence is not None for each in found.measured):
        tables += [_short_names(table(found), len(found.entries) > FEW) for table in (scores_table, meets_table)]
    texts = [block.as_text(WIDTH) for table in tables for block in blocks(replace(table, note=""), WIDTH)]
    told = [*(f"! {line}" for line in warnings(found)), *notes(found)]
    texts.append("\n".join(textwrap.fill(line, WIDTH) for line in told))
    origins = [f"{entry.name}: {entry.origin}" for entry in found.entries]
    texts.append("\n".join(textwrap.fill(line, WIDTH, subsequent_indent="  ") for line in origins))
    return "\n\n".join(text for text in texts if text)


def blocks(table: Table, width: int) -> Iterator[Table]:
    """The table, or as many tables as it takes for each to fit in a width, every one with the first column."""
    wide = [_wide(table, i) for i in range(len(table.columns))]
    at = 1
    while at < len(wide) or at == 1:
        end, used = at, wide[0]
        while end < len(wide) and (end == at or used + 2 + wide[end] <= width):
            used += 2 + wide[end]
            end += 1
        chosen = [0, *range(at, end)]
        caption = table.caption if at == 1 else f"{table.caption} (continued)"
        rows = tuple(tuple(row[i] for i in chosen) for row in table.rows)
        yield replace(table, caption=caption, columns=tuple(table.columns[i] for i in chosen), rows=rows)
        if end >= len(wide):
            return
        at = end


def _wide(table: Table, i: int) -> int:
    heading = max(len(word) for word in table.columns[i].title.split()) if table.columns[i].title.split() else 0
    return max([len(row[i]) for row in table.rows] + [heading])


def _short_names(table: Table, first: bool) -> Table:
    """Names of designs cut to a length that leaves room for figures."""

    def cut(text: str) -> str:
        return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"

    if first:
        return replace(table, rows=tuple((cut(row[0]), *row[1:]) for row in table.rows))
    return replace(table, columns=tuple(replace(column, title=cut(column.title)) for column in table.columns))


def _by_layer(found: SideBySide, caption: str, cell: Callable[[Measured, int], str]) -> Table:
    plan = found.base.plan
    assert plan is not None
    layers = range(len(found.territory.layers))
    titles, names = [lt.layer_title(plan, key) for key in found.territory.layers], [e.name for e in found.entries]
    cells = [[cell(each, k) if each.coherence is not None else "" for k in layers] for each in found.measured]
    if len(names) > FEW:
        rows = tuple((name, *row) for name, row in zip(names, cells, strict=True))
        return Table(caption, (Column("Design"), *(Column(title, True) for title in titles)), rows)
    head = (Column("Layer"), *(Column(name, True) for name in names))
    return Table(caption, head, tuple(zip(titles, *cells, strict=True)))


def _layer(each: Measured, k: int, field: str) -> Number:
    assert each.coherence is not None
    return of_layer(each.coherence.layers[k], field)
