"""Tables and sentences about a design: its lots, its areas, and how it meets each layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lotopt.report.table import Column, Table
from lotopt.report.words import amount, count, decapital, in_letters, listed, share

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign
    from lotopt.territory.coherence import Coherence, LayerCoherence

# A longer name of a lot is for its own line in the table of lots.
SHORT_NAME = 24


def lot_labels(design: LotDesign) -> tuple[str, ...]:
    """What the map prints for each lot, at most six characters: its id, or its number where ids are long."""
    if all(len(lot) <= 6 for lot in design.lots):
        return design.lots
    return tuple(str(i + 1) for i in range(len(design)))


def full_name(design: LotDesign, lot: int) -> str:
    """The label of a lot with its name, where it has another."""
    label, name = lot_labels(design)[lot], design.name_of(lot)
    return label if name == label else f"{label} {name}"


def short_name(design: LotDesign, lot: int) -> str:
    """The label of a lot, with its name where that is short: for long lists and tables."""
    return full_name(design, lot) if len(design.name_of(lot)) <= SHORT_NAME else lot_labels(design)[lot]


def layer_title(design: LotDesign, layer: str) -> str:
    return design.territory.layers[layer].title or layer


def measure_title(design: LotDesign, measure: str) -> str:
    return design.territory.measures[measure].title or measure


def lots_table(design: LotDesign, measure: str, providers: Mapping[str, str], prices: Mapping[str, str]) -> Table:
    """One row per lot: areas, total of each measure, share of the main one, border, mean distance, award."""
    territory, table = design.territory, design.table
    head = [Column("Lot"), Column("Areas", True)]
    columns = [[full_name(design, i) for i in range(len(design))]]
    columns.append([str(int(n)) for n in table.members.sum(axis=1)])
    for key in territory.measures:
        head.append(Column(measure_title(design, key), True))
        columns.append([amount(float(v)) for v in table.total(key)])
    if measure:
        total = table.total(measure)
        head.append(Column(f"Share of {decapital(measure_title(design, measure))}", True))
        columns.append([share(float(v)) for v in total / max(float(total.sum()), 1e-300)])
    if territory.borders.metres.any():
        head.append(Column("Border, km", True))
        columns.append([f"{v:,.0f}" for v in table.border_length()])
    if measure and np.isfinite(territory.xy).all() and territory.xy.any():
        head.append(Column("Mean distance to centre, km", True))
        columns.append([f"{v:,.1f}" for v in table.mean_distance(measure)])
    if providers:
        head += [Column("Provider"), Column("Price a year", True)]
        columns.append([providers.get(lot, "not awarded") for lot in design.lots])
        columns.append([prices.get(lot, "") for lot in design.lots])
    caption = "Lots: size, shape and award" if providers else "Lots: size and shape"
    return Table(caption, tuple(head), tuple(zip(*columns, strict=True)), lots=tuple(range(len(design))))


def areas_table(design: LotDesign, providers: Mapping[str, str]) -> Table:
    """One row per area: its lot, provider and measures; the map as a table."""
    territory = design.territory
    head = [Column("Area"), Column("Lot"), *([Column("Provider")] if providers else [])]
    head += [Column(measure_title(design, key), True) for key in territory.measures]
    rows = []
    for i in sorted(range(len(territory)), key=lambda i: (territory.names[i].casefold(), territory.ids[i])):
        lot = int(design.of[i])
        cells = [territory.names[i], short_name(design, lot)]
        cells += [providers.get(design.lots[lot], "not awarded")] if providers else []
        cells += [amount(float(m.values[i])) for m in territory.measures.values()]
        rows.append(tuple(cells))
    return Table("Every area and its lot", tuple(head), tuple(rows), folded=True)


def coherence_table(coherence: Coherence, design: LotDesign) -> Table:
    """One row per layer: the counts and scores of MODEL: interfaces, splits, straddles, spans, V-measure."""
    titles = (
        *("Agencies", "Interfaces", "Split agencies", "Extra lots", "Straddling lots", "Most agencies in a lot"),
        *("Most lots for an agency", "Whole share", "Complete", "Homo\u00adgeneous", "V-measure"),
    )
    rows = []
    for layer in coherence.layers:
        counts = (layer.agencies, layer.interfaces, len(layer.split_agencies), layer.splits, layer.straddles)
        numbers = [str(n) for n in (*counts, layer.largest_span, layer.largest_lots_per_agency)]
        scores = [f"{v:.3f}" for v in (layer.completeness, layer.homogeneity, layer.v_measure)]
        flag = " *" if layer.approximate_areas else ""
        rows.append((layer.title + flag, *numbers, share(layer.whole_share), *scores))
    approximate = any(layer.approximate_areas for layer in coherence.layers)
    weight = decapital(measure_title(design, coherence.measure)) if coherence.measure else "areas"
    note = f"Shares and scores are weighted by {weight}. A score of 1 means identical boundaries."
    if approximate:
        note += " * Some areas are assigned to this layer approximately."
    return Table(
        "Coherence with each layer", (Column("Layer"), *(Column(t, True) for t in titles)), tuple(rows), note=note
    )


def short_coherence_table(coherence: Coherence) -> Table:
    """One row per layer with the three figures that say most: for the terminal."""
    rows = tuple(
        (
            layer.title,
            str(layer.agencies),
            str(len(layer.split_agencies)),
            f"{layer.straddles} of {len(coherence.lots)}",
            f"{layer.v_measure:.3f}",
        )
        for layer in coherence.layers
    )
    titles = ("Agencies", "Split", "Lots that straddle", "V-measure")
    return Table("Other boundaries", (Column("Layer"), *(Column(title, True) for title in titles)), rows)


def span_table(coherence: Coherence, design: LotDesign) -> Table:
    """One row per lot: how many agencies of each layer it meets."""
    rows = tuple(
        (full_name(design, i), *(str(layer.span[i]) for layer in coherence.layers)) for i in range(len(design))
    )
    head = (Column("Lot"), *(Column(layer.title, True) for layer in coherence.layers))
    return Table("Agencies that each lot meets", head, rows, folded=True, lots=tuple(range(len(design))))


def layer_sentence(layer: LayerCoherence, lots: int) -> str:
    """How a design meets one layer, in words and by name."""
    split = len(layer.split_agencies)
    if split == 0 and layer.straddles == 0:
        text = f"Boundaries agree: each of the {layer.agencies} deals with one lot, and each lot with one of them."
    else:
        text = f"{_splits(layer, split)} {_straddles(layer, lots)}"
    if layer.approximate_areas:
        text += f" {count(layer.approximate_areas, 'area')} assigned approximately."
    return text


def _splits(layer: LayerCoherence, split: int) -> str:
    most = layer.largest_lots_per_agency
    if split == 0:
        return f"None of the {layer.agencies} is split: each deals with one lot."
    if split == 1:
        return f"{layer.split_agencies[0]} would deal with {in_letters(most)} lots; the others with one."
    up_to = "two lots" if most == 2 else f"two or more lots (at most {in_letters(most)})"
    return f"{split} of {layer.agencies} would deal with {up_to}: {listed(layer.split_agencies)}."


def _straddles(layer: LayerCoherence, lots: int) -> str:
    if layer.straddles == 0:
        return "Every lot lies inside one of them."
    if layer.straddles == lots > 1:
        return f"Every lot takes in two or more of them, at most {in_letters(layer.largest_span)}."
    verb = "takes" if layer.straddles == 1 else "take"
    up_to = "two" if layer.largest_span == 2 else f"two or more (at most {in_letters(layer.largest_span)})"
    return f"{layer.straddles} of {lots} lots {verb} in {up_to}: {listed(layer.straddling_lots, 4)}."
