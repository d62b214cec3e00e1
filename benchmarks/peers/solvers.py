"""The solvers that read a peer's model: each gets the same model, limit, gap, seed and threads, and nothing else."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.model import Floats, Model
from benchmarks.peers.whole import whole_numbers
from benchmarks.terms import Attempt, Stopwatch, Task, Terms

# word, objective, bound and values, as the solver tells them
Told = tuple[str, float | None, float | None, Floats | None]
Run = Callable[[Terms], Told]


def solve(task: Task, model: Model, prepare: Callable[[Model], Run]) -> Attempt:
    """Hand a finished model over; the clock starts once the solver has it in its own form."""
    run = prepare(model)
    task.begin()
    watch = Stopwatch()
    word, objective, bound, values = run(task.terms)
    seconds, cpu_seconds = watch.seconds, watch.cpu_seconds
    attempt = Attempt(
        word,
        objective,
        bound if bound is not None and math.isfinite(bound) else None,
        None if values is None else model.plan_of(values),
        seconds,
        cpu_seconds,
        len(model.cost),
        len(model.low),
        enumerate_seconds=model.enumerate_seconds,
    )
    if not model.proxy:
        return attempt
    return replace(attempt, status="feasible" if word == "optimal" else word, claimed=None, bound=None)


def highs(model: Model) -> Run:
    """HiGHS by its own interface."""
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.low)
    lp.col_cost_, lp.col_lower_ = np.array(model.cost), np.zeros(len(model.cost))
    lp.col_upper_ = np.array(model.upper)
    rows = list(model.rows())
    lp.row_lower_, lp.row_upper_ = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row[0]) for row in rows)]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([row[0] for row in rows])
    lp.a_matrix_.value_ = np.concatenate([row[1] for row in rows])
    kinds = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [kinds[0] if whole else kinds[1] for whole in model.whole]

    def run(terms: Terms) -> Told:
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        for option, value in (
            ("threads", terms.threads), ("random_seed", terms.seed), ("time_limit", terms.limit),
            ("mip_rel_gap", terms.gap),
        ):  # fmt: skip
            solver.setOptionValue(option, value)
        if solver.passModel(lp) == highspy.HighsStatus.kError:
            raise ValueError("HiGHS does not take the model")
        solver.run()
        return _highs_told(solver)

    return run


def _highs_told(solver: Any) -> Told:
    import highspy

    info = solver.getInfo()
    word = solver.modelStatusToString(solver.getModelStatus())
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if found else None
    objective = float(info.objective_function_value) if found else None
    status = {"Optimal": "optimal", "Infeasible": "infeasible"}.get(word, "feasible" if found else "unknown")
    return status, objective, float(info.mip_dual_bound), values


def _in_pulp(model: Model) -> tuple[Any, list[Any]]:
    """The model as one would write it in PuLP."""
    import pulp

    problem = pulp.LpProblem("peer", pulp.LpMinimize)
    kinds = {True: pulp.LpInteger, False: pulp.LpContinuous}
    x = [
        pulp.LpVariable(f"x{i}", 0, None if math.isinf(upper) else upper, kinds[whole])
        for i, (upper, whole) in enumerate(zip(model.upper, model.whole, strict=True))
    ]
    problem += pulp.LpAffineExpression([(x[i], cost) for i, cost in enumerate(model.cost) if cost])
    for index, values, low, high in model.rows():
        total = pulp.LpAffineExpression([(x[i], v) for i, v in zip(index.tolist(), values.tolist(), strict=True)])
        if low == high:
            problem += total == low
        else:
            if math.isfinite(low):
                problem += total >= low
            if math.isfinite(high):
                problem += total <= high
    return problem, x


def _pulp_told(problem: Any, x: list[Any], bound: float | None) -> Told:
    """PuLP's `status` says Optimal after a time limit; `sol_status` tells the truth."""
    import pulp

    words = {
        pulp.LpSolutionOptimal: "optimal",
        pulp.LpSolutionIntegerFeasible: "feasible",
        pulp.LpSolutionInfeasible: "infeasible",
    }
    word = words.get(problem.sol_status, "unknown")
    values = np.array([variable.varValue or 0.0 for variable in x])
    if word not in ("optimal", "feasible"):
        return word, None, bound, None
    return word, float(pulp.value(problem.objective)), bound, values


def pulp_cbc(model: Model) -> Run:
    """PuLP with the CBC that comes with it; its bound is read from its log."""
    import pulp

    problem, x = _in_pulp(model)

    def run(terms: Terms) -> Told:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "cbc.log"
            problem.solve(
                pulp.PULP_CBC_CMD(
                    msg=False, timeLimit=terms.limit, gapRel=terms.gap, threads=terms.threads, logPath=str(log),
                    options=[f"randomCbcSeed {terms.seed}", f"randomSeed {terms.seed}"],
                )
            )  # fmt: skip
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        word, objective, _, values = _pulp_told(problem, x, None)
        return word, objective, _cbc_bound(text, word, objective, terms.gap), values

    return run


def _cbc_bound(log: str, word: str, objective: float | None, gap: float) -> float | None:
    """CBC tells its bound where it is stopped, and no figure where it is done: then its word is worth the gap."""
    if word == "optimal" and objective is not None:
        return objective - gap * abs(objective)
    told = re.findall(r"^Lower bound:\s+(\S+)", log, flags=re.MULTILINE)
    told = told or re.findall(r"best possible (\S+)", log.replace(")", ""))
    bound = float(told[-1]) if told else math.inf
    return bound if abs(bound) < 1e40 else None


def pulp_highs(model: Model) -> Run:
    """PuLP with HiGHS."""
    import pulp

    problem, x = _in_pulp(model)

    def run(terms: Terms) -> Told:
        problem.solve(
            pulp.HiGHS(
                msg=False, timeLimit=terms.limit, gapRel=terms.gap, threads=terms.threads, random_seed=terms.seed
            )
        )
        return _pulp_told(problem, x, float(problem.solverModel.getInfo().mip_dual_bound))

    return run


def scip(model: Model) -> Run:
    """SCIP by its Python interface; it uses one thread."""
    import pyscipopt

    solver = pyscipopt.Model()
    solver.hideOutput()
    x = [
        solver.addVar(vtype="I" if whole else "C", lb=0.0, ub=None if math.isinf(upper) else upper, obj=cost)
        for upper, whole, cost in zip(model.upper, model.whole, model.cost, strict=True)
    ]
    for index, values, low, high in model.rows():
        total = pyscipopt.quicksum(v * x[i] for i, v in zip(index.tolist(), values.tolist(), strict=True))
        if low == high:
            solver.addCons(total == low)
        else:
            if math.isfinite(low):
                solver.addCons(total >= low)
            if math.isfinite(high):
                solver.addCons(total <= high)

    def run(terms: Terms) -> Told:
        solver.setParam("limits/time", terms.limit)
        solver.setParam("limits/gap", terms.gap)
        solver.setParam("randomization/randomseedshift", terms.seed)
        solver.optimize()
        word = solver.getStatus()
        bound = float(solver.getDualbound())
        bound_or_none = bound if abs(bound) < solver.infinity() else None
        if word == "infeasible":
            return "infeasible", None, None, None
        if not solver.getNSols():
            return "unknown", None, bound_or_none, None
        best = solver.getBestSol()
        values = np.array([solver.getSolVal(best, variable) for variable in x])
        done = "optimal" if word in ("optimal", "gaplimit") else "feasible"
        return done, float(solver.getObjVal()), bound_or_none, values

    return run


def cp_sat(model: Model) -> Run:
    """OR-Tools CP-SAT: every column whole, every row in whole numbers."""
    from ortools.sat.python import cp_model

    rows = whole_numbers(model)
    stated = cp_model.CpModel()
    x = [
        stated.new_int_var(0, int(min(upper, 1_000_000_000)), f"x{i}") for i, upper in enumerate(model.upper)
    ]
    for index, values, low, high in rows:
        total = cp_model.LinearExpr.weighted_sum([x[i] for i in index], values)
        stated.add_linear_expression_in_domain(total, cp_model.Domain(low, high))
    stated.minimize(cp_model.LinearExpr.weighted_sum(x, model.cost))

    def run(terms: Terms) -> Told:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = terms.limit
        solver.parameters.relative_gap_limit = terms.gap
        solver.parameters.num_workers = terms.threads
        solver.parameters.random_seed = terms.seed
        status = solver.solve(stated)
        if status == cp_model.INFEASIBLE:
            return "infeasible", None, None, None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return "unknown", None, None, None
        values = np.array([float(solver.value(variable)) for variable in x])
        word = "optimal" if status == cp_model.OPTIMAL else "feasible"
        return word, float(solver.objective_value), float(solver.best_objective_bound), values

    return run
