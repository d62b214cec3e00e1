"""An outcome as the document that result.json holds."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lotopt.core.clause import Clause
from lotopt.core.reading import Audit, Number
from lotopt.core.result import Result
from lotopt.core.version import version_of
from lotopt.design.design import LotDesign
from lotopt.study import document as d
from lotopt.study.explained_document import explained_entries
from lotopt.study.joint_document import joint_entry
from lotopt.study.run import Outcome

if TYPE_CHECKING:
    from lotopt.territory.coherence import Coherence

# What decides the answer: their versions go into every result.
DECIDING = ("lotopt", "numpy", "highspy", "pulp", "numba", "shapely", "networkx", "pandas", "pydantic")


def result_document(outcome: Outcome) -> d.ResultDocument:
    """Everything a run found, as one document without infinities or objects."""
    return d.ResultDocument(
        title=outcome.scenario.title,
        outcome=str(outcome),
        exit_code=outcome.exit_code,
        territory=_territory(outcome),
        design=_design(outcome),
        allocation=_allocation(outcome),
        joint=None if outcome.together is None else joint_entry(outcome.together),
        provenance=_provenance(outcome),
    )


def _territory(outcome: Outcome) -> d.TerritoryEntry | None:
    land = outcome.ground.land
    if land is None:
        return None
    return d.TerritoryEntry(
        name=Path(outcome.scenario.territory).name,
        title=land.title,
        areas=len(land),
        attribution=land.attribution,
    )


def _design(outcome: Outcome) -> d.DesignEntry | None:
    from lotopt.study.judge import coherence

    result, ground = outcome.design, outcome.ground
    if result is None:
        return None
    plan = result.plan
    has_layers = plan is not None and bool(ground.layers)
    fixed = outcome.scenario.design.fixed_design
    return d.DesignEntry(
        **_solved(result, outcome.scenario.design.rules),
        fixed=None if fixed is None else Path(fixed).name,
        lots=() if plan is None else _lots(plan),
        coherence=coherence_entry(coherence(plan, ground.measure, ground.layers), plan.lots)
        if plan is not None and has_layers
        else None,
        explained=explained_entries(outcome.explained, of_lots=True),
    )


def _lots(plan: LotDesign) -> tuple[d.LotEntry, ...]:
    totals = {key: plan.table.total(key) for key in plan.territory.measures}
    border = plan.table.border_length()
    return tuple(
        d.LotEntry(
            id=lot,
            name=plan.name_of(k),
            areas=areas,
            totals={key: float(total[k]) for key, total in totals.items()},
            border_km=float(border[k]),
        )
        for k, (lot, areas) in enumerate(plan)
    )


def coherence_entry(found: Coherence, lots: Sequence[str]) -> d.CoherenceEntry:
    """A coherence as the document holds it."""
    return d.CoherenceEntry(
        measure=found.measure,
        layers=tuple(
            d.LayerEntry(
                layer=layer.layer,
                title=layer.title,
                agencies=layer.agencies,
                interfaces=layer.interfaces,
                splits=layer.splits,
                straddles=layer.straddles,
                span=dict(zip(lots, map(int, layer.span), strict=True)),
                largest_span=layer.largest_span,
                largest_lots_per_agency=layer.largest_lots_per_agency,
                whole_share=layer.whole_share,
                completeness=layer.completeness,
                homogeneity=layer.homogeneity,
                v_measure=layer.v_measure,
                split_agencies=layer.split_agencies,
                straddling_lots=layer.straddling_lots,
                approximate_areas=layer.approximate_areas,
            )
            for layer in found.layers
        ),
    )


def _allocation(outcome: Outcome) -> d.AllocationEntry | None:
    result, market, scenario = outcome.awards, outcome.market, outcome.scenario
    if result is None or market is None or scenario.allocation is None:
        return None
    plan = result.plan
    return d.AllocationEntry(
        **_solved(result, scenario.allocation.rules),
        simulated=market.simulated,
        providers=len(market.providers),
        bids=len(market.bids),
        total_price=None if plan is None else f"{plan.total_price:f}",
        in_order=scenario.allocation.in_order,
        tie_rules=tuple(
            d.ClauseEntry(name=tie.label, kind=tie.kind, sentence=tie.explain()) for tie in scenario.allocation.ties
        ),
        ties=result.ties,
        awards=() if plan is None else tuple(_award(award, market) for award in plan.awards),
        explained=explained_entries(outcome.explained, of_lots=False),
    )


def _award(award: Any, market: Any) -> d.AwardEntry:
    bid = market.bid[award.bid]
    return d.AwardEntry(
        lots=bid.lots,
        services=tuple(service for service in bid.services if service),
        provider=award.provider,
        provider_name=market.provider[award.provider].name or award.provider,
        bid=award.bid,
        price=f"{award.price:f}",
        bid_price=f"{bid.price:f}",
        share=f"{award.share:f}",
        quality=award.quality,
        covers=bid.covers,
    )


def _solved(result: Result[Any], rules: Iterable[Clause]) -> dict[str, Any]:
    """The fields that lot design and allocation share."""
    return {
        "status": str(result.status),
        "objective": _finite(result.objective),
        "bound": _finite(result.bound),
        "gap": _finite(result.gap),
        "wanted_gap": result.wanted_gap,
        "seconds": result.seconds,
        "interrupted": result.interrupted,
        "phases": tuple(d.PhaseEntry(name=p.name, seconds=p.seconds, note=p.note) for p in result.phases),
        "goals": tuple(
            d.GoalEntry(
                name=g.name,
                value=float(g.value),
                unit=g.unit,
                weight=g.weight,
                product=float(g.product),
                bound=_finite(g.bound),
            )
            for g in result.goals
        ),
        "rules": tuple(d.ClauseEntry(name=r.label, kind=r.kind, sentence=r.explain()) for r in rules),
        "audit": None if result.audit is None else audit_entry(result.audit),
        "conflict": result.conflict,
        "limits": result.limits,
    }


def audit_entry(audit: Audit) -> d.AuditEntry:
    """An audit as the document holds it: money as exact text, no infinities."""
    return d.AuditEntry(
        ok=audit.ok,
        readings=tuple(
            d.ReadingEntry(
                clause=r.clause,
                where=r.where,
                value=_number(r.value),
                at_least=_number(r.at_least),
                at_most=_number(r.at_most),
                unit=r.unit,
                ok=r.ok,
            )
            for r in audit.readings
        ),
        faults=audit.faults,
        notes=audit.notes,
    )


def _number(value: Number) -> float | str | None:
    return f"{value:f}" if isinstance(value, Decimal) else _finite(float(value))


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _provenance(outcome: Outcome) -> d.Provenance:
    solver = outcome.scenario.solver
    more = {name: dict(result.provenance) for name, result in _named_solves(outcome) if result.provenance}
    return d.Provenance(
        versions=versions(),
        solver=solver.name,
        seed=solver.seed,
        threads=solver.threads,
        time_limit=solver.time_limit,
        inputs=tuple(d.InputEntry(name=name, sha256=digest) for name, digest in outcome.inputs.items()),
        more=_plain(more),
    )


def _named_solves(outcome: Outcome) -> list[tuple[str, Result[Any]]]:
    if outcome.together is not None:
        return [("joint", outcome.together.result)]
    named = (("design", outcome.design), ("allocation", outcome.awards))
    return [(name, result) for name, result in named if result is not None]


def versions() -> dict[str, str]:
    """The version of Python and of every package that decides the answer."""
    return {"python": platform.python_version()} | {package: version_of(package) for package in DECIDING}


def _plain(value: Any) -> Any:
    """Nested content with only what JSON holds."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return _finite(value)
    return value if value is None or isinstance(value, bool | int | str) else str(value)
