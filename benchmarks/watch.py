"""A solver in a child process: started, watched for time and memory, ended where it does not end itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.registry import PEERS
from benchmarks.terms import Attempt, Terms

ROOT = Path(__file__).resolve().parent.parent
# Seconds for reading the instance, imports and building the model, before the clock of the limit starts.
SET_UP = 300.0
# A solver that looks at the clock itself is given this much more, and half of the limit: some look rarely.
GRACE = 10.0
# Seconds between two looks.
LOOK = 0.05


@dataclass(frozen=True)
class Seen:
    """What came of a child: its attempt, or why there is none; `peak_mb` of it and the programs it called."""

    attempt: Attempt | None
    word: str = ""
    note: str = ""
    peak_mb: float | None = None
    warm_up_seconds: float | None = None
    stopped: bool = False


@dataclass(frozen=True)
class _Ended:
    """How a child ended: why it was ended ("" where it ended itself), seconds since its clock began, the most memory
    seen (MB), and the CPU seconds of all that ran in it (0 where it has told them itself)."""

    why: str
    seconds: float
    peak_mb: float
    cpu_seconds: float


def solve_apart(
    solver: str, instance: str, terms: Terms, *, file: str | None = None, memory_gb: float = 8.0
) -> Seen:
    """Let the engine or a peer solve an instance in a process of its own, and end it when its time is over.

    `instance` is a name of the registry; `file` a file that holds the instance instead. A process that holds more
    than `memory_gb` is ended (on Linux; elsewhere memory is not watched).
    """
    with tempfile.TemporaryDirectory() as folder:
        diary, said = Path(folder) / "diary", Path(folder) / "said"
        request = {"solver": solver, "instance": instance, "file": file, "terms": asdict(terms), "diary": str(diary)}
        with said.open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.child"], stdin=subprocess.PIPE, stdout=out, stderr=out, cwd=ROOT,
                start_new_session=True,
            )  # fmt: skip
            assert child.stdin is not None
            with child.stdin as pipe:
                pipe.write(json.dumps(request).encode())
            end = _watch(child, diary, solver, terms, memory_gb)
        events = _events(diary)
        kept = diary.with_suffix(".plan")
        plan = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
        return _seen(events, plan, end, said.read_text(encoding="utf-8", errors="replace"), terms)


def _watch(
    child: subprocess.Popen[bytes], diary: Path, solver: str, terms: Terms, memory_gb: float
) -> _Ended:
    """Wait for the child, and end it where it holds too much or goes on for too long."""
    stops = solver not in PEERS or PEERS[solver].stops
    allowed = terms.limit * 1.5 + GRACE if stops else terms.limit
    started, begun, peak, looks = time.perf_counter(), None, 0.0, 0
    over = ""
    try:
        while child.poll() is None:
            time.sleep(LOOK)
            looks += 1
            now = time.perf_counter()
            if begun is None and any(event["event"] == "begin" for event in _events(diary)):
                begun = now
            if looks % 5 == 0:
                peak = max(peak, _held_mb(child.pid))
            if begun is None and now - started > SET_UP:
                over = f"not ready to start after {SET_UP:g} s"
            elif begun is not None and now - begun > allowed:
                over = "time"
            elif peak > 1024 * memory_gb:
                over = f"more than {memory_gb:g} GB of memory"
            if over:
                break
    finally:
        cpu = _end(child)
    took = time.perf_counter() - (started if begun is None else begun)
    return _Ended(over, took, peak, cpu)


def _end(child: subprocess.Popen[bytes]) -> float:
    """End the child and every program it started (they are a session of their own); the CPU seconds it took.

    0 where it had ended by itself: then it has told them.
    """
    if child.poll() is not None:
        return 0.0
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    _, child.returncode, used = os.wait4(child.pid, 0)
    return used.ru_utime + used.ru_stime


def _held_mb(session: int) -> float:
    """Memory held now by all processes of a session; 0 where it cannot be known."""
    proc = Path("/proc")
    if not proc.exists():
        return 0.0
    held = 0
    for entry in proc.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                after = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(after[3]) == session:
                    held += int((entry / "statm").read_text().split()[1])
    return held * os.sysconf("SC_PAGE_SIZE") / 2**20


def _events(diary: Path) -> list[dict[str, Any]]:
    if not diary.exists():
        return []
    lines = diary.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _seen(events: list[dict[str, Any]], kept: list[Any] | None, end: _Ended, said: str, terms: Terms) -> Seen:
    last = {event["event"]: event for event in events}
    warm = last["warm"]["seconds"] if "warm" in last else None
    if "done" in last:
        done = last["done"]
        held = max(end.peak_mb, float(done["peak_mb"]))
        return Seen(_attempt(done["attempt"]), peak_mb=round(held, 1), warm_up_seconds=warm)
    for event, word in (("declined", "not asked"), ("missing", "not installed")):
        if event in last:
            return Seen(None, word, last[event]["note"])
    peak = round(end.peak_mb, 1)
    if end.why:
        why = f"ended, past the limit of {terms.limit:g} s" if end.why == "time" else f"ended: {end.why}"
        used = max(0.0, end.cpu_seconds - last["begin"]["cpu"]) if "begin" in last else 0.0
        plan = None if kept is None else _plan(kept)
        attempt = Attempt("unknown" if plan is None else "feasible", None, None, plan, end.seconds, used, note=why)
        return Seen(attempt, peak_mb=peak, warm_up_seconds=warm, stopped=True)
    lines = said.strip().splitlines()
    return Seen(None, "failed", lines[-1] if lines else "ended without a word", peak, warm)


def _attempt(facts: dict[str, Any]) -> Attempt:
    kept = {**facts, "notes": tuple(facts["notes"]), "phases": tuple(map(tuple, facts["phases"]))}
    kept["plan"] = None if facts["plan"] is None else _plan(facts["plan"])
    return Attempt(**kept)


def _plan(plan: list[Any]) -> list[object]:
    return [tuple(p) if isinstance(p, list) else p for p in plan]
