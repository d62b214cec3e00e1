"""What of a run is written for other tools: maps for the web, a workbook, a notice, a release for publication."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from lotopt.report.geojson import LAYERS, Layer
from lotopt.study.run import Outcome

# Writes one file of a run, into a path and for a folder; false where there is nothing to write.
Writer = Callable[[Outcome, Path, Path], bool]
# What a scenario asked, among the options that reports take.
ASKED = ("title", "rules", "goals", "award_rules", "award_goals", "measure")


def not_written(outcome: Outcome, files: Collection[Path]) -> tuple[str, ...]:
    """What of a run is not among its files though it could be, and why, in a sentence for each reason."""
    from lotopt.report.geo import NO_SHAPES
    from lotopt.report.geojson import NOWHERE, refused

    plan, names = outcome.plan, {file.name for file in files}
    told = []
    if outcome.scenario.release is not None and "release.json" not in names:
        told.append(f"release.json is not written: {_no_release(outcome)}")
    if plan is None:
        return tuple(told)
    if "lots.gpkg" not in names:
        told.append(NO_SHAPES)
    missing = [name for name in (f"{layer}.geojson" for layer in LAYERS) if name not in names]
    if missing:
        told.append(f"{' and '.join(missing)} are not written: {refused(plan) or NOWHERE}")
    return tuple(told)


def options_of(outcome: Outcome) -> dict[str, Any]:
    """What was asked and found, as reports take it."""
    scenario = outcome.scenario
    allocation = scenario.allocation
    return {
        "title": scenario.title,
        "rules": scenario.design.rules,
        "goals": scenario.design.goals,
        "award_rules": allocation.rules if allocation is not None else (),
        "award_goals": allocation.goals if allocation is not None else (),
        "measure": None if outcome.ground.land is None else outcome.ground.measure,
        "together": outcome.together,
        "explained": outcome.explained,
    }


def _geojson_writer(layer: Layer) -> Writer:
    """Writes one layer of the map as GeoJSON."""

    def write(outcome: Outcome, path: Path, _: Path) -> bool:
        from lotopt.report.geojson import write_geojson

        return outcome.plan is not None and not write_geojson(path, outcome.plan, outcome.awards, layer=layer)

    return write


def _no_lots(outcome: Outcome) -> bool:
    """Whether lots were neither drawn nor brought by the market."""
    return outcome.plan is None and (outcome.design is not None or outcome.market is None)


def _write_workbook(outcome: Outcome, path: Path, _: Path) -> bool:
    from lotopt.report.workbook.write import write_workbook

    if _no_lots(outcome):
        return False
    options = {key: value for key, value in options_of(outcome).items() if key in ASKED}
    options |= {"layers": outcome.scenario.report.layers, "together": outcome.together}
    write_workbook(path, outcome.design, outcome.awards, market=outcome.market, inputs=outcome.inputs, **options)
    return True


def _write_notice(outcome: Outcome, path: Path, _: Path) -> bool:
    from lotopt.report.tender.notice import write_notice

    if _no_lots(outcome):
        return False
    write_notice(path, outcome.design, outcome.awards, **_tender_options(outcome))
    return True


def _write_release(outcome: Outcome, path: Path, _: Path) -> bool:
    from lotopt.report.ocds.release import write_release

    if outcome.scenario.release is None or _no_release(outcome):
        return False
    asked, options = outcome.scenario.release.model_dump(), _tender_options(outcome)
    del options["layers"]
    write_release(path, outcome.design, outcome.awards, **asked, **options)
    return True


def _no_release(outcome: Outcome) -> str:
    """Why nothing can be published of a run that was asked for a release; empty where it can."""
    release, awards = outcome.scenario.release, outcome.awards
    if _no_lots(outcome):
        return "there are no lots"
    if release is not None and release.stage == "award" and (awards is None or awards.plan is None):
        return "nothing is awarded"
    return ""


def _tender_options(outcome: Outcome) -> dict[str, Any]:
    """What a scenario asked, for whoever tells of it as a tender."""
    allocation = outcome.scenario.allocation
    options = {key: value for key, value in options_of(outcome).items() if key in (*ASKED, "together")}
    options |= {"layers": outcome.scenario.report.layers, "market": outcome.market}
    if allocation is None:
        return options | {"award_rules": None}
    return options | {"in_order": allocation.in_order, "ties": allocation.ties, "gap": outcome.scenario.solver.gap}


EXPORTS: dict[str, Writer] = {
    **{f"{layer}.geojson": _geojson_writer(layer) for layer in LAYERS},
    "workbook.xlsx": _write_workbook,
    "notice.txt": _write_notice,
    "release.json": _write_release,
}
