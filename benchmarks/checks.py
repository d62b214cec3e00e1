"""What must hold between answers: plans and bounds of one instance never contradict each other or a known optimum."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.outcome import ENGINE, Outcome

KNOWN = Path(__file__).resolve().parent / "known.csv"
# Solvers work to tolerances of about 1e-6 in rows and bounds; the engine claims 1e-9.
OF_SOLVERS, OF_ENGINE = 2e-6, 1e-8


class Known(NamedTuple):
    """A proven optimum, and the fingerprint of the instance it belongs to ("" where it came with the instance)."""

    objective: float
    fingerprint: str


def known_optima(path: Path = KNOWN) -> dict[str, Known]:
    """The optima of known.csv by instance."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {
            row["instance"]: Known(float(row["objective"]), row["fingerprint"]) for row in csv.DictReader(file)
        }


def write_known(found: Iterable[tuple[str, str, Sequence[Outcome]]], path: Path = KNOWN) -> None:
    """Add the optima that the engine has proven with no gap at all; one that is known stays as it is."""
    known = known_optima(path)
    for name, fingerprint, outcomes in found:
        ours = outcomes[0]
        if ours.objective is not None and ours.gap is not None and ours.gap <= 1e-9:
            known.setdefault(name, Known(ours.objective, fingerprint))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["instance", "objective", "fingerprint"])
        for name in sorted(known):
            writer.writerow([name, repr(known[name].objective), known[name].fingerprint])


def faults(outcomes: Sequence[Outcome], gap: float, known: Known | None, fingerprint: str) -> list[str]:
    """Sentences about what cannot be true at once; empty where all agree.

    Only plans that keep every rule count. A plan of a peer that breaks one is told in the table and is no fault; one
    of the engine's is.
    """
    found = [f"the audit of {ENGINE} found a broken rule" for one in outcomes if _ours_is_broken(one)]
    kept = [one for one in outcomes if one.audit_ok is not False]
    found += [
        f"{one.solver} tells an objective of {one.claimed!r}, its plan has {one.objective!r}"
        for one in kept
        if _untrue(one)
    ]
    plans = [(one.solver, one.objective, _slack(one)) for one in kept if one.objective is not None]
    bounds = [(one.solver, one.bound, _slack(one)) for one in outcomes if one.bound is not None]
    if known is not None and known.fingerprint and known.fingerprint != fingerprint:
        found.append(f"the instance has changed: {fingerprint}, known.csv speaks of {known.fingerprint}")
        known = None
    if known is not None:
        slack = OF_ENGINE if known.fingerprint else OF_SOLVERS  # from elsewhere: told with the digits somebody kept
        plans.append(("the known optimum", known.objective, slack))
        bounds.append(("the known optimum", known.objective, slack))
    for planner, objective, loose in plans:
        for bounder, bound, slack in bounds:
            if bound - objective > max(loose, slack) * max(1.0, abs(objective)):
                found.append(f"{planner} has a plan of {objective!r}, below the bound {bound!r} of {bounder}")
    done = [one for one in kept if one.status == "optimal" and one.objective is not None]
    least = min((objective for _, objective, _ in plans), default=0.0)
    for one in done:
        assert one.objective is not None
        if one.objective - least > (gap + _slack(one)) * max(1.0, abs(one.objective)):
            found.append(f"{one.solver} calls {one.objective!r} optimal, but a plan of {least!r} is known")
    none = [one.solver for one in outcomes if one.status == "infeasible"]
    if none and plans:
        found.append(f"{' and '.join(none)} says that no plan exists, but {plans[0][0]} has one")
    return found


def _ours_is_broken(one: Outcome) -> bool:
    return one.solver == ENGINE and one.audit_ok is False


def _untrue(one: Outcome) -> bool:
    """Whether a solver's own objective is not that of its plan.

    It may be above it while nothing is proven: then a border counts as cut, or an agency as met, that is not.
    """
    if one.claimed is None or one.objective is None:
        return False
    slack = 10 * _slack(one) * max(1.0, abs(one.claimed), abs(one.objective))
    below, above = one.objective - one.claimed, one.claimed - one.objective
    return below > slack or (one.status == "optimal" and one.solver == ENGINE and above > slack)


def _slack(one: Outcome) -> float:
    return OF_ENGINE if one.solver == ENGINE else OF_SOLVERS
