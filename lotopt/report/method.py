"""Tables about how an answer was reached: goals, bounds, steps, versions, inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lotopt.core.clause import Goal, named
from lotopt.core.result import Result
from lotopt.report.table import Column, Table
from lotopt.report.words import amount, count, gap_words


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


def inputs_table(inputs: Mapping[str, str]) -> Table | None:
    """The hash of every input, so that it can be told whether a file is the one that was used."""
    if not inputs:
        return None
    return Table("Inputs", (Column("Input"), Column("SHA-256")), tuple(inputs.items()), ordered=True)


def versions_table(versions: Mapping[str, str]) -> Table | None:
    """The version of every program that decides the answer."""
    if not versions:
        return None
    return Table(
        "Versions", (Column("Program"), Column("Version")), tuple(versions.items()), folded=True, ordered=True
    )


def repeat_words(inputs: Mapping[str, str], versions: Mapping[str, str], scenario: bool) -> tuple[str, ...]:
    """How somebody else comes to the same answer; nothing where it is not known what went in."""
    if not inputs or not versions:
        return ()
    what = "the scenario below" if scenario else "the same scenario"
    run = f"To repeat it, run lotopt {versions.get('lotopt', '')} with {what} (lotopt run scenario.toml)"
    same = "The same inputs, versions, seed and number of threads give the same answer to the last figure"
    return (
        f"{run} and compare the hashes of the inputs.",
        f"{same}, unless a time limit or an interruption ended a search.",
    )


def phases_table(result: Result[Any]) -> Table:
    """One row per step of the solve."""
    rows = tuple((phase.name, f"{phase.seconds:.2f}", phase.note) for phase in result.phases)
    head = (Column("Step"), Column("Seconds", True), Column("What came of it"))
    return Table("Steps", head, rows, folded=True, ordered=True)


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{before}{str(key).replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}: ")
        elif isinstance(value, list | tuple):
            yield name, ", ".join(str(item) for item in value)
        elif value is not None and value != "":
            yield name, amount(value) if isinstance(value, float) else str(value)
