"""Models of lot design: one binary for every candidate lot, or areas assigned to lots."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.peers.assignment import Assignment
from benchmarks.peers.model import Floats, Model
from benchmarks.terms import NotAskedError, Task
from lotopt.engine.columns.pricing import Columns, price
from lotopt.engine.model.program import Partitioning

# Candidate lots that a MILP over all of them may have.
MOST_COLUMNS = 200_000
# Steps after which writing them down is given up.
MOST_STEPS = 60_000_000


def all_columns(problem: Partitioning) -> Columns | None:
    """Every candidate lot, None where there are too many. The walk is the engine's: no peer could be faster."""
    program = problem.program
    steps = [MOST_STEPS]

    def stop() -> bool:
        steps[0] -= 200_000
        return steps[0] < 0

    nothing = np.zeros(program.slots), np.zeros(program.atoms), np.zeros(len(problem.rows))
    found = price(problem, *nothing, 1.0, most=MOST_COLUMNS + 1, keep_best=False, stop=stop)
    return found.columns if found.complete else None


def partition_milp(task: Task) -> Model:
    """Set partitioning over all candidate lots (Garfinkel & Nemhauser 1970), one binary for each."""
    problem = task.problem
    begun = time.perf_counter()
    columns = all_columns(problem)
    if columns is None:
        raise NotAskedError(f"more than {MOST_COLUMNS:,} candidate lots: not written down")
    model = Model(enumerate_seconds=time.perf_counter() - begun)
    for cost in columns.slots @ problem.cost:
        model.column(float(cost))
    inside = columns.members(problem.program.atoms)
    for atom in range(problem.program.atoms):
        model.row(np.flatnonzero(inside[:, atom]), 1.0, 1.0, 1.0)
    for r in range(len(problem.rows)):
        values = columns.slots @ problem.rows[r]
        used = np.flatnonzero(values)
        model.row(used, values[used], float(problem.row_low[r]), float(problem.row_high[r]))

    def plan_of(values: Floats) -> list[object]:
        chosen = inside[values > 0.5]
        return list(task.areas(np.argmax(chosen, axis=0).tolist()))

    model.plan_of = plan_of
    return model


def assignment_milp(task: Task) -> Model:
    """Atoms assigned to lots (Hess et al. 1965), each lot named by its smallest atom, in one piece by flow.

    x[i, j]: atom i is in the lot of atom j <= i, which removes the symmetry between lots. Flow from j to every atom
    of its lot keeps it in one piece (Shirabe 2009). A border that is cut: at least x[a, j] - x[b, j] for each j, the
    form with a variable per lot, which has the tighter relaxation (Validi & Buchanan 2022).
    """
    return _stated(task, Assignment(task.problem, "smallest"))


def numbered_milp(task: Task) -> Model:
    """Atoms assigned to lots with numbers: n x K columns in place of n x n / 2, and symmetry between lots.

    Flow from one atom of each lot that the model chooses (Hojny et al. 2021; Validi & Buchanan 2022).
    """
    return _stated(task, Assignment(task.problem, "number"))


def centre_milp(task: Task) -> Model:
    """The same with each lot named by any of its atoms, its centre, and the distance to it as the cost.

    Moment of inertia about a lot's own centroid is not linear in assignments; about a centre among the atoms it is
    (Hess et al. 1965). The best plan of this cost is a plan for ours, without a bound.
    """
    return _stated(task, Assignment(task.problem, "centre"))


def _stated(task: Task, assignment: Assignment) -> Model:
    model = assignment.stated()

    def plan_of(values: Floats) -> list[object]:
        lot = [0] * task.problem.program.atoms
        for (i, j), column in assignment.x.items():
            if values[column] > 0.5:
                lot[i] = j
        return task.areas(lot)

    model.plan_of = plan_of
    return model
