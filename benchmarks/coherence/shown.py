"""The tables of the study as people read them; the CSV files hold every figure to twelve digits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.coherence.ensembles import AREAS, DISTRICTS, SIX_2011, Drawn, percentile
from benchmarks.coherence.measure import OF_LAYER
from benchmarks.coherence.pictures import SHOWN
from benchmarks.coherence.place import LAYERS, territory
from benchmarks.coherence.prose import MET, TOLD, rows_of
from benchmarks.coherence.settings import PARTNERS
from benchmarks.coherence.tables import QUANTILES, Findings, Named, stretches, tables
from benchmarks.coherence.words import cell, pounds
from lotopt.report.table import Column, Table

MONEY = "Prices are simulated; in £ million a year."
UNIT = {DISTRICTS: "districts", AREAS: "whole areas", SIX_2011: "six lots of 2011"}


def _columns(*titles: str) -> tuple[Column, ...]:
    """Headings; those that begin with ! are words."""
    return tuple(Column(title.removeprefix("!"), not title.startswith("!")) for title in titles)


def main_designs(found: Findings) -> list[Named]:
    """Designs that were, and the best with the numbers of lots that are told of one by one."""
    return [
        one
        for one in found.designs
        if one.kind == "historical" or (one.kind != "frontier" and one.lots in TOLD)
    ]  # fmt: skip


def designs_table(found: Findings, chosen: Sequence[Named], caption: str, folded: bool = False) -> Table:
    """Each design with how it meets partners, travel, bidders, prices, and where it lies among random ones."""
    columns = _columns(
        *("!Design", "Lots", "Price, £m", "Interfaces with partners", "their percentile"),
        *("with police", "local justice", "councils", "regions"),
        *("Extra lots for police areas", "Lots over several police areas", "V-measure, police", "V-measure, regions"),
        *("Travel, km", "Bidders, fewest", "Worst failure, £m"),
    )
    return Table(
        caption,
        columns,
        tuple(_design(found, one) for one in chosen),
        note=f"{MONEY} Worst failure: by how much the price rises when the provider fails whose loss costs most. "
        "Percentile: how many in a hundred random designs of as many lots, drawn from districts, have fewer "
        "interfaces; a dash where none were drawn.",
        folded=folded,
    )


def _design(found: Findings, one: Named) -> tuple[str, ...]:
    f = one.figures
    drawn = found.ensemble(DISTRICTS, one.lots)
    place = math.nan if drawn is None else percentile(drawn.figures[MET], f[MET])
    return (
        one.title,
        str(one.lots),
        pounds(f["price"]),
        cell(f[MET]),
        cell(place, 1),
        *(cell(f[f"{layer}.interfaces"]) for layer in PARTNERS),
        cell(f["police.splits"]),
        cell(f["police.straddles"]),
        cell(f["police.v_measure"], 2),
        cell(f["region.v_measure"], 2),
        cell(f["travel_km"], 1),
        cell(f.get("bidders_fewest", math.nan)),
        pounds(f.get("failure_worst", math.nan)),
    )


def layers_table(one: Named) -> Table:
    """How a design meets every layer."""
    ground = territory()
    titles = ("Interfaces", "Extra lots", "Lots over several", "Most agencies of a lot", "Agencies of a lot, mean")
    more = ("Most lots of an agency", "Whole share", "Completeness", "Homogeneity", "V-measure")
    places = {"mean_span": 1, "whole_share": 2, "completeness": 2, "homogeneity": 2, "v_measure": 2}
    rows = tuple(
        (
            ground.layer(layer).title or layer,
            *(cell(one.figures[f"{layer}.{name}"], places.get(name, 0)) for name in OF_LAYER),
        )
        for layer in LAYERS
    )
    return Table(f"Every layer: {one.title}", _columns("!Layer", *titles, *more), rows, folded=True)


def totals_table(found: Findings) -> Table:
    """What whole areas cost and save, by number of lots."""
    columns = _columns(
        *("!Lots", "Whole areas, £m", "Boundaries ignored, £m", "Bound, £m", "Coherence costs, £m", "at most, £m"),
        *("Interfaces, whole", "Interfaces, ignored", "Break-even, £ an interface", "against six large lots, £"),
        *("Most coherent, £m", "its interfaces", "Random median, £m", "its interfaces"),
    )
    rows = tuple(
        (
            cell(r["lots"]),
            *(
                pounds(r[n])
                for n in ("price", "price_free", "bound_free", "coherence_costs", "coherence_costs_at_most")
            ),
            *(cell(r[n]) for n in ("interfaces", "interfaces_free")),
            *(_charge(r[n]) for n in ("break_even", "against_large")),
            *(pounds(r["price_coherent"]), cell(r["interfaces_coherent"])),
            *(pounds(r["random_price_median"]), cell(r["random_interfaces_median"])),
        )
        for r in rows_of(found)
    )
    note = f"{MONEY} Break-even: the charge for an interface and year from which whole areas cost less in all."
    return Table("What whole areas cost and save, by number of lots (simulated prices)", columns, rows, note)


def _charge(value: float) -> str:
    return "at no charge" if value == math.inf else cell(value)


def stretches_table(found: Findings) -> Table:
    """Which design is cheapest in all at which charge for an interface."""
    head, *rows = list(stretches(found))
    told = [dict(zip(head, row, strict=True)) for row in rows]
    columns = _columns(
        "!Among", "From, £ an interface", "To, £", "!Cheapest design in all", "Lots", "Price, £m", "Interfaces"
    )
    return Table(
        "Which design is cheapest in all, as the charge for an interface and year rises (simulated prices)",
        columns,
        tuple(
            (
                "all designs" if r["among"] == "all" else "designs that were",
                *(cell(r["from"]), cell(r["to"]), found.design(r["design"]).title),
                *(str(r["lots"]), pounds(r["price"]), cell(r["interfaces"])),
            )
            for r in told
        ),
        note=f"{MONEY} In all: price and charge times interfaces with partners.",
        ordered=True,
    )


def frontier_table(found: Findings, lots: int, chosen: int) -> Table:
    """The points of a frontier, each with the file of its lots."""
    points = dict(found.frontiers)[lots]
    first = points[0][0].best.objective
    columns = _columns(
        *(
            "!Design",
            "Interfaces with regions",
            "Price, £m",
            "More than the cheapest, £m",
            "Lots over several regions",
        ),
        *("V-measure, regions", "Travel, km", "!Proof"),
    )
    rows = tuple(
        (
            f"frontier-{lots}-{p.interfaces}{' (knee)' if k == chosen else ''}",
            *(str(p.interfaces), pounds(p.best.objective), pounds(p.best.objective - first)),
            *(cell(f["region.straddles"]), cell(f["region.v_measure"], 2), cell(f["travel_km"], 1)),
            p.best.status,
        )
        for k, (p, f) in enumerate(points)
    )
    note = f"{MONEY} Nothing with as few interfaces with regions is cheaper, where the proof says optimal."
    return Table(f"Frontier of {lots} lots", columns, rows, note)


def ensemble_table(drawn: Drawn) -> Table:
    """Quantiles of what is drawn of an ensemble."""
    columns = _columns("!Figure", "Known of", *QUANTILES)
    rows = []
    for shown in SHOWN:
        values = drawn.figures.get(shown.name)
        if values is None:
            continue
        known = values[np.isfinite(values)]
        told = [shown.tell(float(np.percentile(known, q))) for q in QUANTILES.values()] if len(known) else ["–"] * 7
        rows.append((f"{shown.title}, {shown.unit}", f"{len(known):,}", *told))
    note = f"{drawn.distinct:,} of {len(values_of(drawn)):,} designs are distinct; effective size by borders cut "
    note += f"{cell(drawn.effective)}, split R-hat {cell(drawn.rhat, 3)}."
    return Table(f"{drawn.lots} lots, {UNIT[drawn.unit]}: quantiles of random designs", columns, tuple(rows), note)


def values_of(drawn: Drawn) -> np.ndarray:
    return next(iter(drawn.figures.values()))


def hashes_table(found: Findings) -> Table:
    """What the tables of the run hash to."""
    import hashlib

    rows = tuple(
        (f"results/{name}", f"{text.count(chr(10)) - 1:,}", hashlib.sha256(text.encode("utf-8")).hexdigest())
        for name, text in tables(found).items()
    )
    return Table("Tables of this run", _columns("!File", "Rows", "!SHA-256"), rows, folded=True, ordered=True)


def markdown(table: Table) -> str:
    """A table for README.md."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |"

    rule = line(["---:" if column.numeric else "---" for column in table.columns])
    return "\n".join([line([column.title for column in table.columns]), rule, *map(line, table.rows)])
