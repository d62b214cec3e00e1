"""Tables about how an answer was reached and judged: rules kept, goals, bounds, steps, versions, inputs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lotopt.core.clause import Goal, Rule, named
from lotopt.core.reading import Number, Reading
from lotopt.core.result import Result
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, count, gap_words

# A rule with more readings than this is shown on request only.
SHORT = 3


@dataclass(frozen=True)
class RuleKept:
    """One rule as judged by the audit: what it says, whether it is kept, how close it is, and every reading."""

    name: str
    sentence: str
    kept: bool
    verdict: str
    table: Table


def rules_kept(result: Result[Any], rules: Sequence[Rule]) -> tuple[RuleKept, ...]:
    """Every rule with its readings, in the order given; rules that were not passed on go by their label."""
    found = dict(result.audit.by_clause()) if result.audit is not None else {}
    sentences = {rule.label: rule.explain() for rule in named(rules)}
    labels = dict.fromkeys([*sentences, *found])
    return tuple(_rule(label, sentences.get(label, ""), found.get(label, ())) for label in labels)


def _rule(name: str, sentence: str, readings: tuple[Reading, ...]) -> RuleKept:
    broken = [reading for reading in readings if not reading.ok]
    if not readings:
        verdict = "Kept by construction; there is nothing to measure."
    elif len(readings) == 1 and not broken:
        verdict = f"Kept: {_told(readings[0])}."
    elif broken:
        verdict = f"Broken in {len(broken)} of {count(len(readings), 'reading')}: {'; '.join(map(str, broken[:3]))}."
    else:
        verdict = f"Kept in all {len(readings)} readings{_closest(readings)}."
    return RuleKept(name, sentence, not broken, verdict, readings_table(readings))


def _told(reading: Reading) -> str:
    """A reading in words; a quotient of money is not told to its last digit."""
    if isinstance(reading.value, Decimal):
        return f"{reading.where}: {_figure(reading.value, reading.unit)}"
    return str(reading)


def _closest(readings: Sequence[Reading]) -> str:
    """The reading with least room, relative to its limit."""
    held = [reading for reading in readings if math.isfinite(float(reading.slack))]
    if len(held) < 2:
        return ""
    closest = min(held, key=lambda r: (float(r.slack) / max(abs(float(_limit(r))), 1e-12), r.where))
    if closest.slack == 0 and sum(reading.slack == 0 for reading in held) == len(held):
        return ", each at its limit"
    return f"; closest to its limit: {closest.where}, {_figure(closest.slack, closest.unit)} to spare"


def _limit(reading: Reading) -> Number:
    """The end of the range that the value is nearer to."""
    value, low, high = (float(v) for v in (reading.value, reading.at_least, reading.at_most))
    return low if value - low <= high - value else high


def readings_table(readings: Sequence[Reading]) -> Table:
    """One row per reading: where, value, the range it may lie in, and the room left."""
    titles = ("Value", "At least", "At most", "To spare")
    rows = tuple(
        (
            reading.where,
            _figure(reading.value, reading.unit),
            _end(reading.at_least, reading.unit),
            _end(reading.at_most, reading.unit),
            _end(reading.slack, reading.unit) if reading.ok else f"broken by {_end(reading.violation, reading.unit)}",
        )
        for reading in readings
    )
    head = (Column("Where"), *(Column(title, True) for title in titles))
    return Table("Readings", head, rows, folded=len(rows) > SHORT)


def _figure(value: Number, unit: str) -> str:
    return f"{_amount(value, unit)} {unit}".rstrip()


def _end(value: Number, unit: str) -> str:
    return "any" if isinstance(value, float) and math.isinf(value) else _amount(value, unit)


def _amount(value: Number, unit: str) -> str:
    """A share of something as a percentage, anything else in its unit."""
    return f"{float(value) * 100:.4g} %" if unit.startswith("of the ") else amount(value)


def goals_table(result: Result[Any], goals: Sequence[Goal]) -> Table:
    """One row per goal: value x weight = product, which add up to the objective; or each with its bound, in order."""
    if any(g.bound is not None for g in result.goals):
        return _goals_in_order(result, goals)
    sentences = {goal.label: goal.explain() for goal in named(goals)}
    rows = [
        (sentences.get(g.name, g.name), amount(g.value), g.unit, amount(g.weight), amount(g.product))
        for g in result.goals
    ]
    if result.objective is not None:
        rows.append(("Objective", "", "", "", amount(result.objective)))
    head = (Column("Goal"), Column("Value", True), Column("Unit"), Column("Weight", True), Column("Product", True))
    return Table("Goals: value × weight = product", head, tuple(rows), ordered=True)


def _goals_in_order(result: Result[Any], goals: Sequence[Goal]) -> Table:
    """One row per goal in its order, with what is proven of it among what is best by those before it."""
    sentences = {goal.label: goal.explain() for goal in named(goals)}
    bounds = ["" if g.bound is None else amount(g.bound) for g in result.goals]
    rows = [
        (str(number), sentences.get(g.name, g.name), amount(g.value), g.unit, bound)
        for number, (g, bound) in enumerate(zip(result.goals, bounds, strict=True), 1)
    ]
    head = (Column("Order"), Column("Goal"), Column("Value", True), Column("Unit"), Column("Proven bound", True))
    return Table("Goals in their order: each among what is best by those before it", head, tuple(rows), ordered=True)


def method_table(result: Result[Any]) -> Table:
    """Bound, gap, limits, versions, seed and the hash of every input."""
    rows = [("Status", str(result.status))]
    if result.objective is not None:
        bound = "none proven" if result.bound is None else amount(result.bound)
        rows += [("Objective", amount(result.objective)), ("Proven bound", bound)]
        rows.append(("Gap found", "unknown" if result.gap is None else gap_words(result.gap)))
        rows.append(("Gap wanted", gap_words(result.wanted_gap)))
    if result.seconds:
        rows.append(("Time taken", f"{result.seconds:.1f} s"))
    if result.audit is not None:
        agreed = "no fault found" if not result.audit.faults else f"{len(result.audit.faults)} faults found"
        rows.append(("Independent audit", f"{count(len(result.audit.readings), 'reading')}, {agreed}"))
    rows += list(_flat(result.provenance))
    return Table("Method and provenance", (Column("What"), Column("Value")), tuple(rows), ordered=True)


def phases_table(result: Result[Any]) -> Table:
    """One row per step of the solve."""
    rows = tuple((phase.name, f"{phase.seconds:.2f}", phase.note) for phase in result.phases)
    head = (Column("Step"), Column("Seconds", True), Column("What came of it"))
    return Table("Steps", head, rows, ordered=True)


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{before}{str(key).replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}: ")
        elif isinstance(value, list | tuple):
            yield name, ", ".join(str(item) for item in value)
        elif value is not None and value != "":
            yield name, amount(value) if isinstance(value, float) else str(value)
