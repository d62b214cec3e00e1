"""One solver on one instance, in a process of its own: `python -m benchmarks.child` reads a request as JSON.

What happens is written line by line to the file of the request, so that nothing is lost when the process is ended.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

from benchmarks.instances import Instance, ground_of
from benchmarks.terms import Attempt, NotAskedError, Stopwatch, Task, Terms

# Plans of large maps are not written more often than this (seconds).
PAUSE, LARGE = 1.0, 5000


class Diary:
    """What a child leaves behind: lines in one file, and beside it the latest plan, for there may be thousands."""

    def __init__(self, file: TextIO, plan: Path) -> None:
        self.file, self.plan = file, plan
        self.watch = Stopwatch()
        self.last = 0.0

    def write(self, event: str, **facts: Any) -> None:
        """One line, at once."""
        self.file.write(json.dumps({"event": event, **facts}) + "\n")
        self.file.flush()

    def begin(self) -> None:
        """The clock of the limit starts now."""
        self.watch = Stopwatch()
        self.write("begin", cpu=time.process_time())

    def keep(self, plan: Sequence[object]) -> None:
        """A plan that counts from now on."""
        now = time.perf_counter()
        if len(plan) < LARGE or now - self.last > PAUSE:
            self.last = now
            new = self.plan.with_suffix(".new")
            new.write_text(json.dumps(_plain(plan)), encoding="utf-8")
            new.replace(self.plan)  # at once: there is never half a plan


def run(request: dict[str, Any], instance: Instance, diary: Diary) -> None:
    """Let the engine or a peer try, and write what came of it."""
    from benchmarks.engine import by_engine, warm_up
    from benchmarks.outcome import ENGINE
    from benchmarks.peers.registry import PEERS

    terms = Terms(**request["terms"])
    name = request["solver"]
    if name != ENGINE and find_spec(PEERS[name].package) is None:
        diary.write("missing", note=f"{PEERS[name].package} is not installed")
        return
    task = Task(instance, ground_of(instance), terms, diary.begin, diary.keep)
    try:
        if name == ENGINE:
            diary.write("warm", seconds=warm_up())
            attempt = by_engine(task)
        else:
            attempt = PEERS[name].run(task)
    except NotAskedError as reason:
        diary.write("declined", note=str(reason))
        return
    diary.write("done", peak_mb=peak_mb(), attempt=as_json(attempt))


def as_json(attempt: Attempt) -> dict[str, Any]:
    """An attempt as plain values."""
    return {**asdict(attempt), "plan": None if attempt.plan is None else _plain(attempt.plan)}


def _plain(plan: Sequence[object]) -> list[Any]:
    return [list(p) if isinstance(p, tuple) else p if isinstance(p, str) else int(p) for p in plan]  # type: ignore[call-overload]


def peak_mb() -> float:
    """The most memory this process has held, in MB.

    Linux tells it of this program alone; elsewhere what the process held before it became Python counts too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    import resource

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(held / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def instance_of(request: dict[str, Any]) -> Instance:
    """The instance of a request: one of the registry by name, or one in a file."""
    if request.get("file"):
        from benchmarks.folder import read_instance

        return read_instance(Path(request["file"]))
    from benchmarks.registry import named

    return named(request["instance"])


def main() -> None:
    """Read the request from standard input and go to work."""
    request = json.load(sys.stdin)
    diary = Path(request["diary"])
    with diary.open("w", encoding="utf-8") as file:
        run(request, instance_of(request), Diary(file, diary.with_suffix(".plan")))


if __name__ == "__main__":
    main()
