"""Why no design exists, in words: facts that prove it at a glance, then a smallest set of conflicting rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from lotopt.core.errors import InputError
from lotopt.core.reading import plain
from lotopt.core.result import Status
from lotopt.design.clause import DesignRule
from lotopt.design.problem import contract, fixed_count, resolve
from lotopt.engine.conflict import smallest_conflict
from lotopt.engine.partition import solve_partition
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.solvers import SolverOptions
from lotopt.territory import features as f
from lotopt.territory.territory import Territory

MOST_FACTS = 8


def conflict(
    territory: Territory, rules: Sequence[DesignRule], options: SolverOptions, clock: Clock
) -> tuple[str, ...]:
    """Sentences about rules that no design keeps together. The search for them ends with the clock."""

    def holds(some: Sequence[DesignRule]) -> bool | None:
        try:
            problem = contract(territory, resolve(territory, some, ())).problem
        except InputError:
            return None
        answer = solve_partition(problem, options, clock.part(0.25, at_least=5.0))
        if answer.interrupted:
            raise KeyboardInterrupt
        return {Status.INFEASIBLE: False, Status.UNKNOWN: None}.get(answer.status, True)

    found = tuple(facts(territory, rules))
    try:
        clash = smallest_conflict(rules, holds, clock)
    except KeyboardInterrupt:
        return found
    return (*found, *(f"{rule.label}: {rule.explain()}" for rule in clash))


def facts(territory: Territory, rules: Sequence[DesignRule]) -> Iterator[str]:
    """Each fact that alone proves that no design keeps the rules; there may be none although none does."""
    resolved = resolve(territory, rules, ())
    sizes = [
        (rule, limit) for rule in rules for limit in rule.limits(territory) if isinstance(limit.feature, f.Total)
    ]
    for rule, limit in sizes:
        assert isinstance(limit.feature, f.Total)
        values = territory.measure(limit.feature.measure)
        yield from _too_large(territory, rule, limit.feature.measure, limit.at_most, set(limit.exempt), rules)
        whole, lots = float(values.sum()), fixed_count(resolved.sums)
        if lots is not None and not limit.exempt and math.isfinite(limit.at_most) and lots * limit.at_most < whole:
            yield (
                f"{rule.label}: {lots} lots of at most {plain(limit.at_most)} hold {plain(lots * limit.at_most)} "
                f"{limit.feature.measure}, the territory has {plain(whole)}"
            )
        if lots is not None and not limit.exempt and lots * limit.at_least > whole * (1 + 1e-9):
            yield (
                f"{rule.label}: {lots} lots of at least {plain(limit.at_least)} need {plain(lots * limit.at_least)} "
                f"{limit.feature.measure}, the territory has {plain(whole)}"
            )
    yield from _cut_off(territory, rules, [(rule, limit.feature, limit.at_least) for rule, limit in sizes])


def _too_large(
    territory: Territory,
    rule: DesignRule,
    measure: str,
    at_most: float,
    exempt: set[int],
    rules: Sequence[DesignRule],
) -> Iterator[str]:
    """Areas, or agencies that stay whole, that are larger than any lot may be."""
    values = territory.measure(measure)
    groups = [(other.label, group) for other in rules for group in other.together(territory)]
    told = 0
    for label, group in groups:
        size = float(values[list(group.areas)].sum())
        if size > at_most * (1 + 1e-9) and not exempt.intersection(group.areas) and told < MOST_FACTS:
            told += 1
            yield (
                f"{group.name} has {plain(size)} {measure}, more than {rule.label} lets a lot have "
                f"({plain(at_most)}), and {label} keeps it in one lot; to allow it, give {rule.label} "
                f'or {label} except = ["{group.name}"]'
            )
    for area in np.flatnonzero(values > at_most * (1 + 1e-9)):
        if int(area) not in exempt and told < MOST_FACTS:
            told += 1
            name = territory.names[area]
            yield (
                f"{name} alone has {plain(float(values[area]))} {measure}, more than {rule.label} lets a lot have "
                f'({plain(at_most)}); to allow it, give {rule.label} except = ["{name}"]'
            )


def _cut_off(
    territory: Territory, rules: Sequence[DesignRule], sizes: Sequence[tuple[DesignRule, f.Feature, float]]
) -> Iterator[str]:
    """Ground that no link leads to and that is too small for a lot of its own."""
    pieces = [
        (rule, limit.feature)
        for rule in rules
        for limit in rule.limits(territory)
        if isinstance(limit.feature, f.Pieces)
    ]
    if not pieces:
        return
    rule, feature = pieces[0]
    chosen = territory.borders.of_kinds(feature.kinds)
    parts = _components(len(territory), territory.borders.a[chosen], territory.borders.b[chosen])
    if len(parts) < 2:
        return
    for part in sorted(parts, key=len)[:-1][:MOST_FACTS]:
        for size_rule, total, at_least in sizes:
            assert isinstance(total, f.Total)
            size = float(territory.measure(total.measure)[part].sum())
            if size < at_least * (1 - 1e-9):
                names = ", ".join(territory.names[i] for i in part[:3]) + (" ..." if len(part) > 3 else "")
                yield (
                    f"{names}: no border or link that {rule.label} counts leads there, and its {plain(size)} "
                    f"{total.measure} are fewer than {size_rule.label} asks of a lot ({plain(at_least)}); "
                    "add a link to the territory or count more kinds of link"
                )


def _components(n: int, a: np.ndarray, b: np.ndarray) -> list[list[int]]:
    label = np.arange(n)
    while True:
        before = label.copy()
        low = np.minimum(label[a], label[b])
        np.minimum.at(label, a, low)
        np.minimum.at(label, b, low)
        if np.array_equal(before, label):
            return [np.flatnonzero(label == root).tolist() for root in np.unique(label)]
