"""A scenario as one text: what was decided, as resolved, so that it can be run again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lotopt.core.clause import Clause
from lotopt.study.scenario import Scenario
from lotopt.study.toml import toml_text

SECTIONS = (
    "solver",
    "design",
    "design.rules",
    "design.goals",
    "market",
    "allocation",
    "allocation.rules",
    "allocation.goals",
    "allocation.ties",
    "joint",
    "explain",
    "report",
    "release",
)


def scenario_table(scenario: Scenario, folder: Path | None = None) -> dict[str, Any]:
    """The scenario in the shape of its file; paths relative to `folder`, where one is given."""
    table: dict[str, Any] = {"title": scenario.title}
    if scenario.territory:
        table["territory"] = _path(scenario.territory, folder)
    table["solver"] = scenario.solver.model_dump(mode="json", exclude_none=True)
    table["design"] = {}
    if scenario.design.fixed_design is not None:
        table["design"]["fixed_design"] = _path(scenario.design.fixed_design, folder)
    table["design"] |= _clauses(scenario.design.rules, scenario.design.goals)
    if scenario.market is not None:
        market = scenario.market.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        if scenario.market.file is not None:
            market["file"] = _path(scenario.market.file, folder)
        if scenario.market.simulate is not None:
            simulate = scenario.market.simulate
            market["simulate"] = simulate.model_dump(mode="json", exclude_none=True)
            for key in ("values", "fixed", "regions"):
                if not market["simulate"][key]:
                    del market["simulate"][key]
        table["market"] = market
    if scenario.allocation is not None:
        allocation = scenario.allocation
        table["allocation"] = {"in_order": True} if allocation.in_order else {}
        table["allocation"] |= _clauses(allocation.rules, allocation.goals)
        if allocation.ties:
            table["allocation"]["ties"] = _keyed(allocation.ties)
    if scenario.joint is not None:
        joint = scenario.joint.model_dump(mode="json", exclude_none=True)
        if scenario.joint.incumbents is not None:
            joint["incumbents"] = _path(scenario.joint.incumbents, folder)
        table["joint"] = joint
    table["explain"] = scenario.explain.model_dump(mode="json", exclude_defaults=True)
    table["report"] = scenario.report.model_dump(mode="json", exclude_defaults=True)
    if scenario.report.base is not None:
        table["report"]["base"] = _path(scenario.report.base, folder)
    if scenario.release is not None:
        table["release"] = scenario.release.model_dump(mode="json", exclude_defaults=True)
    return {key: value for key, value in table.items() if value not in ("", {})}


def scenario_text(
    scenario: Scenario, folder: Path | None = None, hashes: Mapping[str, str] | None = None, comment: str = ""
) -> str:
    """The scenario as TOML that reads back as the same scenario; hashes of its inputs go into comments on top."""
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [f"# sha256 {digest}  {name}" for name, digest in (hashes or {}).items()]
    head = "\n".join(lines) + "\n\n" if lines else ""
    return head + toml_text(scenario_table(scenario, folder), SECTIONS)


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of what was decided: the same on every machine, wherever the files lie."""
    table = scenario_table(scenario)
    named = (
        (None, "territory"),
        ("design", "fixed_design"),
        ("market", "file"),
        ("joint", "incumbents"),
        ("report", "base"),
    )
    for section, key in named:
        owner = table if section is None else table.get(section, {})
        if key in owner:
            owner[key] = Path(owner[key]).name
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def _clauses(rules: Iterable[Clause], goals: Iterable[Clause]) -> dict[str, dict[str, Any]]:
    return {"rules": _keyed(rules), "goals": _keyed(goals)}


def _keyed(clauses: Iterable[Clause]) -> dict[str, Any]:
    """Clauses by name; the kind is written only where the name is another word."""
    return {c.label: ({} if c.label == c.kind else {"kind": c.kind}) | c.fields() for c in clauses}


def _path(name: str, folder: Path | None) -> str:
    """An absolute path as seen from a folder; on another drive, or for a name, as it is."""
    if folder is None or not os.path.isabs(name):
        return name
    try:
        return Path(os.path.relpath(name, folder.resolve())).as_posix()
    except ValueError:
        return Path(name).as_posix()
