"""Everything a report says, as sentences and tables without markup: the page and the terminal read this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lotopt.core.clause import Goal, Rule
from lotopt.core.result import Result
from lotopt.report import awarded as aw
from lotopt.report import lot_tables as lt
from lotopt.report.before_after import BeforeAfter, before_after
from lotopt.report.duty import Duty, duty
from lotopt.report.explained import ExplainedWords, explained_words, prices_of
from lotopt.report.headlines import Figure, figures, outcome, warnings
from lotopt.report.how import how
from lotopt.report.measure import main_measure
from lotopt.report.method import (
    goals_table,
    inputs_table,
    method_table,
    phases_table,
    repeat_words,
    versions_table,
)
from lotopt.report.moves import moves
from lotopt.report.partners import LayerWords, layer_words
from lotopt.report.rules_kept import RuleKept, rules_kept
from lotopt.report.table import Table
from lotopt.report.together import ValueWords, in_short, value_words
from lotopt.report.words import given, proof, verdict

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.design.design import LotDesign
    from lotopt.study.explain import Explained
    from lotopt.study.together import Together
    from lotopt.territory.coherence import Coherence

# A table of more areas than this is for a spreadsheet, not for a page: lots.csv holds it.
MOST_LISTED = 10_000


@dataclass(frozen=True)
class Job:
    """One solve or audit: what it was asked, what is proven, what it was judged by."""

    name: str
    verdict: str
    good: bool
    proof: str
    asked: tuple[str, ...]
    wanted: tuple[str, ...]
    conflict: tuple[str, ...]
    faults: tuple[str, ...]
    limits: tuple[str, ...]
    rules: tuple[RuleKept, ...]
    ties: tuple[str, ...]
    how: tuple[str, ...]
    goals: Table | None
    method: Table
    steps: Table | None


@dataclass(frozen=True)
class Summary:
    """A report without its pictures."""

    title: str
    territory: str
    outcome: tuple[str, ...]
    warnings: tuple[str, ...]
    figures: tuple[Figure, ...]
    jobs: tuple[Job, ...]
    lots: Table | None
    areas: Table | None
    awards: tuple[Table, ...]
    explained: tuple[ExplainedWords, ...]
    value: ValueWords | None
    change: BeforeAfter | None
    layers: tuple[LayerWords, ...]
    coherence: tuple[Table, ...]
    short: Table | None
    duty: Duty | None
    repeat: tuple[str, ...]
    inputs: Table | None
    versions: Table | None
    sources: tuple[tuple[str, str], ...]
    attribution: tuple[str, ...]
    scenario_text: str


def summarise(
    design: Result[LotDesign] | None,
    awards: Result[Allocation] | None = None,
    *,
    together: Together | None = None,
    explained: Explained | None = None,
    base: LotDesign | None = None,
    title: str = "",
    rules: Sequence[Rule] = (),
    goals: Sequence[Goal] = (),
    award_rules: Sequence[Rule] = (),
    award_goals: Sequence[Goal] = (),
    scenario_text: str = "",
    measure: str | None = None,
    layers: Sequence[str] = (),
    inputs: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
) -> Summary:
    """Everything to be said about a design, an allocation or both; `explained` is told beside the awards.

    Where both were decided `together`, the two results are the parts of that one solve, and it is told as one job.
    `measure` is the one that shares and scores are weighted by: by default the first that a rule or goal names,
    else the territory's first. `layers` are the ones told of: all unless some are named. With a `base` it is told
    what changes beside it. `inputs` are the hashes of all that went in, and `versions` of the programs, each by
    name. Raises InputError where the base is not of the same areas.
    """
    plan = design.plan if design is not None else None
    main = measure or (main_measure(plan, [*rules, *goals]) if plan is not None else "")
    coherence = coherence_of(plan, main, layers) if plan is not None else None
    change = change_of(plan, base, main, layers) if plan is not None and base is not None else None
    providers, prices = aw.provider_of_lots(awards), aw.price_of_lots(awards, _labels(plan))
    jobs = []
    if together is not None:
        asked, wanted = [*rules, *award_rules], [*goals, *award_goals]
        jobs.append(_job("Lots and awards together", "plan", together.result, asked, wanted))
    elif design is not None:
        jobs.append(_job("Lot design", "design", design, rules, goals, prices_of(explained, "design_rule_prices")))
    if awards is not None and together is None:
        told = prices_of(explained, "rule_prices")
        jobs.append(_job("Awards", "allocation", awards, award_rules, award_goals, told))
    return Summary(
        title or (plan.title if plan is not None else "") or "Lots and awards",
        plan.territory.title or plan.territory.source if plan is not None else "",
        (
            *outcome(plan, main, coherence, awards),
            *(in_short(together) if together is not None else ()),
            *((change.in_short,) if change is not None else ()),
        ),
        tuple(warnings(design, awards if together is None else None, aw.is_simulated(awards))),
        tuple(figures(plan, main, coherence, awards)),
        tuple(jobs),
        lt.lots_table(plan, main, providers, prices) if plan is not None else None,
        lt.areas_table(plan, providers) if plan is not None and len(plan.territory) <= MOST_LISTED else None,
        _award_tables(plan, awards, together is not None),
        explained_words(explained),
        value_words(together, main) if together is not None else None,
        change,
        _layers(plan, coherence, main),
        _coherence_tables(plan, coherence) if plan is not None and coherence is not None else (),
        lt.short_coherence_table(coherence) if coherence is not None else None,
        duty(plan, main, awards, award_rules, jobs[0].rules if jobs else (), change, _searched(design, together)),
        repeat_words(inputs or {}, versions or {}, bool(scenario_text)),
        inputs_table(inputs or {}),
        versions_table(versions or {}),
        tuple(_sources(plan)) if plan is not None else (),
        plan.territory.attribution if plan is not None else (),
        scenario_text,
    )


def coherence_of(plan: LotDesign, measure: str, layers: Sequence[str] = ()) -> Coherence | None:
    """The coherence of a design with layers, all unless some are named; None where there is no layer."""
    from lotopt.territory.coherence import coherence

    if not plan.territory.layers:
        return None
    names = tuple(lt.full_name(plan, i) for i in range(len(plan)))
    return coherence(plan.territory, plan.of, plan.lots, measure or None, layers or None, names)


def change_of(plan: LotDesign, base: LotDesign, measure: str, layers: Sequence[str] = ()) -> BeforeAfter:
    """What changes from a base to a design, with layers, all unless some are named.

    Raises InputError where the base is not of the same areas.
    """
    found = moves(base, plan, measure)
    known = replace(base, territory=plan.territory)
    return before_after(found, *(coherence_of(design, measure, layers) for design in (known, plan)))


def _job(
    name: str,
    thing: str,
    result: Result[Any],
    rules: Sequence[Rule],
    goals: Sequence[Goal],
    prices: Mapping[str, str] | None = None,
) -> Job:
    audit = result.audit
    broken = [] if audit is None or result.plan is None else [f"{r.clause}: {r}" for r in audit.broken]
    return Job(
        name,
        verdict(result, thing),
        result.plan is not None and (audit is None or audit.ok),
        proof(result, thing),
        tuple(rule.explain() for rule in rules),
        tuple(goal.explain() for goal in goals),
        result.conflict,
        (*(audit.faults if audit is not None else ()), *broken[:20]),
        (*result.limits, *(audit.notes if audit is not None else ())),
        rules_kept(result, rules, prices) if result.plan is not None else (),
        result.ties,
        how(result, thing),
        goals_table(result, goals) if result.goals else None,
        method_table(result),
        phases_table(result) if result.phases else None,
    )


def _award_tables(plan: LotDesign | None, awards: Result[Allocation] | None, scheduled: bool) -> tuple[Table, ...]:
    if awards is None or awards.plan is None:
        return ()
    names = {lot.id: lot.name or lot.id for lot in awards.plan.market.lots}
    if plan is not None:
        names |= {lot: lt.full_name(plan, i) for i, lot in enumerate(plan.lots)}
    labels = _labels(plan)
    return (aw.awards_table(awards, labels, names, tuple(labels), scheduled), aw.by_provider_table(awards))


def _labels(plan: LotDesign | None) -> dict[str, str]:
    """What each lot is called in short, in the order of the design."""
    return dict(zip(plan.lots, lt.lot_labels(plan), strict=True)) if plan is not None else {}


def _searched(design: Result[LotDesign] | None, together: Together | None) -> bool:
    return together is not None or (design is not None and not given(design))


def _layers(plan: LotDesign | None, coherence: Coherence | None, measure: str) -> tuple[LayerWords, ...]:
    if plan is None or coherence is None:
        return ()
    return tuple(layer_words(plan, layer, measure) for layer in coherence.layers)


def _coherence_tables(plan: LotDesign, coherence: Coherence) -> tuple[Table, ...]:
    tables = (
        lt.coherence_table(coherence, plan),
        lt.span_table(coherence, plan),
    )
    return tuple(table for table in tables if table.rows)


def _sources(plan: LotDesign) -> Iterator[tuple[str, str]]:
    """Where every measure and layer comes from."""
    territory = plan.territory
    for measure in territory.measures.values():
        if measure.source:
            yield measure.title or measure.name, measure.source
    for layer in territory.layers.values():
        if layer.source:
            yield layer.title or layer.name, layer.source
