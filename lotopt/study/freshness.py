"""Whether what an earlier run stood on is still the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lotopt.core.errors import InputError
from lotopt.design.design import LotDesign
from lotopt.study.files import file_hash
from lotopt.study.scenario import Scenario
from lotopt.territory.territory import Territory

RESOLVED = "scenario as resolved"


@dataclass(frozen=True)
class Freshness:
    """Names of the inputs of a run that are others now, and of those that could not be checked.

    Scenario files are looked for beside the folder only: a result does not tell where they were.
    """

    changed: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def stale(self) -> bool:
        return bool(self.changed)

    def __str__(self) -> str:
        parts = [f"changed since: {', '.join(self.changed)}"] if self.changed else []
        parts += [f"could not be checked: {', '.join(self.untold)}"] if self.untold else []
        return "; ".join(parts) or "inputs as they were"


def freshness(
    inputs: Mapping[str, str],
    folder: Path,
    scenario: Scenario | None,
    territory: Territory,
    plan: LotDesign | None,
    unreadable: str = "",
) -> Freshness:
    """What of `inputs` (SHA-256 by name, as a result tells them) has changed or cannot be told.

    `scenario` is the run's as resolved, None where it cannot be read, which `unreadable` says. Never raises: what
    cannot be read is told.
    """
    changed, untold = [], []
    for name, digest in inputs.items():
        try:
            now = _now(name, folder, scenario, territory, plan)
        except (InputError, OSError):
            now = None
        if now is None:
            untold.append(f"{name} ({unreadable})" if name == RESOLVED and unreadable else name)
        elif now != digest:
            changed.append(name)
    return Freshness(tuple(changed), tuple(untold))


def _now(
    name: str, folder: Path, scenario: Scenario | None, territory: Territory, plan: LotDesign | None
) -> str | None:
    """The fingerprint an input has now; None where it is not known where it is."""
    kind, _, rest = name.partition(" ")
    if name == RESOLVED:
        from lotopt.study.write import scenario_hash

        return None if scenario is None else scenario_hash(scenario)
    if kind == "territory":
        return territory.digest
    asked: dict[str, Callable[[Scenario, Territory, LotDesign | None], str | None]] = {
        "design": lambda scenario, *_: _hash(scenario.design.fixed_design),
        "base": lambda scenario, *_: _hash(scenario.report.base),
        "market": _market,
        "market,": _market,
    }
    if kind in asked and rest:
        return None if scenario is None else asked[kind](scenario, territory, plan)
    beside = folder.absolute().parent / name
    return file_hash(beside) if Path(name).name == name and beside.is_file() else None


def _hash(file: str | None) -> str | None:
    return None if file is None else file_hash(Path(file))


def _market(scenario: Scenario, territory: Territory, plan: LotDesign | None) -> str | None:
    from lotopt.study.offers import market_of, schedules_of

    if scenario.joint is not None:
        schedules = schedules_of(scenario, territory)
        return None if schedules is None else schedules.digest
    market = None if plan is None else market_of(scenario, territory, plan)
    return None if market is None else market.digest
