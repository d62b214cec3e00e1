"""Small random maps with rules and goals, and their best design by looking at every partition."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lotopt.design import goals as g
from lotopt.design import rules as r
from lotopt.design.clause import DesignGoal, DesignRule
from lotopt.design.problem import fixed_count
from lotopt.territory.lots import LotTable
from lotopt.territory.parts import Borders, Layer, Measure, Partition
from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class Case:
    """A territory, rules and goals."""

    territory: Territory
    rules: tuple[DesignRule, ...]
    goals: tuple[DesignGoal, ...]


def random_territory(random: np.random.Generator, most: int = 9) -> Territory:
    """Up to `most` areas on a jittered grid, most neighbours linked, now and then an island or a ferry."""
    n = int(random.integers(3, most + 1))
    width = 3
    xy = np.array([[i % width, i // width] for i in range(n)], float) * 10_000 + random.integers(-3000, 3000, (n, 2))
    pairs = [(i, i + 1) for i in range(n - 1) if (i + 1) % width] + [(i, i + width) for i in range(n - width)]
    pairs += [(i, i + width + 1) for i in range(n - width - 1) if (i + 1) % width and random.random() < 0.4]
    pairs = sorted(pair for pair in pairs if random.random() < 0.9) or [(0, 1)]
    kinds = tuple("ferry" if random.random() < 0.15 else "land" for _ in pairs)
    metres = np.array([0.0 if kind == "ferry" else float(random.integers(1, 20) * 500) for kind in kinds])
    borders = Borders(np.array([a for a, _ in pairs]), np.array([b for _, b in pairs]), metres, kinds)

    def layer(name: str) -> Layer:
        count = int(random.integers(1, 4))
        return Layer(name, tuple(f"{name}{i}" for i in range(count)), random.integers(0, count, n))

    def measure(name: str, low: int) -> Measure:
        values = random.integers(low, 12, n) * float(random.choice([1.0, 1.0, 1e-10, 0.1, 1e6]))
        values[random.random(n) < 0.15 * (1 - low)] = 0.0
        return Measure(name, values, unit=name)

    lots = int(random.integers(1, 4))
    base = Partition("base", tuple(f"B{i}" for i in range(lots)), random.integers(0, lots, n))
    return Territory(
        ids=tuple(f"a{i}" for i in range(n)),
        names=tuple(f"Area {i}" for i in range(n)),
        xy=xy,
        km2=np.ones(n),
        measures={"cases": measure("cases", 1), "people": measure("people", 0)},
        layers={"police": layer("police"), "court": layer("court")},
        borders=borders,
        designs={"base": base},
    )


def random_rule(kind: str, territory: Territory, random: np.random.Generator) -> DesignRule:
    """A rule of a kind with random fields, loose enough to be kept about half the time."""
    layer = str(random.choice(["police", "court"]))
    measure = str(random.choice(["cases", "people"]))
    whole = float(territory.measure(measure).sum())
    ids = territory.ids
    excepted = (str(random.choice(ids)),) if random.random() < 0.3 else ()
    some = [str(x) for x in random.choice(ids, min(len(ids), int(random.integers(2, 4))), replace=False)]
    lots = int(random.integers(1, 5))
    match kind:
        case "lot_count":
            return r.LotCount(at_least=lots, at_most=lots + int(random.integers(0, 3)))
        case "size_between":
            low, high = sorted(random.uniform(0.0, 0.9, 2))
            if random.random() < 0.4:  # limits that some lots meet exactly, or all but for the last digit
                values = territory.measure(measure)
                sizes = sorted(float(values[random.random(len(ids)) < 0.5].sum()) / max(whole, 1e-300) for _ in "ab")
                return r.SizeBetween(measure=measure, at_least=min(sizes), at_most=sizes[1], of="share")
            if random.random() < 0.3:
                return r.SizeBetween(measure=measure, at_least=low / 3, at_most=high + 0.1, of="share",
                                     excepted=excepted)  # fmt: skip
            low, high = math.floor(low * whole / 3), math.ceil((high + 0.1) * whole)
            return r.SizeBetween(measure=measure, at_least=low, at_most=high, excepted=excepted)
        case "contiguous":
            kinds = territory.borders.all_kinds
            if random.random() < 0.3 and "ferry" in kinds:
                return r.Contiguous(leave_out=("ferry",))
            return r.Contiguous()
        case "whole":
            return r.Whole(layer=layer, excepted=excepted)
        case "nested":
            return r.Nested(layer=layer, excepted=excepted)
        case "within":
            return r.Within(layer=layer, excepted=excepted)
        case "largest_span":
            return r.LargestSpan(layer=layer, at_most=int(random.integers(1, 3)), excepted=excepted)
        case "reach":
            return r.Reach(measure=measure, at_most=float(random.uniform(4, 25)), excepted=excepted)
        case "keep_together":
            return r.KeepTogether(places=tuple(some))
        case "keep_apart":
            return r.KeepApart(places=tuple(some))
        case "fixed":
            return r.Fixed(lots={"North": (some[0],), "South": tuple(some[1:])}, complete=random.random() < 0.3)
        case "splits":
            return r.Splits(layer=layer, at_most=int(random.integers(0, 4)))
    raise ValueError(kind)


def random_goal(kind: str, random: np.random.Generator) -> DesignGoal:
    layer = str(random.choice(["police", "court"]))
    measure = str(random.choice(["cases", "people"]))
    weight = float(random.integers(1, 5)) * float(random.choice([1.0, 1.0, 1.0, 1e9, 1e-6]))
    match kind:
        case "compactness":
            return g.Compactness(measure=measure, weight=weight / 100)
        case "border_length":
            return g.BorderLength(weight=weight)
        case "interfaces":
            return g.Interfaces(layer=layer, weight=weight)
        case "straddles":
            return g.Straddles(layer=layer, weight=weight)
        case "change_from":
            return g.ChangeFrom(design="base", measure=measure, weight=weight)
        case "lots":
            return g.Lots(weight=weight)
        case "balance":
            return g.Balance(measure=measure, weight=weight)
    raise ValueError(kind)


def random_case(seed: int, rule: str | None = None, goal: str | None = None, most: int = 9) -> Case:
    """A case that holds the named rule and goal, and some others."""
    random = np.random.default_rng(seed)
    territory = random_territory(random, most)
    others = [kind.model_fields["kind"].default for kind in r.RULES]
    kinds = {str(kind) for kind in random.choice(others, int(random.integers(0, 3)), replace=False)}
    if random.random() < 0.7:
        kinds.add("contiguous")
    kinds |= {rule} if rule else set()
    wanted = [kind.model_fields["kind"].default for kind in g.GOALS]
    goal_kinds = {str(kind) for kind in random.choice(wanted, int(random.integers(0, 3)), replace=False)}
    goal_kinds |= {goal} if goal else set()
    rules = [random_rule(kind, territory, random) for kind in sorted(kinds)]
    if "balance" in goal_kinds:  # the mean lot is known only where the number of lots is fixed
        count = int(random.integers(1, min(4, len(territory)) + 1))
        rules = [rule for rule in rules if rule.kind != "lot_count"]
        rules.append(r.LotCount(at_least=count, at_most=count))
    return Case(territory, tuple(rules), tuple(random_goal(kind, random) for kind in sorted(goal_kinds)))


def best_by_looking(case: Case) -> float | None:
    """The least objective over all partitions that keep the rules; None where none does.

    Works from LotTable over all subsets of areas: no engine, no search, no bound.
    """
    territory, n = case.territory, len(case.territory)
    subsets = np.arange(1, 2**n)
    members = ((subsets[:, None] >> np.arange(n)) & 1).astype(bool)
    table = LotTable(territory, members, tuple(map(str, subsets)))
    legal = np.ones(len(subsets), dtype=bool)
    sums = []
    for rule in case.rules:
        for limit in rule.limits(territory):
            value = table.value(limit.feature)
            slack = 1e-9 * np.abs(value)
            inside = (value >= limit.at_least - slack) & (value <= limit.at_most + slack)
            legal &= inside | (table.holds(limit.exempt) > 0 if limit.exempt else False)
        for group in rule.together(territory):
            held = table.holds(group.areas)
            legal &= (held == 0) | (held == len(group.areas))
        sums += rule.sums(territory)
    lots = fixed_count(sums)
    costs = np.zeros(len(subsets))
    for goal in case.goals:
        for term in goal.terms(territory, lots):
            costs += goal.weight * term.coefficient * table.value(term.feature)
    values = [table.value(total.feature) for total in sums]
    best = None
    for chosen in _partitions(n, legal):
        rows = [subset - 1 for subset in chosen]
        if all(
            total.at_least - 1e-9 <= math.fsum(value[rows]) - total.offset <= total.at_most + 1e-9
            for total, value in zip(sums, values, strict=True)
        ):
            cost = math.fsum(costs[rows])
            best = cost if best is None else min(best, cost)
    return best


def _partitions(n: int, legal: Sequence[bool]) -> Iterator[list[int]]:
    """Every way to make up all n areas from disjoint legal subsets (bit sets)."""
    by_lowest: list[list[int]] = [[] for _ in range(n)]
    for subset in range(1, 2**n):
        if legal[subset - 1]:
            by_lowest[(subset & -subset).bit_length() - 1].append(subset)

    def extend(left: int) -> Iterator[list[int]]:
        if not left:
            yield []
            return
        for subset in by_lowest[(left & -left).bit_length() - 1]:
            if subset & left == subset:
                for rest in extend(left & ~subset):
                    yield [subset, *rest]

    yield from extend(2**n - 1)
