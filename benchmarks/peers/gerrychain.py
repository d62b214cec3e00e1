"""The optimisers of `gerrychain`: recombination of neighbouring lots (ReCom), in bursts, tilted or annealed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.peers.score import Score, links, number_of_lots, size_limits
from benchmarks.terms import Attempt, NotAskedError, Stopwatch, Task
from lotopt.engine.model import program as e
from lotopt.engine.model.program import Partitioning

LONG = 10**9
SIZE = "size"


def short_bursts(optimiser: Any, metric: float) -> Iterator[Any]:
    """Bursts of ten steps, each from the best plan so far."""
    return optimiser.short_bursts(10, LONG)


def tilted(optimiser: Any, metric: float) -> Iterator[Any]:
    """A run that takes worse plans now and then."""
    return optimiser.tilted_run(LONG, 0.125)


def annealing(optimiser: Any, metric: float) -> Iterator[Any]:
    """Simulated annealing: hot, cooling, cold, again and again; a step of a hundredth of the cost counts as large."""
    beta = optimiser.linear_jumpcycle_beta_function(100, 400, 500)
    return optimiser.simulated_annealing(LONG, beta, beta_magnitude=500.0 / max(metric, 1e-9))


METHODS: dict[str, Callable[[Any, float], Iterator[Any]]] = {
    "short bursts": short_bursts,
    "tilted": tilted,
    "annealing": annealing,
}


def optimiser(name: str) -> Callable[[Task], Attempt]:
    """One of the optimisers, started from a random plan within the limits and run until the time is over."""

    def attempt(task: Task) -> Attempt:
        from gerrychain.constraints import Bounds
        from gerrychain.optimization import SingleMetricOptimizer
        from gerrychain.proposals import recom
        from gerrychain.tree import bipartition_tree

        problem, score = task.problem, Score(task.problem)
        which, low, high = size_limits(problem)
        lots = number_of_lots(problem)
        sizes = problem.program.sums[which]
        mean = float(sizes.sum()) / lots
        apart = max(mean - low, high - mean) / mean
        if not high < float("inf"):
            raise NotAskedError("there is no upper limit on the size of a lot")
        middle = (low + high) / 2
        graph, layers = _graph(problem, which)
        draw = random.Random(task.terms.seed)
        task.begin()
        watch = Stopwatch()
        start = _start(graph, lots, apart, draw, watch, task.terms.limit)
        steps, after = 0, 0.0
        best: tuple[float, float] | None = None
        plan: list[object] | None = None
        if start is not None:
            atoms = {node: start.graph.node_data(node)["atom"] for part in start.parts.values() for node in part}
            if any(node != atom for node, atom in atoms.items()):
                raise AssertionError("gerrychain has numbered the atoms in another way")
            scale = 10.0 * (abs(score.plan(start.parts.values())[1]) + 1.0)

            def metric(partition: Any) -> float:
                broken, cost = score.plan(partition.parts.values())
                return cost + scale * broken

            # a pair of lots that cannot be cut within the limits is left for another pair
            cut = partial(bipartition_tree, max_attempts=200, allow_pair_reselection=True)
            proposal = partial(
                recom, pop_col=SIZE, pop_target=middle, epsilon=(high - low) / 2 / middle, bipartition_tree_fn=cut,
                region_surcharge=dict.fromkeys(layers, 1.0) or None,
            )  # fmt: skip
            bounds = Bounds(lambda partition: partition[SIZE].values(), bounds=(low, high))
            # gerrychain asks that the first plan keeps every constraint; where it does not, proposal and metric do
            rules = [bounds] if bounds(start) else []
            search = SingleMetricOptimizer(proposal, rules, start, metric, maximize=False, rng=draw)
            for partition in METHODS[name](search, metric(start)):
                steps += 1
                reached = score.plan(partition.parts.values())
                if best is None or reached < best:
                    best, plan, after = reached, _plan(task, partition), watch.seconds
                    task.keep(plan)
                if watch.seconds > task.terms.limit:
                    break
        status = "unknown" if plan is None else "feasible"
        note = f"{steps:,} steps, the best plan after {after:.1f} s"
        if start is None:
            note = "no plan within the limits to start from"
        return Attempt(status, plan=plan, seconds=watch.seconds, cpu_seconds=watch.cpu_seconds, note=note)

    return attempt


def _graph(problem: Partitioning, which: int) -> tuple[Any, list[str]]:
    """The atoms as a graph with sizes, and the agencies of layers that the goal or a row counts."""
    import networkx
    from gerrychain import Graph

    p = problem.program
    found = networkx.Graph()
    counted = sorted({int(p.which[slot]) for slot in range(p.slots) if p.kind[slot] == e.SPAN})
    near = links(problem)
    for v in near:  # all nodes first: gerrychain numbers them anew in the order in which they come
        met = {f"layer{layer}": str(p.layer_agency[p.layer_ptr[layer, v] : p.layer_ptr[layer, v + 1]][:1])
               for layer in counted}  # fmt: skip
        found.add_node(v, atom=v, **{SIZE: float(p.sums[which, v])}, **met)
    found.add_edges_from((v, u) for v in near for u in near[v])
    return Graph.from_networkx(found), [f"layer{layer}" for layer in counted]


def _start(graph: Any, lots: int, apart: float, draw: random.Random, watch: Stopwatch, limit: float) -> Any:
    """A random plan within the limits, tried again until the time is over."""
    from gerrychain import Partition
    from gerrychain.updaters import Tally

    while watch.seconds < limit:
        try:
            return Partition.from_random_assignment(
                graph, lots, apart, SIZE, updaters={SIZE: Tally(SIZE, alias=SIZE)}, rng=draw
            )
        except Exception:
            continue  # it gives up in several ways; each time another tree may do
    return None


def _plan(task: Task, partition: Any) -> list[object]:
    label = [0] * task.problem.program.atoms
    for number, lot in enumerate(sorted(partition.parts.values(), key=min)):
        for atom in lot:
            label[atom] = number
    return task.areas(label)


