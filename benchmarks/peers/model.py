"""A MILP as arrays, handed to HiGHS as it is: no start, no fixing; only threads, seed, limit and gap are set."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass
class Model:
    """Minimise over rows `low <= sum of values <= high`; columns are added with their cost and upper bound."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    entries: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]] = field(default_factory=list)

    def column(self, cost: float = 0.0, *, upper: float = 1.0, whole: bool = True) -> int:
        """A new column, from 0 to `upper`; its number."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, columns: Any, values: Any, low: float = -np.inf, high: float = np.inf) -> None:
        """A new row; a single value counts for all of its columns."""
        index = np.asarray(columns, dtype=np.int32)
        self.entries.append((index, np.broadcast_to(np.asarray(values, dtype=float), index.shape)))
        self.low.append(low)
        self.high.append(high)


@dataclass(frozen=True)
class Solved:
    """What HiGHS told: one of our four words, objective and bound (None where there is none), seconds, size."""

    status: str
    objective: float | None
    bound: float | None
    seconds: float
    cpu_seconds: float
    columns: int
    rows: int


def solve(model: Model, *, limit: float, gap: float, seed: int, threads: int) -> Solved:
    """Run HiGHS; `seconds` count from before the model is handed over."""
    import highspy

    begun, cpu = time.perf_counter(), time.process_time()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.low)
    lp.col_cost_, lp.col_lower_ = np.array(model.cost), np.zeros(len(model.cost))
    lp.col_upper_ = np.array(model.upper)
    lp.row_lower_, lp.row_upper_ = np.array(model.low), np.array(model.high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(index) for index, _ in model.entries)]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([index for index, _ in model.entries])
    lp.a_matrix_.value_ = np.concatenate([values for _, values in model.entries])
    kinds = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [kinds[0] if whole else kinds[1] for whole in model.whole]
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    for option, value in (("threads", threads), ("random_seed", seed), ("time_limit", limit), ("mip_rel_gap", gap)):
        highs.setOptionValue(option, value)
    highs.passModel(lp)
    highs.run()
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    info = highs.getInfo()
    word = highs.modelStatusToString(highs.getModelStatus())
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    objective = float(info.objective_function_value) if found else None
    bound = float(info.mip_dual_bound) if np.isfinite(info.mip_dual_bound) else None
    status = {"Optimal": "optimal", "Infeasible": "infeasible"}.get(word, "feasible" if found else "unknown")
    return Solved(status, objective, bound, seconds, cpu_seconds, len(model.cost), len(model.low))
