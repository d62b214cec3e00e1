"""Every peer by the name it has in the tables: what it needs, how it is run, and whether it can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.peers import gerrychain, solvers, spopt
from benchmarks.peers.bids import allocation_milp
from benchmarks.peers.joint import joint_milp
from benchmarks.peers.lots import assignment_milp, centre_milp, numbered_milp, partition_milp
from benchmarks.peers.model import Model
from benchmarks.terms import Attempt, Task


@dataclass(frozen=True)
class Peer:
    """`package` is what has to be installed. `exact` where it can prove something about our objective.

    `stops` where it looks at the clock itself; one that does not is ended at the limit, and its best plan so far
    counts.
    """

    name: str
    package: str
    run: Callable[[Task], Attempt]
    exact: bool = True
    stops: bool = True


SOLVERS = {
    "HiGHS": ("highspy", solvers.highs),
    "PuLP CBC": ("pulp", solvers.pulp_cbc),
    "PuLP HiGHS": ("pulp", solvers.pulp_highs),
    "SCIP": ("pyscipopt", solvers.scip),
    "CP-SAT": ("ortools", solvers.cp_sat),
}

MODELS: dict[str, tuple[Callable[[Task], Model], bool]] = {
    "all columns": (partition_milp, True),
    "assignment": (assignment_milp, True),
    "numbered lots": (numbered_milp, True),
    "centres": (centre_milp, False),
    "bids": (allocation_milp, True),
    "assignment x provider": (joint_milp, True),
}


def _by_milp(state: Callable[[Task], Model], prepare: Callable[[Model], solvers.Run], task: Task) -> Attempt:
    return solvers.solve(task, state(task), prepare)


def _all() -> tuple[Peer, ...]:
    milps = [
        Peer(f"{model}, {solver}", package, partial(_by_milp, state, prepare), exact)
        for model, (state, exact) in MODELS.items()
        for solver, (package, prepare) in SOLVERS.items()
    ]
    chains = [
        Peer(f"gerrychain {name}", "gerrychain", gerrychain.optimiser(name), exact=False)
        for name in gerrychain.METHODS
    ]
    regions = [
        Peer(f"spopt {name}", "spopt", spopt.heuristic(name), exact=False, stops=False) for name in spopt.METHODS
    ]
    return (*milps, *chains, *regions, Peer("spopt p-median", "spopt", spopt.p_median, exact=False))


PEERS: dict[str, Peer] = {peer.name: peer for peer in _all()}
