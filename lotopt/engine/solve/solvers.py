"""Solvers by name: which there are, how each is asked, and what it truly answered."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from lotopt.core.errors import InputError, did_you_mean
from lotopt.engine.solve import memory
from lotopt.engine.solve.cbc import run_cbc
from lotopt.engine.solve.highs import lp_of, new_highs, run_highs

Floats = npt.NDArray[np.float64]
Tell = Callable[[float | None, float | None], None]
Word = Literal["optimal", "feasible", "infeasible", "unknown"]

OURS = ("highs", "cbc")
FINEST = 1e-9


class SolverOptions(BaseModel):
    """Which solver works, how long (seconds), to which gap (fraction), with which seed and how many threads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "highs"
    time_limit: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    gap: float = Field(default=1e-4, ge=0, allow_inf_nan=False)
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    threads: int = Field(default=1, ge=1, le=1024)

    @property
    def provenance(self) -> dict[str, str | int]:
        """What a result tells of how it was solved."""
        return {"solver": self.name, "seed": self.seed, "threads": self.threads}


@dataclass(frozen=True)
class Outcome:
    """What a solver claims, not yet checked: `values` by column, in the order of the columns, and its bound.

    `bound` is in the solver's own scale and None where the solver tells none.
    """

    word: Word
    values: Floats | None = None
    bound: float | None = None
    interrupted: bool = False
    note: str = ""


@dataclass(frozen=True)
class _Asked:
    """What `solve_pulp` was asked for beside the problem."""

    names: list[str]
    options: SolverOptions
    room: float
    time_left: float | None
    presolve: bool
    sharp: bool
    start: Floats | None
    tell: Tell | None


def available() -> tuple[str, ...]:
    """The solver names that work on this machine: ours first, then any other that PuLP finds."""
    ours = [name for name in OURS if name != "cbc" or _cbc_program() is not None]
    return (*ours, *sorted(_others()))


def check_solver(name: str) -> None:
    """Raise InputError, naming what there is, when a solver is not known or not installed."""
    if name.lower() in OURS[:1] or name.lower() in available():
        return
    known = any(name.lower() == word for word in (*OURS, *(_word(n) for n in _pulp_names())))
    what = "is not installed here" if known else "is not a solver"
    raise InputError("solver", f"name: '{name}' {what}; {_choices(name, known)}")


def _choices(name: str, known: bool) -> str:
    if known:
        return f"installed: {', '.join(available())}"
    return f"{did_you_mean(name.lower(), available())} (installed: {', '.join(available())})"


@cache
def _pulp_names() -> tuple[str, ...]:
    import pulp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(pulp.listSolvers())


@cache
def _others() -> Mapping[str, str]:
    """Our word for every other solver PuLP finds on this machine, and PuLP's name for it (the first one wins)."""
    import pulp

    found: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in pulp.listSolvers(onlyAvailable=True):
            word = _word(name)
            if word not in OURS:
                found.setdefault(word, name)
    return found


def _word(name: str) -> str:
    """PuLP's name for a solver without how it is reached: GUROBI and GUROBI_CMD are both gurobi."""
    word = name.lower()
    for ending in ("_cmd", "_py", "_dll"):
        word = word.removesuffix(ending)
    return {"pulp_cbc": "cbc", "coin": "cbc"}.get(word, word)


@cache
def _cbc_program() -> str | None:
    """The CBC on the path, or else the one that comes with PuLP."""
    import shutil

    import pulp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bundled = getattr(pulp, "PULP_CBC_CMD", None)
        if bundled is not None and bundled(msg=False).available():
            return str(bundled.pulp_cbc_path)
    return shutil.which("cbc")


def solve_pulp(
    problem: Any,
    names: list[str],
    options: SolverOptions,
    *,
    room: float = 0.0,
    time_left: float | None,
    presolve: bool = True,
    sharp: bool = False,
    start: Floats | None = None,
    tell: Tell | None = None,
) -> Outcome:
    """Hand a PuLP minimisation over binaries to the solver that `options` name and tell what truly came of it.

    `names` are the columns in our order. `options.gap` is passed on as the relative gap and `room` as the absolute
    one; `sharp` asks for the finest tolerance of rows there is. Ctrl-C stops HiGHS and CBC and gives `interrupted`
    with the best values so far. Raises InputError for a solver that is not there.
    """
    check_solver(options.name)
    if time_left is not None and time_left <= 0:
        return Outcome("unknown", note="no time was left")
    by = {"highs": _by_highs, "cbc": _by_cbc}.get(options.name.lower(), _by_pulp)
    return by(problem, _Asked(names, options, room, time_left, presolve, sharp, start, tell))


def _by_highs(problem: Any, asked: _Asked) -> Outcome:
    import highspy

    model = new_highs(asked.options.threads, asked.options.seed)
    model.setOptionValue("mip_rel_gap", asked.options.gap)
    model.setOptionValue("mip_abs_gap", asked.room)
    model.setOptionValue("presolve", "choose" if asked.presolve else "off")
    if asked.sharp:
        model.setOptionValue("mip_feasibility_tolerance", FINEST)
        model.setOptionValue("primal_feasibility_tolerance", FINEST)
    model.passModel(lp_of(problem, asked.names))
    if asked.start is not None:
        model.setSolution(len(asked.start), np.arange(len(asked.start), dtype=np.int32), asked.start)
    run = run_highs(model, asked.time_left, asked.tell)
    bound, values, status = run.bound, run.values, ""
    if run.finished and not run.failure:
        status = model.modelStatusToString(model.getModelStatus())
        info = model.getInfo()
        if math.isfinite(info.mip_dual_bound):
            bound = float(info.mip_dual_bound)
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            values = np.array(model.getSolution().col_value, dtype=np.float64)
    note = f"HiGHS was stopped at {memory.CEILING / 2**30:g} GiB of memory" if run.full else run.failure
    return Outcome(_highs_word(status, values), values, bound, run.interrupted, note)


def _highs_word(status: str, values: Floats | None) -> Word:
    # "Primal infeasible or unbounded" cannot be unbounded here: every column is binary.
    if status in ("Infeasible", "Primal infeasible or unbounded"):
        return "infeasible"
    if values is None:
        return "unknown"
    return "optimal" if status == "Optimal" else "feasible"


def _by_cbc(problem: Any, asked: _Asked) -> Outcome:
    options, start = asked.options, asked.start
    run = run_cbc(
        _cbc_program() or "cbc",
        problem,
        time_left=asked.time_left,
        gap=options.gap,
        room=asked.room,
        seed=options.seed,
        threads=options.threads,
        presolve=asked.presolve,
        tolerance=FINEST if asked.sharp else None,
        start=None if start is None else dict(zip(asked.names, start.tolist(), strict=True)),
        tell=asked.tell,
    )
    word = run.word.lower()
    if word.startswith(("infeasible", "integer infeasible")):
        return Outcome("infeasible", interrupted=run.interrupted)
    held = bool(run.values) and "objective value" in word and "no integer solution" not in word
    values = np.array([run.values.get(name, 0.0) for name in asked.names]) if held else None
    if word.startswith("optimal") and values is not None:
        return Outcome("optimal", values, _claimed(problem, asked, values), run.interrupted)
    return Outcome("feasible" if held else "unknown", values, run.bound, run.interrupted, run.failure)


def _by_pulp(problem: Any, asked: _Asked) -> Outcome:
    """Any other solver through PuLP's own interface. It tells no bound unless it claims to be done, and what it
    does on Ctrl-C is its own: some give their best plan, some give none."""
    import pulp

    names, options, start = asked.names, asked.options, asked.start
    kind = type(pulp.getSolver(_others()[options.name.lower()], msg=False))
    wanted: dict[str, Any] = {
        "gapRel": options.gap,
        "gapAbs": asked.room,
        "threads": options.threads,
        "timeLimit": asked.time_left,
    }
    if start is not None:
        wanted["warmStart"] = True
        for variable in problem.variables():
            variable.setInitialValue(float(start[names.index(variable.name)]))
    solver = _as_far_as_taken(kind, wanted)
    try:
        problem.solve(solver)
    except KeyboardInterrupt:
        return Outcome("unknown", interrupted=True)
    except pulp.PulpSolverError as error:
        return Outcome("unknown", note=str(error))
    # `status` says Optimal after a time limit; `sol_status` tells the truth.
    truth = problem.sol_status
    if truth == pulp.LpSolutionInfeasible:
        return Outcome("infeasible")
    found = {variable.name: variable.varValue for variable in problem.variables()}
    if truth not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) or None in found.values():
        return Outcome("unknown")
    values = np.array([float(found.get(name, 0.0)) for name in names])
    if truth == pulp.LpSolutionOptimal:
        return Outcome("optimal", values, _claimed(problem, asked, values))
    return Outcome("feasible", values)


def _claimed(problem: Any, asked: _Asked, values: Floats) -> float:
    """The bound that a solver vouches for when it says optimal and tells no figure: a gap below its objective."""
    costs = {variable.name: cost for variable, cost in problem.objective.items()}
    objective = math.fsum(
        costs.get(name, 0.0) * value for name, value in zip(asked.names, values.tolist(), strict=True)
    )
    return objective - max(asked.options.gap * abs(objective), asked.room)


def _as_far_as_taken(kind: Any, wanted: Mapping[str, Any]) -> Any:
    """A PuLP solver with those of the wanted settings that its interface takes."""
    import inspect

    taken = inspect.signature(kind.__init__).parameters
    return kind(msg=False, **{key: value for key, value in wanted.items() if key in taken and value is not None})
