"""A territory, schedules, rules and goals of both kinds as one problem: columns are lots, each made by a provider."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lotopt.allocation.clause import AwardGoal, AwardRule
from lotopt.allocation.jointly import AwardSum, Count, EachAward, Panel, Price, Quantity, Refused, Said, Volume
from lotopt.core.errors import InputError, Problems
from lotopt.core.lot import LotFacts
from lotopt.design.arrays import TOLERANCE
from lotopt.design.clause import DesignGoal, DesignRule, Term
from lotopt.design.problem import Contracted, contract, resolve
from lotopt.engine.columns.makers import Joint, Maker
from lotopt.joint.slots import Slots
from lotopt.market.market import Market
from lotopt.market.schedules import Schedules
from lotopt.territory.facts import area_facts
from lotopt.territory.features import BorderLength
from lotopt.territory.parts import Floats
from lotopt.territory.territory import Territory

# The objective is solved in hundredths of its unit, so that prices are whole pence.
HUNDREDTHS = 100.0
# By so much limits on scaled prices are drawn in where a plan slipped through the engine's tolerance.
FINE = 1e-8


@dataclass(frozen=True, eq=False)
class Case:
    """What is to be decided: the ground, what providers ask, and rules and goals of lot design and of allocation."""

    territory: Territory
    schedules: Schedules
    design_rules: tuple[DesignRule, ...]
    award_rules: tuple[AwardRule, ...]
    design_goals: tuple[DesignGoal, ...] = ()
    award_goals: tuple[AwardGoal, ...] = ()


@dataclass(frozen=True, eq=False)
class Built:
    """The problem for the engine. `providers` are its makers (ids). `uncertain` is how many pence the engine's prices
    of a plan may be from the exact ones: 0 where all prices are whole pence by themselves."""

    joint: Joint
    contracted: Contracted
    providers: tuple[str, ...]
    uncertain: float


@dataclass(frozen=True, eq=False)
class Checked:
    """Clauses and schedules that fit the territory and each other, with what award rules say of awards."""

    contracted: Contracted
    said: tuple[Said, ...]


def panel(case: Case, most_lots: int) -> Panel:
    """Who may win, beside one lot of the whole ground by which rules can look measures up."""
    totals = {key: math.fsum(measure.values) for key, measure in case.territory.measures.items()}
    whole = LotFacts("every lot", volumes=totals)
    market = Market((whole,), case.schedules.providers, (), source=case.schedules.source)
    return Panel(market, tuple(provider.id for provider in case.schedules.offering), most_lots)


def check(case: Case) -> Checked:
    """Look up every name and let every rule say itself. Raises one InputError with all problems of all of them."""
    problems = Problems("rules and goals")
    contracted = None
    try:
        resolved = resolve(case.territory, case.design_rules, case.design_goals)
        # at no cost, so that the engine can draw a provider's lots with short borders where prices leave that free
        shape = (0.0, Term(0.0, BorderLength()))
        contracted = contract(case.territory, replace(resolved, terms=(*resolved.terms, shape)))
    except InputError as error:
        problems.take(error)
    for problem in case.schedules.problems(area_facts(case.territory)):
        problems.add(f"{case.schedules.source}: {problem}")
    most_lots = contracted.problem.fewest_and_most[1] if contracted is not None else len(case.territory)
    who = panel(case, most_lots)
    for clause, problem in unfit(case, who):
        problems.add(f"{clause.label}: {problem}")
    problems.check()
    assert contracted is not None
    return Checked(contracted, tuple(part for rule in case.award_rules for part in rule.jointly(who)))


def unfit(case: Case, who: Panel) -> Iterator[tuple[AwardRule | AwardGoal, str]]:
    """Rules and goals of allocation that cannot be held while lots are drawn, and names that they get wrong."""
    asked = ((p.id, case.schedules.schedule[p.id]) for p in case.schedules.offering)
    banded = next((id for id, schedule in asked if schedule.volume_bands), None)
    for rule in case.award_rules:
        parts = list(rule.jointly(who))
        refused = [part.why for part in parts if isinstance(part, Refused)]
        for why in refused:
            yield rule, f"cannot be held while lots are drawn: it {why}"
        for problem in rule.problems(who.market) if not refused else ():
            yield rule, problem
        if banded and any(isinstance(part, EachAward) and part.alone for part in parts):
            yield rule, f"cannot be held while lots are drawn at prices with volume bands, as {banded} asks them"
    for goal in case.award_goals:
        answer = goal.jointly()
        if isinstance(answer, Refused):
            yield goal, f"cannot be kept small while lots are drawn: it {answer.why}"
        else:
            yield from ((goal, problem) for problem in goal.problems(who.market))


def build(case: Case, checked: Checked, room: float = 0.0) -> Built:
    """The problem with one maker for each provider that makes offers.

    Sums over awards are scaled by powers of two, which change no digit, so that a typical lot adds about 1: then a
    solver's tolerance means the same in every row. Limits on sums of prices are moved by `room` times what rounding
    may come to: 1 lets every plan in that may keep them, -1 only those that do for certain.
    """
    base, schedules = checked.contracted.problem, case.schedules
    slots = Slots.of(case.territory, schedules, checked.contracted, _measures(checked.said))
    sums = [part for part in checked.said if isinstance(part, AwardSum)]
    facts = tuple(dict.fromkeys(fact for part in sums for fact in part.facts))
    most_lots = base.fewest_and_most[1]
    uncertain = most_lots * slots.rounding
    money = sum(goal.weight for goal in case.award_goals)  # every goal that is left counts prices
    scales = [_scale(slots, part.quantity, base.fewest_and_most[0]) for part in sums]
    caps = _caps(slots, checked.said)
    makers = []
    for provider in schedules.offering:
        cost = slots.widened(base.cost) * HUNDREDTHS + money * slots.price(provider.id)
        rows = [slots.widened(row) for row in base.rows]
        rows += [
            scale * part.factor.get(provider.id, 0.0) * _vector(slots, part.quantity, provider.id)
            for part, scale in zip(sums, scales, strict=True)
        ]
        # every provider has the same limits, where it has none an infinite one
        program = slots.program(provider.id, {slot: most.get(provider.id, math.inf) for slot, most in caps.items()})
        made = np.array(rows).reshape(-1, program.slots)
        makers.append(Maker(provider.id, program, cost, made))
    fact_rows = np.zeros((len(base.rows) + len(sums), len(facts)))
    for r, (part, scale) in enumerate(zip(sums, scales, strict=True), len(base.rows)):
        for fact, value in part.facts.items():
            fact_rows[r, facts.index(fact)] = scale * value
    ends = [_ends(part, scale, room, uncertain) for part, scale in zip(sums, scales, strict=True)]
    joint = Joint(
        makers=tuple(makers),
        row_low=np.array([*base.row_low, *(low for low, _ in ends)]),
        row_high=np.array([*base.row_high, *(high for _, high in ends)]),
        row_names=(*base.row_names, *(part.name for part in sums)),
        facts=facts,
        fact_rows=fact_rows,
        keys=base.keys,
    )
    return Built(joint, checked.contracted, tuple(provider.id for provider in schedules.offering), uncertain * money)


def _scale(slots: Slots, quantity: Quantity, fewest_lots: int) -> float:
    """The power of two that brings what a typical lot adds to a sum to between a half and 1."""
    match quantity:
        case Count():
            return 1.0
        case Volume(measure):
            whole = float(slots.base.sums[slots.base.which[slots.volume[measure]]].sum())
        case Price():
            whole = float(np.mean([areas.sum() for areas in slots.areas.values()]))
            whole += float(np.mean(list(slots.fixed.values())))
    return math.ldexp(1.0, -math.frexp(max(whole, 1e-300) / max(fewest_lots, 1))[1])


def _ends(part: AwardSum, scale: float, room: float, uncertain: float) -> tuple[float, float]:
    """The limits of a sum, scaled; those of prices moved by `room`."""
    moved = 0.0
    if isinstance(part.quantity, Price):
        moved = room * uncertain * max((abs(factor) for factor in part.factor.values()), default=0.0)
    low, high = scale * (part.at_least - moved), scale * (part.at_most + moved)
    if isinstance(part.quantity, Price) and room < 0:  # the engine's own tolerance of sums that are not whole
        low += FINE * max(1.0, abs(low)) if math.isfinite(low) else 0.0
        high -= FINE * max(1.0, abs(high)) if math.isfinite(high) else 0.0
    return low, high


def _measures(said: Sequence[Said]) -> tuple[str, ...]:
    """The measures that award rules count."""
    spoken = [part.quantity for part in said if isinstance(part, AwardSum | EachAward)]
    return tuple(dict.fromkeys(quantity.measure for quantity in spoken if isinstance(quantity, Volume)))


def _vector(slots: Slots, quantity: Quantity, provider: str) -> Floats:
    """A quantity of an award as a sum over slots."""
    match quantity:
        case Count():
            return slots.unit(slots.one)
        case Volume(measure):
            return slots.unit(slots.volume[measure])
        case Price():
            return slots.price(provider)


def _caps(slots: Slots, said: Sequence[Said]) -> dict[int, dict[str, float]]:
    """What rules say of single awards: for each slot the most that each provider's lots may hold of it."""
    caps: dict[int, dict[str, float]] = {}
    for limit in said:
        if isinstance(limit, EachAward):
            slot, most = _cap(slots, limit)
            held = caps.setdefault(slot, {})
            held[limit.provider] = min(most, held.get(limit.provider, math.inf))
    return caps


def _cap(slots: Slots, limit: EachAward) -> tuple[int, float]:
    match limit.quantity:
        case Count():
            return slots.one, limit.at_most
        case Volume(measure):
            return slots.volume[measure], limit.at_most + TOLERANCE * abs(limit.at_most)
        case Price():
            # whole pence, so that a quarter of one is no room for anything; bands only add to this
            return slots.area_price, limit.at_most - slots.fixed[limit.provider] + 0.25
