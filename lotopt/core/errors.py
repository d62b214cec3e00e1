"""Errors that help the person who can mend them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from itertools import islice

MOST_TOLD = 500  # problems told of one source; whoever has more of them mends these first


class LotoptError(Exception):
    """Anything `lotopt` says on purpose."""


def first(problems: Iterable[str]) -> list[str]:
    """The first problems of very many, and that there are more."""
    found = list(islice(problems, MOST_TOLD + 1))
    return found if len(found) <= MOST_TOLD else [*found[:MOST_TOLD], "and more problems; mend these first"]


class InputError(LotoptError):
    """Input that cannot be used, with every problem found in it.

    `source` names the file or argument, `problems` are whole sentences that say where, what was given and what
    is possible.
    """

    def __init__(self, source: str, problems: Iterable[str] | str) -> None:
        self.source = source
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{source} cannot be used:{lines}")


class Problems:
    """Collects the problems of one source, so that all are told at once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[str] = []

    def add(self, problem: str) -> None:
        self.found.append(problem)

    def take(self, error: InputError) -> None:
        """Add the problems of an error met further down."""
        self.found.extend(error.problems)

    def check(self) -> None:
        """Raise InputError when anything was found."""
        if self.found:
            raise InputError(self.source, first(self.found))


def did_you_mean(given: str, possible: Sequence[str], most: int = 12) -> str:
    """Say what is possible in place of a name that is not known."""
    close = difflib.get_close_matches(given, possible, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if not possible:
        return "there is none"
    shown = ", ".join(possible[:most])
    more = f" and {len(possible) - most} more" if len(possible) > most else ""
    return f"possible: {shown}{more}"
