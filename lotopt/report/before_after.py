"""A design beside the one it is to take the place of: what moves, and what changes for partners, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lotopt.report import lot_tables as lt
from lotopt.report.design_figures import design_figures
from lotopt.report.moves import Flow, Moves
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, count, decapital, in_letters, listed, share

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign
    from lotopt.territory.coherence import Coherence, LayerCoherence

# Where a lot has ground of more old lots than this, the smallest are counted.
MOST_ORIGINS = 4


@dataclass(frozen=True)
class Change:
    """What changes for the agencies of one layer, or for one lot, in words."""

    title: str
    text: str


@dataclass(frozen=True)
class BeforeAfter:
    """A design beside its base: what moves, what changes for each layer, figures and tables.

    `in_short` is one sentence for the head of a report.
    """

    moves: Moves
    in_short: str
    sentences: tuple[str, ...]
    lots: tuple[Change, ...]
    layers: tuple[Change, ...]
    tables: tuple[Table, ...]

    def lines(self, width: int = 100) -> Iterator[str]:
        """What a terminal shows: what moves, lot by lot, and what changes for each layer."""
        for sentence in self.sentences:
            yield textwrap.fill(sentence, width)
        for change in (*self.lots, *self.layers):
            yield textwrap.fill(
                f"{change.title}: {change.text}", width, initial_indent="  ", subsequent_indent="    "
            )


def before_after(moves: Moves, before: Coherence | None, after: Coherence | None) -> BeforeAfter:
    """What is to be said of a design beside its base; `before` and `after` are the coherence of each."""
    pairs = [] if before is None or after is None else [*zip(before.layers, after.layers, strict=True)]
    lots = len(moves.base), len(moves.plan)
    tables = [figures_table(moves), moves_table(moves), old_lots_table(moves)]
    if pairs:
        tables.append(coherence_changes(pairs, lots))
    if moves.moved.any():
        tables.append(areas_table(moves))
    return BeforeAfter(
        moves,
        _in_short(moves),
        tuple(_sentences(moves)),
        tuple(_lot(moves, lot) for lot in range(len(moves.plan))),
        tuple(Change(now.title, layer_change(then, now, lots)) for then, now in pairs),
        tuple(tables),
    )


def _in_short(moves: Moves) -> str:
    moved = int(moves.moved.sum())
    if not moved:
        return f"Set beside {moves.title}, no area moves to a lot of others."
    areas = f"{moved:,} of {count(len(moves.plan.territory), 'area')}"
    move = "moves" if moved == 1 else "move"
    return f"Set beside {moves.title}, {areas}, with {share(moves.moved_share)} of {_weight(moves)}, {move}."


def _sentences(moves: Moves) -> Iterator[str]:
    plan, base = moves.plan, moves.base
    yield f"Set beside {moves.title}: {count(len(plan), 'lot')} in place of {len(base)}."
    moved = int(moves.moved.sum())
    if not moved and len(base) == len(plan):
        yield "Nothing moves: each lot has the areas of one lot of the base."
        return
    weight = _weight(moves)
    yield (
        f"Every lot is matched to the lot of the base that it has most of, by {weight}; areas of any other count as "
        "moving."
    )
    if moved:
        areas = f"{moved:,} of {count(len(plan.territory), 'area')}"
        yield f"{areas}, with {share(moves.moved_share)} of {weight}, {'moves' if moved == 1 else 'move'}."
    else:
        yield "No area moves: lots of the base are divided, and nothing is joined."
    same = [lt.full_name(plan, lot) for lot in range(len(plan)) if moves.same(lot)]
    if same:
        yield f"{count(len(same), 'lot')} {'keeps' if len(same) == 1 else 'keep'} the same areas: {listed(same)}."
    names = [lt.full_name(base, k) for k in range(len(base))]
    divided = [names[k] for k in range(len(base)) if len(moves.followers(k)) > 1]
    gone = [names[k] for k in range(len(base)) if not moves.followers(k)]
    if divided:
        told = listed(divided)
        yield f"{count(len(divided), 'lot')} of the base {_is(divided)} followed by two lots or more: {told}."
    if gone:
        told = listed(gone)
        yield f"{count(len(gone), 'lot')} of the base {_is(gone)} followed by none, only joined to others: {told}."


def _lot(moves: Moves, lot: int) -> Change:
    """Where the ground of one lot comes from: "12 areas with 8.1 % of its recorded crime come from C04"."""
    title = lt.full_name(moves.plan, lot)
    flows = [flow for flow in moves.flows if flow.lot == lot]
    if not flows:
        return Change(title, "No area.")
    main, rest = flows[0], flows[1:]
    name = lt.full_name(moves.base, main.base)
    if moves.same(lot):
        return Change(title, f"The same areas as {name}.")
    if not rest:
        return Change(title, f"Part of {name}: {share(main.of_base)} of its {_weight(moves)}.")
    told = [_came(moves, flow) for flow in rest[:MOST_ORIGINS]]
    more = rest[MOST_ORIGINS:]
    if more:
        areas = sum(len(flow.areas) for flow in more)
        told.append(
            f"{count(areas, 'area')} with {share(sum(f.of_lot for f in more))} from {in_letters(len(more))} more"
        )
    first = f"Mostly {name} ({share(main.of_lot)} of its {_weight(moves)})."
    return Change(title, f"{first} {'; '.join(told)}.")


def _came(moves: Moves, flow: Flow) -> str:
    name = lt.full_name(moves.base, flow.base)
    come = "comes" if len(flow.areas) == 1 else "come"
    whole = ", all of it" if len(flow.areas) == int(moves.counts[:, flow.base].sum()) else ""
    return f"{count(len(flow.areas), 'area')} with {share(flow.of_lot)} {come} from {name}{whole}"


def layer_change(then: LayerCoherence, now: LayerCoherence, lots: tuple[int, int]) -> str:
    """What changes for the agencies of a layer: who deals with several lots, and lots that lie in several of them."""
    parts = [_splits(then, now), _straddles(then, now, lots), _relations(then, now)]
    if all(part is None for part in parts):
        return "Nothing changes in the counts."
    return " ".join(part for part in parts if part is not None)


def _splits(then: LayerCoherence, now: LayerCoherence) -> str | None:
    before, after = set(then.split_agencies), set(now.split_agencies)
    if not before and not after:
        return None
    text = (
        f"{_some(len(after))} of {now.agencies} {_deal(len(after))} with two lots or more, before "
        f"{_some(len(before)).lower()}{_difference(len(before), len(after))}."
    )
    freed = [name for name in then.split_agencies if name not in after]
    new = [name for name in now.split_agencies if name not in before]
    text += f" No longer split: {listed(freed)}." if freed else ""
    return text + (f" Newly split: {listed(new)}." if new else "")


def _straddles(then: LayerCoherence, now: LayerCoherence, lots: tuple[int, int]) -> str | None:
    if (then.straddles, then.largest_span, lots[0]) == (now.straddles, now.largest_span, lots[1]):
        return None
    return (
        f"{now.straddles} of {count(lots[1], 'lot')} {'takes' if now.straddles == 1 else 'take'} in two or more of "
        f"them (at most {in_letters(now.largest_span)}), before {then.straddles} of {lots[0]} "
        f"(at most {in_letters(then.largest_span)})."
    )


def _relations(then: LayerCoherence, now: LayerCoherence) -> str | None:
    if then.interfaces == now.interfaces:
        return None
    return (
        f"{count(now.interfaces, 'working relationship')} between a lot and one of them, before "
        f"{then.interfaces:,}{_difference(then.interfaces, now.interfaces)}."
    )


def _difference(before: int, after: int) -> str:
    if before == after:
        return ": as many"
    return f": {in_letters(abs(after - before))} {'fewer' if after < before else 'more'}"


def figures_table(moves: Moves) -> Table:
    """One row per figure, before and after."""
    base, plan = _on_the_same_ground(moves)
    before, after = (dict(design_figures(design, moves.measure)) for design in (base, plan))
    rows = tuple((title, before.get(title, ""), after.get(title, "")) for title in after)
    head = (Column("Figure"), Column("Before", True), Column("After", True))
    return Table("Figures before and after", head, rows, ordered=True)


def moves_table(moves: Moves) -> Table:
    """One row per lot: the base lot it has most of, what stays, and what comes from where."""
    rows = []
    for lot in range(len(moves.plan)):
        flows = [flow for flow in moves.flows if flow.lot == lot]
        rest = flows[1:]
        came = "; ".join(
            f"{count(len(f.areas), 'area')} ({share(f.of_lot)}) from {lt.full_name(moves.base, f.base)}" for f in rest
        )
        main = (lt.full_name(moves.base, flows[0].base), share(flows[0].of_lot)) if flows else ("", "")
        moving = (str(sum(len(f.areas) for f in rest)), share(sum(f.of_lot for f in rest)), came or "nowhere else")
        rows.append((lt.full_name(moves.plan, lot), *main, *moving))
    weight = _weight(moves)
    head = (
        Column("Lot"),
        Column("Mostly"),
        Column(f"Share of {weight}", True),
        Column("Areas from elsewhere", True),
        Column("Their share", True),
        Column("Come from"),
    )
    note = f"Shares are of the lot's {weight}."
    return Table("Moves, lot by lot", head, tuple(rows), note=note, lots=tuple(range(len(moves.plan))), folded=True)


def old_lots_table(moves: Moves) -> Table:
    """One row per lot of the base: where its ground goes."""
    rows = []
    for base in range(len(moves.base)):
        parts = sorted((f for f in moves.flows if f.base == base), key=lambda f: (-f.of_base, -len(f.areas), f.lot))
        told = "; ".join(f"{lt.short_name(moves.plan, f.lot)} ({share(f.of_base)})" for f in parts)
        rows.append((lt.full_name(moves.base, base), str(len(parts)), told))
    head = (Column("Lot of the base"), Column("Lots", True), Column("Which, with the share in each"))
    return Table("What becomes of every lot of the base", head, tuple(rows), folded=True)


def areas_table(moves: Moves) -> Table:
    """One row per area that moves: from which lot to which, with its measure."""
    territory = moves.plan.territory
    where = sorted(np.flatnonzero(moves.moved).tolist(), key=lambda i: (territory.names[i].casefold(), i))
    values = territory.measure(moves.measure) if moves.measure else None
    head = [Column("Area"), Column("Before"), Column("After")]
    head += [Column(lt.measure_title(moves.plan, moves.measure), True)] if values is not None else []
    rows = tuple(
        (
            territory.names[i],
            lt.short_name(moves.base, int(moves.base.of[i])),
            lt.short_name(moves.plan, int(moves.plan.of[i])),
            *([amount(float(values[i]))] if values is not None else []),
        )
        for i in where
    )
    return Table("Areas that move", tuple(head), rows, folded=True)


def coherence_changes(pairs: Sequence[tuple[LayerCoherence, LayerCoherence]], lots: tuple[int, int]) -> Table:
    """One row per layer: its counts and scores before and after."""
    rows = tuple(
        (
            now.title,
            *(f"{side.interfaces:,}" for side in (then, now)),
            *(f"{len(side.split_agencies)}" for side in (then, now)),
            *(f"{side.straddles} of {of}" for side, of in zip((then, now), lots, strict=True)),
            *(f"{side.v_measure:.3f}" for side in (then, now)),
        )
        for then, now in pairs
    )
    titles = ("Interfaces", "Split agencies", "Straddling lots", "V-measure")
    head = [Column("Layer"), *(Column(f"{title} {when}", True) for title in titles for when in ("before", "after"))]
    return Table("Coherence before and after", tuple(head), rows, folded=True)


def _on_the_same_ground(moves: Moves) -> tuple[LotDesign, LotDesign]:
    """Both designs on the territory of the new one, so that one measure weighs both."""
    return replace(moves.base, territory=moves.plan.territory), moves.plan


def _weight(moves: Moves) -> str:
    return decapital(lt.measure_title(moves.plan, moves.measure)) if moves.measure else "areas"


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _deal(number: int) -> str:
    return "deals" if number == 1 else "deal"


def _some(number: int) -> str:
    return "None" if number == 0 else f"{number:,}"
