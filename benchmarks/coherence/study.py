"""python -m benchmarks.coherence.study: runs the study and writes its tables, pictures and page.

--profile NAME              how much is done: tiny, quick, page or full (default: quick)
-o FOLDER                   where tables, lots, pictures and the page go (default: out/study)
--workers N                 processes beside each other (default: 2)
--anew                      do every part again, also those that an earlier run kept
--pages                     tables and pages alone, from the parts that were kept last, whatever has changed since
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.coherence.settings import PROFILES, Profile
from benchmarks.coherence.tables import Findings, tables
from benchmarks.coherence.tasks import last, run, tasks_of
from lotopt.report.files import write_whole
from lotopt.report.tables import write_lots

KEPT = Path("out/study-parts")
INTERRUPTED = 130


def study(profile: Profile, workers: int = 1, kept: Path | None = None) -> Findings:
    """Everything that a profile asks for."""
    return Findings(run(tasks_of(profile), workers, kept, _told))


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def write(found: Findings, folder: Path, profile: Profile) -> list[Path]:
    """Write the tables into `results/`, every design as a file of lots into `lots/`, pictures and the page."""
    from benchmarks.coherence.page import write_pages

    written = [write_whole(folder / "results" / name, text.encode("utf-8")) for name, text in tables(found).items()]
    drawn = [one for one in found.designs if one.id not in one.design.territory.designs]
    written += [write_lots(folder / "lots" / f"{one.id}.csv", one.design) for one in drawn]
    return [*written, *write_pages(found, folder, profile)]


def main() -> int:
    parser = argparse.ArgumentParser(description="What coherence costs, and what incoherence costs.")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="quick")
    parser.add_argument("-o", "--out", type=Path, default=Path("out/study"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--pages", action="store_true")
    asked = parser.parse_args()
    start = time.monotonic()
    profile = PROFILES[asked.profile]
    try:
        if asked.pages:
            found = Findings(last(tasks_of(profile), KEPT, _told))
        else:
            found = study(profile, asked.workers, None if asked.anew else KEPT)
    except KeyboardInterrupt:
        _told("interrupted; nothing is written, and finished parts are kept for the next run")
        return INTERRUPTED
    written = write(found, asked.out, profile)
    print(f"{len(written)} files in {asked.out}, after {time.monotonic() - start:.0f} s; the page is findings.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
