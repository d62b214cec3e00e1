"""What every solver is asked, and what it gives back: the same words for the engine and for all peers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchmarks.instances import Design, Ground, Instance, Joint
from benchmarks.offers import Offers
from lotopt.design.problem import Contracted, contract, resolve
from lotopt.engine.model.program import Partitioning
from lotopt.market.market import Market
from lotopt.territory.territory import Territory


@dataclass(frozen=True)
class Terms:
    """What the engine and each peer are given alike: seconds, gap (fraction), seed and threads."""

    limit: float
    gap: float
    seed: int
    threads: int


class NotAskedError(Exception):
    """A peer cannot state this problem; the text says why."""


@dataclass(frozen=True)
class Attempt:
    """What a solver claims, not yet judged; `seconds` and `cpu_seconds` count from its finished model to its answer.

    `plan` says for each area (designs: a number per area) or for each award (markets: ids of bids) what was chosen;
    of a joint problem it is a pair of number of lot and provider per area. `claimed` is the solver's own objective
    and None where it minimised something else. `exact` where its claims about optimality are about our objective.
    """

    status: str
    claimed: float | None = None
    bound: float | None = None
    plan: Sequence[object] | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    columns: int | None = None
    rows: int | None = None
    note: str = ""
    notes: tuple[str, ...] = ()
    walked: int | None = None
    polish_seconds: float | None = None
    enumerate_seconds: float = 0.0
    phases: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Task:
    """One instance before one solver.

    `begin` is called when the model stands and the clock starts; `keep` takes a plan (a number per atom) as soon as
    it is found, so that it is not lost where the solver has to be stopped.
    """

    instance: Instance
    ground: Ground
    terms: Terms
    begin: Callable[[], None] = lambda: None
    keep: Callable[[Sequence[object]], None] = lambda plan: None

    @property
    def territory(self) -> Territory:
        return self.ground.territory if isinstance(self.ground, Offers) else self.ground  # type: ignore[return-value]

    @property
    def market(self) -> Market:
        assert isinstance(self.ground, Market)
        return self.ground

    @cached_property
    def contracted(self) -> Contracted:
        """The instance as arrays: what must stay together is one atom already."""
        assert isinstance(self.instance, Design | Joint)
        resolved = resolve(self.territory, self.instance.rules, self.instance.goals)
        return contract(self.territory, resolved)

    @property
    def problem(self) -> Partitioning:
        return self.contracted.problem

    def areas(self, atoms: Sequence[object]) -> list[object]:
        """What is said of each atom, said of each area."""
        return [atoms[atom] for atom in self.contracted.atom_of.tolist()]


class Stopwatch:
    """Wall and CPU seconds since it was made; CPU seconds include programs that were called and have ended."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), _cpu()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.wall

    @property
    def cpu_seconds(self) -> float:
        return _cpu() - self.cpu


def _cpu() -> float:
    import resource

    whole = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        whole += used.ru_utime + used.ru_stime
    return whole
