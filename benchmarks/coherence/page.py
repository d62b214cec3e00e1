"""Pictures, findings.html and README.md of the study: the same bytes for the same results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.coherence import prose, shown
from benchmarks.coherence.ensembles import SIX_2011, Drawn
from benchmarks.coherence.frontier import knee
from benchmarks.coherence.pictures import SHOWN, by_lots, distribution_chart, frontier_chart
from benchmarks.coherence.place import territory
from benchmarks.coherence.settings import MEASURE, SEED, Profile
from benchmarks.coherence.svg import Canvas
from benchmarks.coherence.tables import Findings, Named
from lotopt.report.files import write_whole
from lotopt.report.lot_tables import full_name
from lotopt.report.maps import Picture, lot_colours, map_data, picture
from lotopt.report.moves import moves
from lotopt.report.templates import own_scripts, own_text, policy
from lotopt.study.result import versions

if TYPE_CHECKING:
    from jinja2 import Environment

    from lotopt.design.design import LotDesign

TEMPLATES = Path(__file__).parent / "templates"
# The design that the large map shows, and the colours of the others follow.
LARGE_MAP = "probation-regions-2021"
MAP = "map"
# With more lots than this their labels hide a small map.
LABELLED = 24


def write_pages(found: Findings, folder: Path, profile: Profile) -> list[Path]:
    """Write `pictures/*.svg`, `findings.html` and `README.md` into a folder."""
    charts = dict(charts_of(found))
    written = [
        write_whole(folder / "pictures" / f"{name}.svg", str(chart).encode("utf-8")) for name, chart in charts.items()
    ]
    told = findings_of(found, profile, charts)
    for name, text in (("findings.html", page(found, told)), ("README.md", readme(told))):
        written.append(write_whole(folder / name, text.encode("utf-8")))
    return written


def charts_of(found: Findings) -> Iterator[tuple[str, Canvas]]:
    """Every chart by the name of its file."""
    for lots, _ in found.frontiers:
        yield f"frontier-{lots}", frontier_chart(found, lots)
    for drawn in found.ensembles:
        if drawn.lots in prose.TOLD:
            for figure in SHOWN:
                chart = distribution_chart(found, drawn, figure)
                if chart is not None:
                    yield chart_name(drawn, figure.name), chart
    yield from by_lots(found)


def chart_name(drawn: Drawn, figure: str) -> str:
    unit = drawn.unit if drawn.unit == SIX_2011 else f"{drawn.unit}-{drawn.lots}"
    return f"random-{unit}-{figure.replace('.', '-').replace('_', '-')}"


def findings_of(found: Findings, profile: Profile, charts: dict[str, Canvas]) -> dict[str, Any]:
    """What both pages tell."""
    chosen = shown.main_designs(found)
    others = [one for one in found.designs if one.kind != "frontier" and one not in chosen]
    return {
        "title": "What coherence costs, and what incoherence costs",
        "profile": profile,
        "seed": SEED,
        "measure": MEASURE,
        "findings": [
            ("What does it cost to keep areas whole?", prose.cost_of_coherence(found)),
            ("What does it cost to ignore boundaries?", prose.cost_of_incoherence(found)),
            ("Few large lots, or many local ones?", prose.local_or_large(found)),
        ],
        "limits": prose.limits_of(found),
        "distributions": prose.distributions(found),
        "designs": shown.designs_table(found, chosen, "Designs that were, and the best with 6, 12 and 21 lots"),
        "others": shown.designs_table(found, others, "The best with every other number of lots", folded=True)
        if others
        else None,
        "layers": [shown.layers_table(one) for one in chosen],
        "frontiers": [_frontier(found, lots, charts) for lots, _ in found.frontiers],
        "ensembles": [_ensemble(drawn, charts) for drawn in found.ensembles],
        "by_lots": [(name, charts[name]) for name in charts if "-by-lots" in name],
        "totals": shown.totals_table(found) if found.of_kind("price") else None,
        "stretches": shown.stretches_table(found),
        "hashes": shown.hashes_table(found),
        "versions": versions(),
        "attribution": territory().attribution,
        "digest": territory().digest,
    }


def _frontier(found: Findings, lots: int, charts: dict[str, Canvas]) -> dict[str, Any]:
    points = dict(found.frontiers)[lots]
    best = knee([(float(p.interfaces), p.best.objective) for p, _ in points])
    return {
        "lots": lots,
        "name": f"frontier-{lots}",
        "chart": charts[f"frontier-{lots}"],
        "table": shown.frontier_table(found, lots, best),
        "points": [found.design(f"frontier-{lots}-{p.interfaces}") for p, _ in points],
    }


def _ensemble(drawn: Drawn, charts: dict[str, Canvas]) -> dict[str, Any]:
    names = [chart_name(drawn, figure.name) for figure in SHOWN] if drawn.lots in prose.TOLD else []
    return {
        "title": f"{drawn.lots} lots, {shown.UNIT[drawn.unit]}",
        "charts": [(name, charts[name]) for name in names if name in charts],
        "table": shown.ensemble_table(drawn),
    }


def readme(told: dict[str, Any]) -> str:
    """README.md, made from its template."""
    return _environment(escape=False).get_template("README.md.j2").render(**told, markdown=shown.markdown)


def page(found: Findings, told: dict[str, Any]) -> str:
    """findings.html as text: one file that needs no network."""
    style = own_text("page.css") + (TEMPLATES / "findings.css").read_text(encoding="utf-8")
    script = own_scripts("tables.js", "page.js")
    maps = _maps(shown.main_designs(found), [point for each in told["frontiers"] for point in each["points"]])
    values = {"style": style, "script": script, "policy": policy(style, script), **maps}
    return _environment(escape=True).get_template("findings.html.j2").render(**told, **values)


def _maps(chosen: Sequence[Named], points: Sequence[Named]) -> dict[str, Any]:
    """The large map with what is told of every area, and small ones that take its drawings."""
    base = next((one for one in chosen if one.id == LARGE_MAP), chosen[0])
    colours = lot_colours(base.design)
    large = picture(base.design, key=MAP, title=f"Map of {base.title}", colours=colours)
    others = [
        [one.title, [full_name(one.design, k) for k in range(one.lots)], one.design.of.tolist()]
        for one in chosen
        if one is not base
    ]
    small = [(one, _small(one, base.design, colours)) for one in chosen if one is not base]
    folded = {one.id: _small(one, base.design, colours, plain=True) for one in points}
    return {
        "base": base,
        "large": large,
        "data": map_data(base.design, {}) | {"others": others},
        "small": small,
        "folded": folded,
    }


def _small(one: Named, base: LotDesign, before: Sequence[int], plain: bool = False) -> Picture:
    """A map to be looked at; a `plain` one is light: without its inset and labels."""
    follow = {lot: before[old] for lot, old in enumerate(moves(base, one.design, MEASURE).main.tolist())}
    made = picture(
        one.design,
        key=f"map-{one.id}",
        title=f"Small map of {one.title}",
        colours=lot_colours(one.design, follow),
        layers=False,
        interactive=False,
        shared=MAP,
    )
    if plain:
        return replace(made, inset=None, labels=())
    return made if len(made.labels) <= LABELLED else replace(made, labels=())


@cache
def _environment(escape: bool) -> Environment:
    """The study's own templates beside the pieces that every page of lotopt uses."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted(TEMPLATES.glob("*.j2"))}
    texts |= {name: own_text(name) for name in ("parts.html", "map.html")}
    made = Environment(
        loader=DictLoader(texts),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    return made
