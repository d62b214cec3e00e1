"""The findings in sentences, each made from the figures: one that has no figure is left out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np

from benchmarks.coherence.ensembles import AREAS, DISTRICTS, SIX_2011, UNITS, Drawn, percentile
from benchmarks.coherence.settings import LARGEST, MOST_REGIONS, PROVIDERS, ROOM_FOR_LONDON, SHARE, SMALLEST
from benchmarks.coherence.tables import Findings, Named, stretches, totals
from benchmarks.coherence.words import cell, dearer, fewer, million, ordinal, per_cent
from lotopt.report.words import count

# The numbers of lots that are told of one by one.
TOLD = (6, 12, 21)
MET, SCORE = "partners.interfaces", "police.v_measure"


def rows_of(found: Findings) -> list[dict[str, float]]:
    """The table of totals, a row for every number of lots, fewest first."""
    head, *rows = list(totals(found))
    return sorted((dict(zip(head, row, strict=True)) for row in rows), key=lambda row: row["lots"])


def cost_of_coherence(found: Findings) -> list[str]:
    """What it costs to keep areas whole."""
    rows = rows_of(found)
    said = [_coherence(found, row) for row in rows if row["lots"] in TOLD]
    if len(rows) > len(TOLD):
        part = [row["coherence_costs"] / row["price_free"] for row in rows]
        most = [row["coherence_costs_at_most"] / row["bound_free"] for row in rows]
        saved = [row["interfaces_free"] - row["interfaces"] for row in rows]
        text = (
            f"Over all {len(rows)} numbers of lots from {rows[0]['lots']:.0f} to {rows[-1]['lots']:.0f}, the price "
            f"of the cheapest design of whole areas is {per_cent(min(part))} to {per_cent(max(part))} above that of "
            f"the cheapest known that ignores boundaries"
        )
        known = [value for value in most if math.isfinite(value)]
        text += f", and in no case can it be more than {per_cent(max(known))}" if len(known) == len(rows) else ""
        said.append(f"{text}; it has {_between(min(saved), max(saved))} interfaces with partners.")
    said += _was(found)
    return said


def _between(low: float, high: float) -> str:
    if low >= 0:
        return f"{low:.0f} to {high:.0f} fewer"
    if high <= 0:
        return f"{-high:.0f} to {-low:.0f} more"
    return f"between {high:.0f} fewer and {-low:.0f} more"


def _coherence(found: Findings, row: dict[str, float]) -> str:
    lots = f"{row['lots']:.0f}"
    whole = found.design(f"price-{lots}")
    proven = whole.best is not None and whole.best.status == "optimal"
    text = (
        f"With {lots} lots, the cheapest design of whole areas{'' if proven else ' that was found'} costs "
        f"{million(row['price'])} a year, the cheapest known that ignores boundaries {million(row['price_free'])}. "
        f"Whole areas are {dearer(row['price'], row['price_free'])} that"
    )
    if math.isfinite(row["bound_free"]):
        most, base = row["coherence_costs_at_most"], row["bound_free"]
        text += (
            f"; at most it is {million(most)} ({per_cent(most / base)}), as no design within the limits of size is "
        )
        text += f"below {million(base)}"
    text += f". They have {fewer(row['interfaces'], row['interfaces_free'])} interfaces with partners"
    text += f" ({row['interfaces']:.0f} against {row['interfaces_free']:.0f})"
    charge = row["break_even"]
    if charge == 0:
        return f"{text}, so that they are no dearer in all at any charge."
    if math.isinf(charge):
        return f"{text}, so that no charge for interfaces makes up for it."
    return f"{text}: they are cheaper in all from a charge of {million(charge)} for an interface and year."


def _was(found: Findings) -> Iterator[str]:
    """The designs that were, against the cheapest of as many lots."""
    best = {one.lots: one for one in found.of_kind("price")}
    for one in found.of_kind("historical"):
        other = best.get(one.lots)
        if other is None or one.lots not in TOLD or math.isnan(one.figures["price"]):
            continue
        yield (
            f"{_the(one)} would be {dearer(one.figures['price'], other.figures['price'])} the cheapest design "
            f"of whole areas with as many lots, with {fewer(one.figures[MET], other.figures[MET])} interfaces"
            f" ({one.figures[MET]:.0f} against {other.figures[MET]:.0f})."
        )


def _the(one: Named) -> str:
    return f"The design “{one.title}”"


def cost_of_incoherence(found: Findings) -> list[str]:
    """What designs look like that nobody drew for boundaries."""
    said = []
    for lots in TOLD:
        if (drawn := found.ensemble(DISTRICTS, lots)) is not None:
            said += _random(found, drawn)
    for lots in TOLD:
        if (drawn := found.ensemble(AREAS, lots)) is not None:
            said.append(_whole(drawn))
    if (six := next((one for one in found.ensembles if one.unit == SIX_2011), None)) is not None:
        said.append(_six(six))
    return said


def quantiles(drawn: Drawn, name: str) -> tuple[float, float, float]:
    """The 5th percentile, the median and the 95th."""
    known = drawn.figures[name][np.isfinite(drawn.figures[name])]
    if not len(known):
        return (math.nan, math.nan, math.nan)
    p5, median, p95 = (float(np.percentile(known, q)) for q in (5, 50, 95))
    return p5, median, p95


def _spread(drawn: Drawn, name: str, places: int = 0) -> str:
    low, median, high = quantiles(drawn, name)
    return f"{cell(median, places)} (5 to 95 %: {cell(low, places)} to {cell(high, places)})"


def _size(drawn: Drawn) -> str:
    return f"{len(drawn.figures[MET]):,} random designs"


def _random(found: Findings, drawn: Drawn) -> Iterator[str]:
    yield (
        f"Of {_size(drawn)} of {drawn.lots} lots in one piece that cross whatever boundary they like, the median has "
        f"{_spread(drawn, MET)} interfaces with partners and a V-measure with police areas of "
        f"{_spread(drawn, SCORE, 2)}."
    )
    old = [one for one in found.of_kind("historical") if one.lots == drawn.lots]
    for one in old:
        met, score = one.figures[MET], one.figures[SCORE]
        yield (
            f"{_the(one)} has {met:.0f} interfaces, {ordinal(percentile(drawn.figures[MET], met))}, and a V-measure "
            f"of {score:.2f}, {ordinal(percentile(drawn.figures[SCORE], score))}."
        )
    _, price, _ = quantiles(drawn, "price")
    whole = next((one for one in found.of_kind("price") if one.lots == drawn.lots), None)
    if whole is not None and math.isfinite(price):
        yield (
            f"The median price of those {drawn.lots} lots at random is {million(price)} a year: to ignore boundaries "
            f"without a purpose is {dearer(price, whole.figures['price'])} the cheapest design of whole areas."
        )


def _whole(drawn: Drawn) -> str:
    return (
        f"Of {_size(drawn)} that join whole criminal justice areas into {drawn.lots} lots, the median has "
        f"{_spread(drawn, MET)} interfaces with partners and {_spread(drawn, 'region.interfaces')} with regions."
    )


def _six(drawn: Drawn) -> str:
    splits = float(np.nanmax(drawn.figures["police.splits"]))
    return (
        f"Five of the six lots of 2011 were never published, so that they can only be told of as a distribution. In "
        f"{_size(drawn)}, with London as published and the other 34 trusts joined at random into five lots, "
        f"{'no police area is split' if splits == 0 else f'up to {splits:.0f} police areas are split'}, but a lot "
        f"meets {_spread(drawn, 'police.mean_span', 1)} police areas in the mean and the widest "
        f"{_spread(drawn, 'police.largest_span')}; it meets {_spread(drawn, 'region.mean_span', 1)} regions in "
        f"the mean and the widest {_spread(drawn, 'region.largest_span')}. Residents live "
        f"{_spread(drawn, 'travel_km')} km from the centre of their lot."
    )


def local_or_large(found: Findings) -> list[str]:
    """Price, partners and failures as lots grow from few to many."""
    rows = rows_of(found)
    said = []
    if len(rows) > 1:
        few, many = rows[0], rows[-1]
        least = min(rows, key=lambda row: row["price"])
        said.append(
            f"From {few['lots']:.0f} to {many['lots']:.0f} lots of whole areas, the cheapest price goes from "
            f"{million(few['price'])} to {million(many['price'])} a year and is least with {least['lots']:.0f} lots "
            f"({million(least['price'])}): the market asks a fixed charge for every lot. Interfaces with partners go "
            f"from {few['interfaces']:.0f} to {many['interfaces']:.0f}; of designs that ignore boundaries from "
            f"{few['interfaces_free']:.0f} to {many['interfaces_free']:.0f}."
        )
        said += _against_large(rows)
    said += _stretches(found)
    said += _failures(found, rows)
    return said


def _against_large(rows: list[dict[str, float]]) -> Iterator[str]:
    """From which charge on smaller, whole lots are worth more than six large ones."""
    for row in rows:
        charge = row["against_large"]
        if row["lots"] in TOLD[1:] and math.isfinite(charge) and charge > 0:
            yield (
                f"{row['lots']:.0f} lots of whole areas are cheaper in all than the cheapest known six that ignore "
                f"boundaries from a charge of {million(charge)} for an interface and year."
            )


def _stretches(found: Findings) -> Iterator[str]:
    head, *rows = list(stretches(found))
    told = [dict(zip(head, row, strict=True)) for row in rows]
    among = [row for row in told if row["among"] == "all"]
    if len(among) > 1:
        parts = [
            f"{found.design(row['design']).title} "
            + (f"up to {million(row['to'])}" if math.isfinite(row["to"]) else f"from {million(row['from'])} on")
            for row in among
        ]
        yield (
            "By the charge for an interface and year, the design looked at here that costs least in all is: "
            f"{'; '.join(parts)}."
        )


def _failures(found: Findings, rows: list[dict[str, float]]) -> Iterator[str]:
    told = []
    for one in found.of_kind("price"):
        worst, able = one.figures.get("failure_worst", math.nan), one.figures.get("bidders_fewest", math.nan)
        if one.lots in (*TOLD, rows[0]["lots"], rows[-1]["lots"]) and not math.isnan(worst):
            rise = f"by {million(worst)}" if math.isfinite(worst) else "and leaves a lot that nobody can serve"
            told.append(f"{rise} with {one.lots} lots ({able:.0f})")
    if told:
        yield (
            "The worst failure of one provider raises the price of the cheapest design of whole areas "
            f"{'; '.join(told)}. In brackets: how many of {PROVIDERS} providers have both the capacity and "
            "the funding for the lot that fewest could take."
        )


LIMITS = f"""
The market is simulated: {PROVIDERS} made-up providers with homes, capacities and prices of one seed. No price is an
offer by anyone, and another market would give other prices. That a lot has a fixed charge, whatever its size, is
assumed: it is what makes large lots cheap. Awards keep to capacities; whether a provider has the funding for a lot is
counted, but is no rule of the awards.

Recorded crime stands in for the caseload, which is not published by district. Distances are straight lines.

A lot has at least {SMALLEST:g} and at most {LARGEST:g} of the mean lot's crime, or {ROOM_FOR_LONDON * 100:.1f} % of
all so that London fits; no provider has more than {SHARE * 100:.0f} % of the price. Whole areas are the 42 criminal
justice areas. Frontiers keep to narrower sizes and at most {MOST_REGIONS} regions to a lot, so that their cheapest
point need not be the cheapest of whole areas. Without these limits other designs would be best.

Designs that ignore boundaries come from a heuristic; only the bound beside them is proven.

Catchments of prisons share demand out equally, since places are not in the data. The London boroughs of the Restart
areas, Milton Keynes and Buckinghamshire are assumed.

A charge for an interface is a way to compare. Nobody has measured what an interface costs.
"""


def limits_of(found: Findings) -> list[str]:
    """What the findings rest on, and how far they hold."""
    said = [" ".join(part.split()) for part in LIMITS.strip().split("\n\n")]
    drawn = [one for one in found.ensembles if math.isfinite(one.effective) and math.isfinite(one.rhat)]
    if drawn:
        sizes, rhats = [one.effective for one in drawn], [one.rhat for one in drawn]
        said.append(
            f"Random designs come from chains. Over {count(len(drawn), 'ensemble')} the effective size, by borders "
            f"cut, is {min(sizes):,.0f} to {max(sizes):,.0f}, and split R-hat {min(rhats):.3f} to {max(rhats):.3f}, "
            "near 1 where chains agree. A percentile is no finer than the effective size allows."
        )
    return said


def distributions(found: Findings) -> list[tuple[str, str]]:
    """How likely each random design is, by the kind of ensemble."""
    said = {one.unit: re.sub(r"^Designs of \d+ lots", "Designs", one.distribution) for one in found.ensembles}
    return [(UNITS[unit], text) for unit, text in said.items()]
