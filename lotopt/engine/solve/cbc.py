"""CBC as a child process that can be stopped at any moment and then still writes down its best plan."""

from __future__ import annotations

import contextlib
import math
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GRACE = 15.0  # seconds CBC has to write its plan after it was asked to stop
STEP = 0.05

# "Cbc0010I After 100 nodes, 51 on tree, 2763 best solution, best possible 2298.2307 (5.46 seconds)" and
# "Cbc0005I Partial search - best objective 2726 (best possible 2298.2307), took ..."
_POSSIBLE = re.compile(r"best possible ([-+0-9.eE]+)")
_BEST = re.compile(r"([-+0-9.eE]+) best solution|Integer solution of ([-+0-9.eE]+) found")
# In the summary, where it was stopped: "Lower bound:                    2298.231", three decimals.
_LOWER = re.compile(r"^Lower bound:\s+([-+0-9.eE]+)", re.MULTILINE)
_ROUNDED = 1e-3
_NONE_YET = 1e49  # CBC writes 1e+50 for "no plan yet"


@dataclass
class Run:
    """What a run of CBC wrote: the first words of its answer, values by column name, and its bound if it told one."""

    word: str = ""
    values: dict[str, float] = field(default_factory=dict)
    bound: float | None = None
    interrupted: bool = False
    failure: str = ""


def run_cbc(
    program: str,
    problem: Any,
    *,
    time_left: float | None,
    gap: float,
    room: float,
    seed: int,
    threads: int,
    presolve: bool,
    tolerance: float | None,
    start: Mapping[str, float] | None,
    tell: Callable[[float | None, float | None], None] | None = None,
) -> Run:
    """Solve a PuLP problem with the program CBC: a file out, a file back, the log read for the bound."""
    with tempfile.TemporaryDirectory(prefix="lotopt-cbc-") as name:
        folder = Path(name)
        _, names, _, _ = problem.writeMPS(str(folder / "m.mps"), rename=1)
        words = [program, str(folder / "m.mps")]
        if start is not None:
            (folder / "m.mst").write_text(_start_file(names, start))
            words += ["-mips", str(folder / "m.mst")]
        if time_left is not None:
            words += ["-sec", f"{max(time_left, 0.01):.3f}", "-timeMode", "elapsed"]
        words += ["-ratio", repr(gap), "-allow", repr(room), "-randomCbcSeed", str(seed), "-randomSeed", str(seed)]
        if threads > 1:
            words += ["-threads", str(threads)]
        if not presolve:
            words += ["-presolve", "off", "-preprocess", "off"]
        if tolerance is not None:
            words += ["-primalTolerance", repr(tolerance)]
        words += ["-solve", "-printingOptions", "all", "-solution", str(folder / "m.sol")]
        run = Run()
        with (folder / "log").open("w") as log:
            # A session of its own: Ctrl-C on the terminal reaches us, and we pass it on once.
            child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            _wait(child, run, time_left, folder / "log", tell)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        _read_log((folder / "log").read_text(errors="replace"), run)
        if (folder / "m.sol").exists():
            _read_values(folder / "m.sol", {new: old for old, new in names.items()}, run)
        elif not run.failure:
            run.failure = f"CBC ended with code {child.returncode} and wrote no answer"
    return run


def _wait(
    child: subprocess.Popen[bytes],
    run: Run,
    time_left: float | None,
    log: Path,
    tell: Callable[[float | None, float | None], None] | None,
) -> None:
    # CBC looks at its limit only between nodes, so it is reminded, and ended when that does not help.
    deadline = math.inf if time_left is None else time.monotonic() + time_left + 2.0
    given_up = math.inf
    looked = time.monotonic()
    told: tuple[float | None, float | None] = (None, None)
    while child.poll() is None:
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(STEP)
            now = time.monotonic()
            if now > given_up:
                run.failure = "CBC did not stop in time and was ended"
                break
            if now > deadline and math.isinf(given_up):
                child.send_signal(signal.SIGINT)
                given_up = now + GRACE
            if tell is not None and now - looked > 1.0:
                looked = now
                seen = _last_figures(log.read_text(errors="replace"))
                if seen != told:
                    tell(*seen)
                told = seen
        except KeyboardInterrupt:
            if run.interrupted:
                break
            run.interrupted = True
            deadline = 0.0


def _last_figures(text: str) -> tuple[float | None, float | None]:
    best = [float(a or b) for a, b in _BEST.findall(text)]
    possible = [float(value) for value in _POSSIBLE.findall(text)]
    objective = best[-1] if best and abs(best[-1]) < _NONE_YET else None
    bound = possible[-1] if possible and abs(possible[-1]) < _NONE_YET else None
    return objective, bound


def _read_log(text: str, run: Run) -> None:
    told = _LOWER.findall(text)
    if told and abs(float(told[-1])) < _NONE_YET:
        run.bound = float(told[-1]) - _ROUNDED


def _read_values(path: Path, names: Mapping[str, str], run: Run) -> None:
    with path.open() as lines:
        run.word = lines.readline().strip()
        for line in lines:
            words = line.replace("**", " ").split()
            if len(words) >= 3 and words[1] in names:
                run.values[names[words[1]]] = float(words[2])


def _start_file(names: Mapping[str, str], start: Mapping[str, float]) -> str:
    lines = [f"{i} {new} {start.get(old, 0.0):g} 0" for i, (old, new) in enumerate(names.items())]
    return "\n".join(["Stopped on time - objective value 0", *lines, ""])
