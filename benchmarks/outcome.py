"""What one solver reached on one instance: claimed by it, judged by us, set beside what the engine reached."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.judge import Judged
from benchmarks.terms import Terms
from benchmarks.watch import Seen
from lotopt.core.result import gap_of

ENGINE = "lotopt"
# What a solver was not run for, and what it could not do: nothing of it is compared.
NOTHING = ("not asked", "not installed", "failed")
BROKEN = "breaks rules"


@dataclass(frozen=True)
class Outcome:
    """`objective` is of the plan as we measure it, `claimed` as the solver told it.

    `status` is the solver's word (optimal, feasible, infeasible, unknown), or `breaks rules` where the audit found a
    rule broken (the objective of such a plan is compared with nothing), or why there is no answer: not asked, not
    installed, failed. `over` is the objective as a share of the engine's, less 1: 0.02 is two per cent dearer.
    `ratio` is the engine's seconds over this solver's, by the wall clock, `cpu_ratio` the same of CPU seconds; both
    None for the engine and where the engine itself was stopped. Where `ended` is false the solver was stopped at its
    limit, or cannot prove anything: the true ratio, to the same proof, is below the one told. `peak_mb` is the most
    memory its process held, the interpreter and the instance included.
    """

    solver: str
    status: str
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    limit: float = 0.0
    claimed: float | None = None
    audit_ok: bool | None = None
    over: float | None = None
    ratio: float | None = None
    cpu_ratio: float | None = None
    ended: bool = True
    peak_mb: float | None = None
    polish_seconds: float | None = None
    enumerate_seconds: float = 0.0
    columns: int | None = None
    rows: int | None = None
    walked: int | None = None
    phases: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()


def outcome(solver: str, seen: Seen, judged: Judged | None, terms: Terms, ours: Outcome | None) -> Outcome:
    """One solver's outcome; `ours` is the engine's, None for the engine itself."""
    found = seen.attempt
    notes = tuple(text for text in (judged.broken if judged else "", seen.note, found.note if found else "") if text)
    if found is None:
        return Outcome(solver, seen.word, limit=terms.limit, ended=False, notes=notes, peak_mb=seen.peak_mb)
    status, objective = found.status, None if judged is None else judged.objective
    if judged is not None and not judged.ok:
        status = BROKEN
    kept = status != BROKEN
    gap = gap_of(objective, found.bound) if kept and objective is not None and found.bound is not None else None
    over = None
    if ours is not None and ours.objective and objective is not None and kept and ours.status != BROKEN:
        over = objective / ours.objective - 1.0
    compared = ours is not None and ours.ended
    return Outcome(
        solver,
        status,
        objective,
        found.bound,
        gap,
        found.seconds,
        found.cpu_seconds,
        terms.limit,
        found.claimed,
        None if judged is None else judged.ok,
        over,
        ours.seconds / max(found.seconds, 1e-6) if ours and compared else None,
        ours.cpu_seconds / max(found.cpu_seconds, 1e-6) if ours and compared and found.cpu_seconds else None,
        status in ("optimal", "infeasible"),
        seen.peak_mb,
        found.polish_seconds,
        found.enumerate_seconds,
        found.columns,
        found.rows,
        found.walked,
        found.phases,
        (*notes, *found.notes),
    )
