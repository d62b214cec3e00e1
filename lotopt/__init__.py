"""Which local areas form which contract lots, and which provider gets which lot: proven, explained and drawn."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from lotopt.allocation.allocation import Allocation as Allocation
    from lotopt.allocation.allocation import Award as Award
    from lotopt.allocation.explain.drill import failure_drill as failure_drill
    from lotopt.allocation.explain.exposure import exposure as exposure
    from lotopt.allocation.explain.loosen import relaxations as relaxations
    from lotopt.allocation.explain.mechanism import order_of_preference as order_of_preference
    from lotopt.allocation.explain.outcomes import outcomes as outcomes
    from lotopt.allocation.explain.ranking import rankings as rankings
    from lotopt.allocation.explain.reasons import reasons as reasons
    from lotopt.allocation.explain.rerun import reopen as reopen
    from lotopt.allocation.explain.rule_prices import rule_prices as rule_prices
    from lotopt.allocation.explain.shock import Shock as Shock
    from lotopt.allocation.explain.shock import volume_shock as volume_shock
    from lotopt.allocation.solve import allocate_bids as allocate_bids
    from lotopt.core.errors import InputError as InputError
    from lotopt.core.errors import LotoptError as LotoptError
    from lotopt.core.reading import Audit as Audit
    from lotopt.core.reading import Reading as Reading
    from lotopt.core.result import Result as Result
    from lotopt.core.result import Status as Status
    from lotopt.design.design import LotDesign as LotDesign
    from lotopt.design.ensemble import Ensemble as Ensemble
    from lotopt.design.rule_prices import design_rule_prices as design_rule_prices
    from lotopt.design.sample import sample_designs as sample_designs
    from lotopt.design.solve import design_lots as design_lots
    from lotopt.engine.solve.solvers import SolverOptions as SolverOptions
    from lotopt.joint.offers import read_schedules as read_schedules
    from lotopt.joint.offers import simulate_schedules as simulate_schedules
    from lotopt.joint.plan import JointPlan as JointPlan
    from lotopt.joint.solve import design_and_allocate as design_and_allocate
    from lotopt.joint.value import lots_first as lots_first
    from lotopt.joint.value import saving as saving
    from lotopt.market.bid import Bid as Bid
    from lotopt.market.market import Market as Market
    from lotopt.market.provider import Provider as Provider
    from lotopt.market.read import read_market as read_market
    from lotopt.market.schedule import Band as Band
    from lotopt.market.schedule import PriceSchedule as PriceSchedule
    from lotopt.market.schedules import Schedules as Schedules
    from lotopt.market.simulate import simulate as simulate
    from lotopt.market.template import write_market as write_market
    from lotopt.market.template import write_template as write_template
    from lotopt.report.compare.comparison import compare as compare
    from lotopt.report.folder import write_folder as write_folder
    from lotopt.report.geo import write_geo as write_geo
    from lotopt.report.geojson import write_geojson as write_geojson
    from lotopt.report.maps import lot_map as lot_map
    from lotopt.report.ocds.release import write_release as write_release
    from lotopt.report.page import write_report as write_report
    from lotopt.report.tender.notice import write_notice as write_notice
    from lotopt.report.workbook.write import write_workbook as write_workbook
    from lotopt.study import goals as goals
    from lotopt.study import rules as rules
    from lotopt.study.judge import audit as audit
    from lotopt.study.judge import coherence as coherence
    from lotopt.study.judge import read_design as read_design
    from lotopt.study.read import read_scenario as read_scenario
    from lotopt.study.run import Outcome as Outcome
    from lotopt.study.run import run as run
    from lotopt.study.scenario import Scenario as Scenario
    from lotopt.territory.catchments import catchment_layer as catchment_layer
    from lotopt.territory.catchments import nearest_layer as nearest_layer
    from lotopt.territory.places import load_territory as load_territory
    from lotopt.territory.territory import Territory as Territory

# Each public name and the module it is in: loaded when first asked for, so that importing lotopt costs little.
_PUBLIC = {
    "Allocation": "lotopt.allocation.allocation",
    "Audit": "lotopt.core.reading",
    "Award": "lotopt.allocation.allocation",
    "Band": "lotopt.market.schedule",
    "Bid": "lotopt.market.bid",
    "Ensemble": "lotopt.design.ensemble",
    "InputError": "lotopt.core.errors",
    "JointPlan": "lotopt.joint.plan",
    "LotDesign": "lotopt.design.design",
    "LotoptError": "lotopt.core.errors",
    "Market": "lotopt.market.market",
    "Outcome": "lotopt.study.run",
    "PriceSchedule": "lotopt.market.schedule",
    "Provider": "lotopt.market.provider",
    "Reading": "lotopt.core.reading",
    "Result": "lotopt.core.result",
    "Scenario": "lotopt.study.scenario",
    "Schedules": "lotopt.market.schedules",
    "Shock": "lotopt.allocation.explain.shock",
    "SolverOptions": "lotopt.engine.solve.solvers",
    "Status": "lotopt.core.result",
    "Territory": "lotopt.territory.territory",
    "allocate_bids": "lotopt.allocation.solve",
    "audit": "lotopt.study.judge",
    "catchment_layer": "lotopt.territory.catchments",
    "coherence": "lotopt.study.judge",
    "compare": "lotopt.report.compare.comparison",
    "design_and_allocate": "lotopt.joint.solve",
    "design_lots": "lotopt.design.solve",
    "design_rule_prices": "lotopt.design.rule_prices",
    "exposure": "lotopt.allocation.explain.exposure",
    "failure_drill": "lotopt.allocation.explain.drill",
    "goals": "lotopt.study",
    "load_territory": "lotopt.territory.places",
    "lot_map": "lotopt.report.maps",
    "lots_first": "lotopt.joint.value",
    "nearest_layer": "lotopt.territory.catchments",
    "order_of_preference": "lotopt.allocation.explain.mechanism",
    "outcomes": "lotopt.allocation.explain.outcomes",
    "rankings": "lotopt.allocation.explain.ranking",
    "read_design": "lotopt.study.judge",
    "read_market": "lotopt.market.read",
    "read_scenario": "lotopt.study.read",
    "read_schedules": "lotopt.joint.offers",
    "reasons": "lotopt.allocation.explain.reasons",
    "relaxations": "lotopt.allocation.explain.loosen",
    "reopen": "lotopt.allocation.explain.rerun",
    "rule_prices": "lotopt.allocation.explain.rule_prices",
    "rules": "lotopt.study",
    "run": "lotopt.study.run",
    "sample_designs": "lotopt.design.sample",
    "saving": "lotopt.joint.value",
    "simulate": "lotopt.market.simulate",
    "simulate_schedules": "lotopt.joint.offers",
    "volume_shock": "lotopt.allocation.explain.shock",
    "write_folder": "lotopt.report.folder",
    "write_geo": "lotopt.report.geo",
    "write_geojson": "lotopt.report.geojson",
    "write_market": "lotopt.market.template",
    "write_template": "lotopt.market.template",
    "write_notice": "lotopt.report.tender.notice",
    "write_release": "lotopt.report.ocds.release",
    "write_report": "lotopt.report.page",
    "write_workbook": "lotopt.report.workbook.write",
}

__all__ = [*sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from lotopt.core.version import version_of

        return version_of("lotopt")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'lotopt' has no attribute '{name}'")
    home = _PUBLIC[name]
    if home == "lotopt.study":
        return import_module(f"{home}.{name}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
