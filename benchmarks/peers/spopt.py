"""Heuristics and the p-median MILP of `spopt`: regions of areas alike in position; most know no limit on size."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.peers.score import Score, links, lots_of, number_of_lots, size_limits
from benchmarks.terms import Attempt, NotAskedError, Stopwatch, Task

# labels of one run; the seed counts up from run to run
Method = Callable[["Frame", int], Sequence[int]]


class Frame:
    """The atoms as spopt reads them: positions as attributes, sizes, weights of contiguity."""

    def __init__(self, task: Task) -> None:
        import geopandas
        from libpysal.weights import W

        problem = task.problem
        self.lots = number_of_lots(problem)
        which, self.least, self.most = size_limits(problem)
        self.size = problem.program.sums[which]
        area = task.contracted.atom_of
        count = np.bincount(area)
        x, y = (np.bincount(area, weights=task.territory.xy[:, k]) / count / 1000.0 for k in (0, 1))
        self.data = geopandas.GeoDataFrame(
            {"x": x, "y": y, "size": self.size}, geometry=geopandas.points_from_xy(x, y)
        )
        self.weights = W(links(problem), silence_warnings=True)


def _k_means(frame: Frame, seed: int) -> Sequence[int]:
    from spopt.region import RegionKMeansHeuristic

    model = RegionKMeansHeuristic(frame.data[["x", "y"]].values, frame.lots, frame.weights, seed=seed)
    model.solve()
    return list(model.labels_)


def _azp(frame: Frame, seed: int) -> Sequence[int]:
    from spopt.region import AZP

    model = AZP(frame.data, frame.weights, ["x", "y"], n_clusters=frame.lots, random_state=seed)
    model.solve()
    return list(model.labels_)


def _skater(frame: Frame, seed: int) -> Sequence[int]:
    from spopt.region import Skater

    model = Skater(frame.data, frame.weights, ["x", "y"], n_clusters=frame.lots)
    model.solve()
    return list(model.labels_)


def _ward(frame: Frame, seed: int) -> Sequence[int]:
    from spopt.region import WardSpatial

    model = WardSpatial(frame.data, frame.weights, ["x", "y"], n_clusters=frame.lots)
    model.solve()
    return list(model.labels_)


def _max_p(frame: Frame, seed: int) -> Sequence[int]:
    from spopt.region import MaxPHeuristic

    np.random.seed(seed)  # noqa: NPY002 -- what spopt draws from
    model = MaxPHeuristic(frame.data, frame.weights, ["x", "y"], "size", frame.least, top_n=2)
    model.solve()
    return [int(label) for label in model.labels_]


METHODS: dict[str, tuple[Method, bool]] = {  # the method, and whether another seed gives another plan
    "RegionKMeans": (_k_means, True),
    "AZP": (_azp, True),
    "MaxP": (_max_p, True),
    "Skater": (_skater, False),
    "WardSpatial": (_ward, False),
}


def heuristic(name: str) -> Callable[[Task], Attempt]:
    """A heuristic, run with seed after seed for as long as there is time; the best plan of all counts.

    Plans that keep the rules come before others, and among these the one that breaks least.
    """

    def attempt(task: Task) -> Attempt:
        method, random = METHODS[name]
        frame, score = Frame(task), Score(task.problem)
        task.begin()
        watch = Stopwatch()
        best: tuple[float, float] | None = None
        plan: list[object] | None = None
        runs, after = 0, 0.0
        for labels in _runs(method, frame, task.terms.seed, random):
            runs += 1
            reached = score.plan(lots_of(labels))
            if best is None or reached < best:
                best, plan, after = reached, task.areas(list(labels)), watch.seconds
                task.keep(plan)
            if watch.seconds > task.terms.limit:
                break
        note = f"{runs} runs, the best after {after:.1f} s"
        return Attempt("feasible", plan=plan, seconds=watch.seconds, cpu_seconds=watch.cpu_seconds, note=note)

    return attempt


def _runs(method: Method, frame: Frame, seed: int, random: bool) -> Iterator[Sequence[int]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for each in itertools.count(seed) if random else (seed,):
            yield method(frame, each)


def p_median(task: Task) -> Attempt:
    """The p-median of spopt.locate with capacities, a MILP in PuLP: no lower limit and nothing about pieces."""
    import pulp
    from spopt.locate import PMedian

    frame = Frame(task)
    if len(frame.size) > 1000:
        raise NotAskedError("more than a million assignments: not written down")
    at = frame.data[["x", "y"]].values
    apart = ((at[:, None, :] - at[None, :, :]) ** 2).sum(axis=2)
    most = np.full(len(at), frame.most)
    model: Any = PMedian.from_cost_matrix(apart, frame.size, p_facilities=frame.lots, facility_capacities=most)
    task.begin()
    watch = Stopwatch()
    terms = task.terms
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=terms.limit, gapRel=terms.gap, threads=terms.threads))
    seconds, cpu_seconds = watch.seconds, watch.cpu_seconds
    if model.problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Attempt("unknown", seconds=seconds, cpu_seconds=cpu_seconds)
    plan: list[object] = [0] * len(at)
    for facility, clients in enumerate(model.fac2cli):
        for client in clients:
            plan[client] = facility
    return Attempt("feasible", plan=task.areas(plan), seconds=seconds, cpu_seconds=cpu_seconds)
