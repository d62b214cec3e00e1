"""What commands print: results on stdout, progress on stderr where somebody is watching."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lotopt.engine.solve.progress import Progress


def document(content: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def path(target: Path) -> str:
    """A path as a person here would type it."""
    near = os.path.relpath(target)
    return str(target) if near.startswith("..") else near


@contextmanager
def progress() -> Iterator[Progress | None]:
    """A line on stderr with phase, best plan, bound, gap and seconds; nothing where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    from lotopt.core.reading import plain
    from lotopt.core.result import gap_of

    console = Console(stderr=True)
    begun = time.monotonic()
    with console.status("reading") as status:

        def tell(phase: str, objective: float | None, bound: float | None) -> None:
            parts = [f"{phase}, {time.monotonic() - begun:.0f} s"]
            if objective is not None:
                parts.append(f"best {plain(objective)}")
            if bound is not None:
                parts.append(f"bound {plain(bound)}")
            if objective is not None and bound is not None:
                parts.append(f"gap {gap_of(objective, bound):.2%}")
            status.update("; ".join(parts))

        yield tell
