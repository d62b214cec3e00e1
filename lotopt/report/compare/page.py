"""compare.html: one file that needs no network, with the figures, a map of every design and every area's lot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lotopt.report import lot_tables as lt
from lotopt.report.compare import tables as ct
from lotopt.report.compare.notes import warnings
from lotopt.report.maps import Picture, lot_colours, map_data, picture
from lotopt.report.page import fill_page
from lotopt.report.words import count, listed

if TYPE_CHECKING:
    from lotopt.report.compare.figures import Measured
    from lotopt.report.compare.side_by_side import SideBySide

# So many maps stand side by side with all that can be asked of them; of more, one is large and the others small.
FULL = 2
# With more lots than this their labels hide a small map.
LABELLED = 24


def page(found: SideBySide, *, title: str = "") -> str:
    """The comparison as HTML text."""
    planned = found.planned
    full = planned if len(planned) <= FULL else planned[:1]
    colours = _colours(planned)
    maps = [
        {
            "name": each.entry.name,
            "picture": _picture(each, k, colours[k], len(full) == 1),
            "data": _data(each, planned),
        }
        for k, each in enumerate(full)
    ]
    small = planned if len(planned) > FULL else []
    return fill_page(
        "compare.html",
        title=title or _title(found),
        territory=found.territory.title,
        warnings=tuple(warnings(found)),
        figures=ct.figures_table(found, moves=False),
        origins=ct.origins_table(found),
        differences=ct.difference_table(found) if len(found.entries) > 1 else None,
        scores=tuple(_scores(found)),
        layers=tuple(ct.layer_tables(found)),
        maps=maps,
        small=[{"name": each.entry.name, "picture": _small(each, k, colours[k])} for k, each in enumerate(small)],
        areas=ct.areas_table(found),
        attribution=found.territory.attribution,
    )


def _title(found: SideBySide) -> str:
    names = [entry.name for entry in found.entries]
    return f"{len(names)} designs side by side" if len(names) > ct.FEW else listed(names)


def _scores(found: SideBySide) -> Iterator[Any]:
    if found.territory.layers:
        yield ct.scores_table(found)
        yield ct.splits_table(found)
        yield ct.straddles_table(found)


def _colours(planned: Sequence[Measured]) -> list[tuple[int, ...]]:
    """The colours of each design's lots: that of the base lot a lot has most of, where neighbours still differ."""
    before = lot_colours(planned[0].design)
    found = [before]
    for each in planned[1:]:
        main = each.moves.main.tolist() if each.moves is not None else []
        found.append(lot_colours(each.design, {lot: before[old] for lot, old in enumerate(main)}))
    return found


def _providers(each: Measured) -> dict[str, str]:
    return dict(each.entry.won.provider_of) if each.entry.won is not None else {}


def _picture(each: Measured, k: int, colours: tuple[int, ...], layers: bool) -> Picture:
    return picture(
        each.design,
        key=f"map{k + 1}",
        title=f"Map of {each.entry.name}",
        providers=_providers(each),
        colours=colours,
        layers=layers,
    )


def _small(each: Measured, k: int, colours: tuple[int, ...]) -> Picture:
    """A map to be looked at: its areas are drawn by the large one."""
    found = picture(
        each.design,
        key=f"small{k + 1}",
        title=f"Small map of {each.entry.name}: {count(len(each.design), 'lot')}",
        colours=colours,
        layers=False,
        interactive=False,
        shared="map1",
    )
    return found if len(found.labels) <= LABELLED else replace(found, labels=())


def _data(each: Measured, planned: Sequence[Measured]) -> dict[str, Any]:
    """What the page tells of each area beside a map; beside the only large one also its lot in every design."""
    found = map_data(each.design, _providers(each))
    if len(planned) <= FULL:
        return found
    others = [
        [
            other.entry.name,
            [lt.full_name(other.design, k) for k in range(len(other.design))],
            other.design.of.tolist(),
        ]
        for other in planned[1:]
    ]
    return found | {"others": others}
