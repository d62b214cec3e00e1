"""Designs side by side: the same figures of each in one table, and a page with their maps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lotopt.core.errors import InputError
from lotopt.report import awarded as aw
from lotopt.report import lot_tables as lt
from lotopt.report.files import write_whole
from lotopt.report.maps import map_data, picture
from lotopt.report.page import fill_page
from lotopt.report.summary import coherence_of
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, decapital, gap_words, money, share, verdict

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign


@dataclass(frozen=True)
class Entry:
    """One design to compare under a name, with its awards where there are any."""

    name: str
    design: Result[LotDesign]
    awards: Result[Allocation] | None = None

    @property
    def plan(self) -> LotDesign:
        assert self.design.plan is not None
        return self.design.plan


def comparison(entries: Sequence[Entry], measure: str = "") -> Table:
    """One row per figure, one column per design; `measure` weighs shares and scores (default: the first).

    Raises InputError unless every entry has a plan, on the same areas.
    """
    _check(entries)
    territory = entries[0].plan.territory
    main = measure or next(iter(territory.measures), "")
    rows = [(title, *(read(entry) for entry in entries)) for title, read in _figures(entries, main)]
    shared = [key for key in territory.layers if all(key in entry.plan.territory.layers for entry in entries)]
    coherences = [coherence_of(entry.plan, main, shared) for entry in entries]
    for key in shared:
        found = [coherence[key] for coherence in coherences if coherence is not None]
        title = lt.layer_title(entries[0].plan, key)
        rows.append((f"{title}: split between lots", *(f"{len(c.split_agencies)} of {c.agencies}" for c in found)))
        rows.append((f"{title}: lots in two or more", *(str(c.straddles) for c in found)))
        rows.append((f"{title}: V-measure", *(f"{c.v_measure:.3f}" for c in found)))
    head = (Column("Figure"), *(Column(entry.name, True) for entry in entries))
    return Table("Designs side by side", head, tuple(rows), note=" ".join(_notes(entries, main)))


def write_comparison(path: Path | str, entries: Sequence[Entry], *, title: str = "", measure: str = "") -> Path:
    """Write the comparison as one HTML file that needs no network: table, maps, and every area's lot in each."""
    table = comparison(entries, measure)
    plan = entries[0].plan
    pairs = []
    for i, entry in enumerate(entries):
        providers = aw.provider_of_lots(entry.awards)
        title_of_map = f"Map of {entry.name}"
        drawn = picture(entry.plan, key=f"map{i + 1}", title=title_of_map, providers=providers, layers=False)
        pairs.append({"name": entry.name, "picture": drawn, "data": map_data(entry.plan, providers)})
    page = fill_page(
        "compare.html",
        title=title or " and ".join(entry.name for entry in entries),
        territory=plan.territory.title,
        warnings=(aw.SIMULATED,) if any(aw.is_simulated(entry.awards) for entry in entries) else (),
        comparison=table,
        pairs=pairs,
        areas=_areas(entries),
        attribution=plan.territory.attribution,
    )
    return write_whole(Path(path), page.encode("utf-8"))


def _notes(entries: Sequence[Entry], measure: str) -> Iterator[str]:
    if measure:
        yield f"Shares and scores are weighted by {decapital(lt.measure_title(entries[0].plan, measure))}."
    if len({_source(entry) for entry in entries} - {""}) > 1:
        yield "The prices come from different markets, so they do not say which design is cheaper."
    if any(aw.is_simulated(entry.awards) for entry in entries):
        yield aw.SIMULATED


def _source(entry: Entry) -> str:
    """What the prices of an entry come from; empty without awards."""
    return entry.awards.plan.market.source if entry.awards is not None and entry.awards.plan is not None else ""


def _figures(entries: Sequence[Entry], measure: str) -> list[tuple[str, Callable[[Entry], str]]]:
    base = entries[0]
    found: list[tuple[str, Callable[[Entry], str]]] = [
        ("Status", lambda e: verdict(e.design)),
        ("Lots", lambda e: str(len(e.plan))),
    ]
    if any(entry.design.gap is not None for entry in entries):
        found.append(("Proven gap", lambda e: "" if e.design.gap is None else gap_words(e.design.gap)))
    if measure:
        title = decapital(lt.measure_title(base.plan, measure))
        found += [
            (f"Smallest lot, {title}", lambda e: amount(float(e.plan.table.total(measure).min()))),
            (f"Largest lot, {title}", lambda e: amount(float(e.plan.table.total(measure).max()))),
            ("Mean distance to lot centre, km", lambda e: f"{_mean_distance(e.plan, measure):,.1f}"),
        ]
    if base.plan.territory.borders.metres.any():
        # every border between two lots is on the edge of both
        found.append(("Border between lots, km", lambda e: f"{e.plan.table.border_length().sum() / 2:,.0f}"))
    if any(aw.awarded(entry.awards) for entry in entries):
        found.append(("Total price a year", lambda e: money(aw.total_price(e.awards)) if e.awards else ""))
        found.append(("Prices from", _source))
        found.append(("Providers", lambda e: str(len({row.provider for row in aw.awarded(e.awards)}))))
    if measure and len(entries) > 1:
        title = decapital(lt.measure_title(base.plan, measure))
        same = f"Share of {title} from the main lot of {base.name}"
        found.append((same, lambda e: _kept(base.plan, e.plan, measure)))
    return found


def _mean_distance(plan: LotDesign, measure: str) -> float:
    total = plan.table.total(measure)
    return float((plan.table.mean_distance(measure) * total).sum() / max(float(total.sum()), 1e-300))


def _kept(base: LotDesign, plan: LotDesign, measure: str) -> str:
    """The share of a measure that comes from the one lot of another design that each lot has most of."""
    import numpy as np

    weight = plan.territory.measure(measure)
    shares = np.zeros((len(plan), len(base)))
    np.add.at(shares, (plan.of, base.of), weight)
    return share(float(shares.max(axis=1).sum() / max(float(weight.sum()), 1e-300)))


def _areas(entries: Sequence[Entry]) -> Table:
    territory = entries[0].plan.territory
    order = sorted(range(len(territory)), key=lambda i: (territory.names[i].casefold(), territory.ids[i]))
    rows = tuple(
        (territory.names[i], *(lt.full_name(entry.plan, int(entry.plan.of[i])) for entry in entries)) for i in order
    )
    head = (Column("Area"), *(Column(entry.name) for entry in entries))
    return Table("Every area and its lot in each design", head, rows, folded=True)


def _check(entries: Sequence[Entry]) -> None:
    problems = [f"'{entry.name}' has no plan to compare" for entry in entries if entry.design.plan is None]
    if not entries:
        problems.append("give at least one design")
    plans = [entry for entry in entries if entry.design.plan is not None]
    problems += [
        f"'{entry.name}' is drawn on other areas than '{plans[0].name}'; compare designs of one territory"
        for entry in plans[1:]
        if entry.plan.territory.ids != plans[0].plan.territory.ids
    ]
    if problems:
        raise InputError("comparison", problems)
