"""How a design meets a layer, agency by agency and lot by lot, in sentences for those who have to work with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lotopt.report import lot_tables as lt
from lotopt.report.words import count, in_letters, joined, share
from lotopt.territory.parts import Bools, Floats

if TYPE_CHECKING:
    from lotopt.design.design import LotDesign
    from lotopt.territory.coherence import LayerCoherence
    from lotopt.territory.parts import Layer

# A lot that takes in more agencies than this is told with the largest, an agency with more lots likewise.
MOST_NAMED = 6
# So many sentences are read at once; more are shown on request.
FEW = 4


@dataclass(frozen=True)
class LayerWords:
    """How a design meets one layer: the counts as `text`, then by name.

    `split` has a sentence for every agency that deals with several lots, `straddling` one for every lot that lies in
    several agencies, `whole` names what is not split and `inside` the lots that lie in one agency. `note` says what
    the layer is or where it is uncertain.
    """

    title: str
    text: str
    split: tuple[str, ...]
    straddling: tuple[str, ...]
    whole: str
    inside: str
    note: str

    @property
    def named(self) -> tuple[str, ...]:
        """Every sentence that names agencies or lots."""
        return (*self.split, *self.straddling, *filter(None, (self.whole, self.inside)))

    @property
    def folded(self) -> bool:
        """Whether the names are too many to be read at once."""
        return len(self.named) > FEW

    @property
    def in_short(self) -> str:
        """What unfolds."""
        split, straddling = len(self.split), len(self.straddling)
        told = [f"{count(split, 'agency that deals', 'agencies that deal')} with several lots"] if split else []
        told += [f"{count(straddling, 'lot that lies', 'lots that lie')} in several agencies"] if straddling else []
        return f"By name: {', '.join(told) or 'which lots lie inside which agency'}"


def layer_words(design: LotDesign, found: LayerCoherence, measure: str) -> LayerWords:
    """How a design meets a layer, in words; shares are of the measure, or of areas where there is none of it."""
    layer = design.territory.layers[found.layer]
    areas = design.table.shares(layer.name, None)
    amounts = design.table.shares(layer.name, measure) if measure else areas
    met = areas > 0
    return LayerWords(
        found.title,
        lt.layer_sentence(found, len(design)),
        tuple(_split(design, layer, amounts, areas)),
        tuple(_straddling(design, layer, amounts, areas)),
        _whole(layer, met),
        _inside(design, layer, met),
        layer.note,
    )


def _split(design: LotDesign, layer: Layer, amounts: Floats, areas: Floats) -> Iterator[str]:
    """ "Thames Valley would deal with two lots: L3 (61 %) and L5 (39 %)."."""
    for agency in np.flatnonzero((areas > 0).sum(axis=0) > 1).tolist():
        lots = np.flatnonzero(areas[:, agency]).tolist()
        names = [lt.lot_labels(design)[lot] for lot in lots]
        told = _with_shares(names, amounts[lots, agency], areas[lots, agency])
        yield f"{layer.name_of(agency)} would deal with {in_letters(len(lots))} lots: {told}."


def _straddling(design: LotDesign, layer: Layer, amounts: Floats, areas: Floats) -> Iterator[str]:
    """ "L2 lies in three of them: North West (71 %), Wales (20 %) and West Midlands (9 %)."."""
    for lot in np.flatnonzero((areas > 0).sum(axis=1) > 1).tolist():
        agencies = np.flatnonzero(areas[lot]).tolist()
        names = [layer.name_of(agency) for agency in agencies]
        told = _with_shares(names, amounts[lot, agencies], areas[lot, agencies])
        yield f"{lt.short_name(design, lot)} lies in {in_letters(len(agencies))} of them: {told}."


def _with_shares(names: Sequence[str], amounts: Floats, areas: Floats) -> str:
    """The largest first, each with its share, of areas where there is nothing else; beyond a few how many more."""
    parts = amounts / amounts.sum() if amounts.sum() > 0 else areas / areas.sum()
    order = sorted(range(len(names)), key=lambda k: (-parts[k], names[k]))
    shown = order if len(order) <= MOST_NAMED + 1 else order[:MOST_NAMED]
    told = [f"{names[k]} ({_percent(float(parts[k]))})" for k in shown]
    more = len(order) - len(shown)
    return joined([*told, f"{more:,} more"] if more else told)


def _percent(part: float) -> str:
    """A share without needless decimals, and never 0 % or 100 % of what is neither."""
    if 0 < part < 0.0005:
        return "less than 0.1 %"
    return share(part, 1 if 0 < part < 0.005 or 0.995 <= part < 1 else 0)


def _whole(layer: Layer, met: Bools) -> str:
    """Who deals with one lot."""
    per_agency = met.sum(axis=0)
    names = [layer.name_of(agency) for agency in np.flatnonzero(per_agency == 1).tolist()]
    if not names or not (per_agency > 1).any():
        return ""
    return f"{_only(names, int((per_agency > 0).sum()))} one lot each: {joined(names)}."


def _only(names: Sequence[str], of: int) -> str:
    return f"{len(names):,} of {of:,} {'deals' if len(names) == 1 else 'deal'} with"


def _inside(design: LotDesign, layer: Layer, met: Bools) -> str:
    """Which lots lie inside one agency, and in which."""
    inside = [k for k in range(len(design)) if met[k].sum() == 1]
    if not inside:
        return ""
    told = [f"{lt.lot_labels(design)[k]} ({layer.name_of(int(np.flatnonzero(met[k])[0]))})" for k in inside]
    lies = "lot lies" if len(inside) == 1 else "lots lie"
    return f"{len(inside)} {lies} inside one of them: {joined(told)}."
