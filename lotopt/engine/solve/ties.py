"""One plan among equals, by a declared rule: the same input always gives the same plan."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from lotopt.core.result import Status
from lotopt.engine.model.rows import PROOF_TOLERANCE
from lotopt.engine.solve.clock import Clock
from lotopt.engine.solve.lp import relax, shifted
from lotopt.engine.solve.master import Floats, Ints, Master, Row, solve_milp
from lotopt.engine.solve.solvers import SolverOptions

# Isolation lemma (Mulmuley, Vazirani & Vazirani 1987): with weights from 1 to N, the plan of least weight is unique
# with a chance of at least 1 - columns / N.
WEIGHT_BITS = 28


def tie_weight(key: bytes | str) -> int:
    """The weight of a column in the choice among equals: 28 bits of the BLAKE2b hash of its key, plus one."""
    data = key.encode() if isinstance(key, str) else key
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") % 2**WEIGHT_BITS + 1


def dearer(master: Master, plan: Ints) -> Master:
    """The master in which every plan that holds all columns of `plan` costs a unit more: one column more, for that
    unit.

    Where costs are whole and none is negative, and `plan` are the columns of the cheapest plan that cost something,
    the least cost tells whether others are as cheap.
    """
    unit = master.size
    wider = Master(np.append(master.costs, 1.0), master.rows, (*master.keys, "a unit more"), master.constant)
    held, values = np.append(plan, unit), np.append(np.ones(len(plan)), -1.0)
    return wider.held_to([Row("any other plan", held, values, at_most=len(plan) - 1.0)])


def break_ties(
    master: Master, chosen: Ints, objective: float, options: SolverOptions, clock: Clock
) -> tuple[Ints, str]:
    """Among all plans as cheap as the best, the one whose columns have the smallest sum of hash weights.

    `objective` is the proven least cost and `chosen` a plan that has it. As cheap means within 1e-9 of the objective,
    the precision of any proof; exactly as cheap where all costs are whole. `master` holds all columns that may be
    in such a plan. The choice depends on keys, costs and rows alone, not on the order of columns, the seed or the
    solver. Gives the sorted columns and an empty text, or, where the time is too short, the plan as it was and a
    sentence that says so. Raises KeyboardInterrupt when interrupted.
    """
    slack = 0.0 if master.whole_costs else PROOF_TOLERANCE * abs(objective)
    most = objective + slack
    relaxed = relax(master, options, clock)
    among = np.arange(master.size) if relaxed is None else np.union1d(relaxed.needed(most), chosen)
    equal = shifted(master, relaxed).subset(among)
    limit = math.fsum([objective, -equal.constant])  # rows are checked with the same slack
    as_cheap = Row("as cheap as the best", np.arange(equal.size), equal.costs, -math.inf, limit)
    weights: Floats = np.array([float(tie_weight(key)) for key in equal.keys])
    weighed = Master(weights, (*equal.rows, as_cheap), equal.keys)
    answer = solve_milp(weighed, options.model_copy(update={"gap": 0.0}), clock, start=np.searchsorted(among, chosen))
    if answer.interrupted:
        raise KeyboardInterrupt
    if answer.chosen is None or answer.status != Status.OPTIMAL:
        return np.sort(chosen), "other plans may be equally good; choosing among them by rule was not finished"
    return among[answer.chosen], ""
