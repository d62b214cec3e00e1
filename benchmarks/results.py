"""Result files, and the parts of the README made from them: `python -m benchmarks.results` makes those anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.machine import PEERS
from benchmarks.outcome import Outcome
from benchmarks.picture import picture
from benchmarks.table import table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
README = HERE / "README.md"
PROFILES = ("quick", "full")
CHOSEN = "chosen-*.json"


def document(about: dict[str, Any], compared: Iterable[Any]) -> dict[str, Any]:
    """A run as plain values: protocol and machine, then every instance with its outcomes and faults."""
    return {"run": about, "instances": [asdict(one) for one in compared]}


def save(path: Path, found: dict[str, Any]) -> None:
    """Write a result file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> dict[str, Any]:
    """A result file, its outcomes as `Outcome`."""
    found = json.loads(path.read_text(encoding="utf-8"))
    for one in found["instances"]:
        one["outcomes"] = [_outcome(facts) for facts in one["outcomes"]]
    return found


def _outcome(facts: dict[str, Any]) -> Outcome:
    return Outcome(**{**facts, "phases": tuple(map(tuple, facts["phases"])), "notes": tuple(facts["notes"])})


def write_readme(readme: Path = README, results: Path = RESULTS) -> None:
    """Put table and picture of every kept profile, and tables of kept runs of chosen instances, in the README."""
    text = readme.read_text(encoding="utf-8")
    chosen = sorted(results.glob(CHOSEN))
    if chosen:
        text = _between(text, "chosen", "\n\n".join(section(file.stem, load(file), drawn=False) for file in chosen))
    for profile in PROFILES:
        file = results / f"{profile}.json"
        if file.exists():
            found = load(file)
            (readme.parent / f"{profile}.svg").write_text(picture(found), encoding="utf-8")
            text = _between(text, profile, section(profile, found))
    readme.write_text(text, encoding="utf-8")


def section(profile: str, found: dict[str, Any], drawn: bool = True) -> str:
    """The machine in a sentence, the picture, the table."""
    run = found["run"]
    peers = ", ".join(f"{name} {run[name]}" for name in ("highspy", "pulp", *PEERS))
    limits = sorted({one.limit for compared in found["instances"] for one in compared["outcomes"]})
    seconds = f"{limits[0]:g}" if len(limits) == 1 else f"{limits[0]:g} to {limits[-1]:g}"
    about = (
        f"{run['processor']}, {run['cores']} cores, load {run['load_before']} before the run, {run['system']}, "
        f"Python {run['python']}, {peers}, numba {run['numba']}, numpy {run['numpy']}; revision {run['revision']}, "
        f"{run['date']}; {seconds} s for each solver, seed {run['seed']}, {run['threads']} thread, gap {run['gap']}; "
        f"{run['seconds']:,.0f} s in all."
    )
    lines = table()
    rows = [next(lines)]
    rows += [lines.send((one["instance"], outcome)) for one in found["instances"] for outcome in one["outcomes"]]
    wrong = [f"- {one['instance']}: {fault}" for one in found["instances"] for fault in one["faults"]]
    told = ["**Contradictions:**", "", *wrong, ""] if wrong else []
    image = [f"![Seconds of the engine and of every peer, {profile} profile]({profile}.svg)", ""] if drawn else []
    asked = [f"`python -m benchmarks.run {run['asked']}`:", ""] if not drawn else []
    return "\n".join([*asked, about, "", *image, *told, *"\n".join(rows).splitlines()])


def _between(text: str, mark: str, content: str) -> str:
    pattern = re.compile(rf"(<!-- {mark} begins -->\n).*?(<!-- {mark} ends -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"README has no marks for {mark}")
    return pattern.sub(lambda found: f"{found[1]}\n{content}\n\n{found[2]}", text)


if __name__ == "__main__":
    write_readme()
