"""What one solver reached on one instance: the same fields for the engine and for every peer."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.peers import Attempt, Terms
from lotopt.core.result import gap_of

ENGINE = "lotopt"


@dataclass(frozen=True)
class Outcome:
    """`ratio` is the engine's seconds over this solver's, by the wall clock; None for the engine, and
    where the engine itself was stopped. `cpu_ratio` is the same of CPU seconds.

    Where `ended` is false the solver was stopped at its limit, and the true ratio is below the one told. `columns`
    are those of the MILP (for the engine: candidate lots or bids left after fixing, where it tells), `walked` the
    connected sets that pricing met. `polish_seconds`, part of its seconds, are what the engine spent beyond the
    wanted gap: on closing the rest of it and on choosing among equals.
    """

    solver: str
    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    cpu_seconds: float
    limit: float
    polish_seconds: float | None = None
    ratio: float | None = None
    cpu_ratio: float | None = None
    ended: bool = True
    columns: int | None = None
    walked: int | None = None
    enumerate_seconds: float = 0.0
    phases: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    audit_ok: bool | None = None

    @staticmethod
    def of_peer(peer: str, tried: Attempt, terms: Terms, ours: Outcome) -> Outcome:
        """A peer's attempt; `not asked` where it could not state the problem."""
        found = tried.solved
        if found is None:
            notes = (tried.note,)
            return Outcome(peer, "not asked", None, None, None, 0.0, 0.0, terms.limit, ended=False, notes=notes)
        gap = None if found.objective is None or found.bound is None else gap_of(found.objective, found.bound)
        return Outcome(
            peer,
            found.status,
            found.objective,
            found.bound,
            gap,
            found.seconds,
            found.cpu_seconds,
            terms.limit,
            ratio=ours.seconds / max(found.seconds, 1e-6) if ours.ended else None,
            cpu_ratio=ours.cpu_seconds / max(found.cpu_seconds, 1e-6) if ours.ended else None,
            ended=found.status in ("optimal", "infeasible"),
            columns=found.columns,
            enumerate_seconds=tried.enumerate_seconds,
        )
