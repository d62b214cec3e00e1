"""How an answer was reached, in a few sentences that somebody who was not there can repeat and check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lotopt.core.result import Result, Status
from lotopt.report.words import given

AUDIT = "An audit that does not use the solver then measures every rule and every goal of the plan again."
MEASURED = "An audit that does not use a solver measured every rule and every goal of it."
NONE = "That no plan exists was confirmed by a second solve over every candidate."


def how(result: Result[Any], thing: str) -> tuple[str, ...]:
    """What was done for a `design` of lots, an `allocation` of bids, or a `plan` of both at once."""
    if given(result):
        return (f"The {'lots were' if thing == 'design' else 'plan was'} given, not searched for.", MEASURED)
    return tuple({"design": _lots, "allocation": _awards, "plan": _together}[thing](result))


def _lots(result: Result[Any]) -> Iterator[str]:
    yield (
        "Areas that must stay together count as one piece, and every set of pieces that keeps the rules about single "
        "lots is a candidate lot; a design chooses candidates so that every area is in exactly one and all other "
        "rules hold (set partitioning)."
    )
    yield from _proof(result, "lots", "cuts pairs of neighbouring lots anew and moves single pieces")
    yield AUDIT if result.plan is not None else _end(result)


def _awards(result: Result[Any]) -> Iterator[str]:
    yield (
        "All bids, single and combined, are looked at together: a mixed-integer programme has a yes or no for every "
        "bid and a row for every rule, and finds the combination that does best by the goals."
    )
    yield (
        "A bound says how good any combination at most could be; the combination counts as best where the two meet "
        "within the wanted gap."
    )
    yield AUDIT if result.plan is not None else _end(result)


def _together(result: Result[Any]) -> Iterator[str]:
    yield (
        "Every candidate lot at every provider's price is a column; a plan chooses columns so that every area is in "
        "exactly one lot with one provider, and all rules hold (set partitioning)."
    )
    yield from _proof(result, "columns", "cuts pairs of neighbouring lots anew and changes providers")
    yield AUDIT if result.plan is not None else _end(result)


def _proof(result: Result[Any], what: str, search: str) -> Iterator[str]:
    steps = {phase.name for phase in result.phases}
    if result.bound is None and result.status is not Status.INFEASIBLE:
        yield f"A search that {search} found the plan; nothing is proven of better ones."
    elif "relax" in steps and result.bound is not None:
        yield (
            f"A search finds a good plan; a bound over all candidate {what} comes from column generation, which goes "
            "through them without writing them down; what the bound rules out is left aside, and a mixed-integer "
            "programme over the rest finds the best plan."
        )
    elif result.bound is not None:
        yield (
            f"A search finds a good plan, and a bound that holds for every choice of candidate {what} says how much "
            "better another could at most be."
        )


def _end(result: Result[Any]) -> str:
    return (
        NONE
        if result.status is Status.INFEASIBLE
        else "No plan was found in the time, and none was proven impossible."
    )
