"""Large tenders, proven optimal: `allocate_bids` beside a solver that is handed the same MILP.

    python -m benchmarks.tenders --size 300x200x20000 --seed 1 2 3
    python -m benchmarks.tenders --size 1000x400x100000 --solver "HiGHS, limit" --limit 900
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.child import peak_mb
from benchmarks.machine import machine
from benchmarks.tender import LARGEST_DISCOUNT, SPREAD, Tender
from benchmarks.tender_market import market_of, rules_of
from benchmarks.tender_rows import Milp, milp_of
from lotopt.core.result import gap_of

ROOT = Path(__file__).resolve().parent.parent
# from the bids of a market to the audited awards; and the engine alone, on the arrays that HiGHS gets
ENGINE, ARRAYS = "lotopt", "lotopt, arrays"
# how a bid makes its provider a winner, for each solver; for the engine the market's rules say it
LINKS = {
    ENGINE: "", ARRAYS: "clique", "HiGHS, clique": "clique", "HiGHS, limit": "limit", "HiGHS, bid": "bid",
    "PuLP HiGHS, limit": "limit",
}  # fmt: skip
USUAL = (ENGINE, ARRAYS, "HiGHS, clique", "HiGHS, limit")
COLUMNS = {
    "tender": 18, "seed": 4, "solver": 17, "status": 9, "objective": 16, "bound": 16, "gap": 7, "CPU s": 7,
    "seconds": 7, "ours / this, CPU": 16, "MB": 6,
}  # fmt: skip


def main() -> None:
    """Compare, each solver in a process of its own; exit 1 where two proofs contradict each other."""
    parser = argparse.ArgumentParser(description="Large tenders: the engine beside HiGHS on the same MILP.")
    parser.add_argument("--size", default="300x200x20000", help="lots x providers x bids")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--solver", action="append", choices=[*LINKS], help="beside lotopt; the usual unless given")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for each solver")
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--spread", type=float, default=SPREAD, help="how far apart prices lie")
    parser.add_argument("--discount", type=float, default=LARGEST_DISCOUNT, help="what a package saves for each lot")
    parser.add_argument("--child", choices=[*LINKS], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    lots, providers, bids = map(int, asked.size.split("x"))
    if asked.child:
        tender = Tender(asked.seed[0], lots, providers, bids, asked.spread, asked.discount)
        print(json.dumps(_solved(tender, asked.child, asked.limit, asked.gap)))
        return
    told = machine()
    about = ("processor", "cores", "load_before", "python", "highspy", "pulp")
    print(", ".join(f"{key} {told[key]}" for key in about))
    print(f"limit {asked.limit:g} s, gap {asked.gap:g}, 1 thread, revision {told['revision']}")
    print(f"spread {asked.spread:g}, discount {asked.discount:g}\n")
    _line(list(COLUMNS))
    _line(["-" * width for width in COLUMNS.values()])
    solvers = tuple(dict.fromkeys((ENGINE, *asked.solver))) if asked.solver else USUAL
    wrong = [_compared(asked, seed, solvers) for seed in asked.seed]
    sys.exit(any(wrong))


def _compared(asked: argparse.Namespace, seed: int, solvers: tuple[str, ...]) -> bool:
    """One line for each solver; whether a plan of one lies below the bound of another."""
    found = []
    for solver in solvers:
        command = [sys.executable, "-m", "benchmarks.tenders", "--size", asked.size, "--seed", str(seed)]
        command += ["--child", solver, "--limit", str(asked.limit), "--gap", str(asked.gap)]
        command += ["--spread", str(asked.spread), "--discount", str(asked.discount)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
        one, ours = found[-1], found[0]
        ended = "" if one["status"] == "optimal" else "< "
        objective, bound = one["objective"], one["bound"]
        _line(
            [
                asked.size, str(seed), solver, one["status"], _money(objective), _money(bound),
                "" if objective is None or bound is None else f"{gap_of(objective, bound):.4%}",
                f"{one['cpu']:.1f}", f"{one['wall']:.1f}",
                "" if solver == ENGINE else f"{ended}{ours['cpu'] / one['cpu']:.2f}",
                f"{one['peak_mb']:,.0f}",
            ]
        )  # fmt: skip
    plans = [one["objective"] for one in found if one["objective"] is not None]
    bounds = [one["bound"] for one in found if one["bound"] is not None]
    wrong = bool(plans and bounds and max(bounds) > min(plans) * (1 + 1e-6))
    if wrong:
        print(f"seed {seed}: a bound lies above a plan")
    return wrong


def _money(pence: float | None) -> str:
    return "" if pence is None else f"{pence / 100:,.2f}"


def _line(cells: list[str]) -> None:
    print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, COLUMNS.values(), strict=True)) + " |")
    sys.stdout.flush()


def _solved(tender: Tender, solver: str, limit: float, gap: float) -> dict[str, Any]:
    """Solve and tell: the clock runs from the bids to the answer, the building of the model included."""
    import highspy  # noqa: F401  # imported before the clock starts
    import pulp  # noqa: F401

    if solver == ENGINE:
        return _awarded(tender, limit, gap)
    run = {ARRAYS: _arrays, "PuLP HiGHS, limit": _pulp}.get(solver, _highs)
    assert len(tender.drawn.price)
    wall, cpu = time.perf_counter(), time.process_time()
    status, objective, bound, plan = run(milp := milp_of(tender, LINKS[solver]), limit, gap)
    told = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak_mb": peak_mb()}
    if plan is not None and (broken := milp.broken(plan)):
        status = f"breaks {broken} rows"
    return {"status": status, "objective": objective, "bound": bound, **told}


def _awarded(tender: Tender, limit: float, gap: float) -> dict[str, Any]:
    """By the package as it is used: rows from rules, proof, choice among equals, and the audit of the awards."""
    import lotopt as lo

    market, rules, goals = market_of(tender), rules_of(tender), [lo.goals.TotalPrice()]
    options = lo.SolverOptions(gap=gap, time_limit=limit)
    wall, cpu = time.perf_counter(), time.process_time()
    found = lo.allocate_bids(market, rules, goals, solver=options)
    told = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak_mb": peak_mb()}
    objective, bound = (None if value is None else 100 * value for value in (found.objective, found.bound))
    status = str(found.status) if found.audit is None or found.audit.ok else "breaks rules"
    return {"status": status, "objective": objective, "bound": bound, **told}


Told = tuple[str, float | None, float | None, Any]


def _arrays(milp: Milp, limit: float, gap: float) -> Told:
    from lotopt.engine.model.rows import Master, RowArrays, Rows
    from lotopt.engine.solve.clock import Clock
    from lotopt.engine.solve.explicit import solve_explicit
    from lotopt.engine.solve.solvers import SolverOptions

    arrays = RowArrays(milp.starts, milp.index, milp.values, milp.lower, milp.upper)
    master = Master(milp.cost, Rows([f"row {r}" for r in range(len(milp.lower))], arrays))
    answer = solve_explicit(master, SolverOptions(gap=gap, time_limit=limit), Clock(limit))
    return str(answer.status), answer.objective, answer.bound, answer.chosen


def _highs(milp: Milp, limit: float, gap: float) -> Told:
    """Prices in GBP: in pence the objective would be too large for the tolerances."""
    import highspy

    lp, size = highspy.HighsLp(), len(milp.cost)
    lp.num_col_, lp.num_row_ = size, len(milp.lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = milp.cost / 100, np.zeros(size), np.ones(size)
    lp.row_lower_, lp.row_upper_ = milp.lower, milp.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = milp.starts.astype(np.int32), milp.index.astype(np.int32)
    lp.a_matrix_.value_ = milp.values
    lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {"output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": gap, "time_limit": limit}
    for name, value in options.items():
        model.setOptionValue(name, value)
    model.passModel(lp)
    model.run()
    return _told(model, np.array(model.getSolution().col_value))


def _pulp(milp: Milp, limit: float, gap: float) -> Told:
    import pulp

    problem = pulp.LpProblem("tender", pulp.LpMinimize)
    x = [problem.add_variable(f"x{j}", cat=pulp.LpBinary) for j in range(len(milp.cost))]
    problem.setObjective(pulp.LpAffineExpression(list(zip(x, (milp.cost / 100).tolist(), strict=True))))
    for r, (low, high) in enumerate(zip(milp.lower.tolist(), milp.upper.tolist(), strict=True)):
        held = slice(milp.starts[r], milp.starts[r + 1])
        terms = [(x[j], v) for j, v in zip(milp.index[held].tolist(), milp.values[held].tolist(), strict=True)]
        for sense, end in ((pulp.LpConstraintGE, low), (pulp.LpConstraintLE, high)):
            if np.isfinite(end):
                problem.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, f"r{r}{sense}", end))
    problem.solve(pulp.HiGHS(msg=False, timeLimit=limit, gapRel=gap, threads=1, random_seed=1))
    return _told(problem.solverModel, np.array([variable.varValue or 0.0 for variable in x]))


def _told(model: Any, values: Any) -> Told:
    import highspy

    info = model.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    word = "optimal" if model.getModelStatus() == highspy.HighsModelStatus.kOptimal else "feasible"
    bound = 100 * float(info.mip_dual_bound) if np.isfinite(info.mip_dual_bound) else None
    if not found:
        return "unknown", None, bound, None
    return word, 100 * float(info.objective_function_value), bound, np.flatnonzero(values > 0.5)


if __name__ == "__main__":
    main()
