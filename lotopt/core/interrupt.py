"""Ctrl-C held back while something is finished that must not be lost, such as a plan that was found.

    with uninterrupted() as held:
        with interruptible():
            found = search()  # Ctrl-C stops it as ever
        write(found)  # a first Ctrl-C waits, a second one stops it

Only the main thread can say what Ctrl-C does. In other threads, and where Ctrl-C is ignored or somebody else's to
handle outside Python, neither does anything.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Held:
    """What became of Ctrl-C: `came` says that it was pressed while it was held back."""

    def __init__(self) -> None:
        self.came = False
        self.open = False
        self.stopped = False  # one that was let through: whoever presses again does not want to wait

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.open or self.came or self.stopped:
            self.stopped = True
            raise KeyboardInterrupt
        self.came = True


def _installed() -> Held | None:
    found = signal.getsignal(signal.SIGINT)
    return found if isinstance(found, Held) else None


@contextmanager
def uninterrupted() -> Iterator[Held]:
    """Hold Ctrl-C back: the first is noted, a second one (also after one that was let through) raises
    KeyboardInterrupt.

    Whoever holds it back asks `came` at the end and says that it came. May be nested; what came is known outside too.
    """
    main = threading.current_thread() is threading.main_thread()
    outer = _installed() if main else None
    before = signal.getsignal(signal.SIGINT)
    if outer is not None:
        was_open, outer.open = outer.open, False
        try:
            yield outer
        finally:
            outer.open = was_open
    elif main and callable(before):
        held = Held()
        signal.signal(signal.SIGINT, held)
        try:
            yield held
        finally:
            signal.signal(signal.SIGINT, before)
    else:
        yield Held()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C through again within `uninterrupted`. Raises KeyboardInterrupt at once where it came before."""
    held = _installed() if threading.current_thread() is threading.main_thread() else None
    if held is None:
        yield
        return
    if held.came:
        raise KeyboardInterrupt
    was_open, held.open = held.open, True
    try:
        yield
    finally:
        held.open = was_open


@contextmanager
def undivided() -> Iterator[None]:
    """Let every Ctrl-C wait for the end: for what takes a moment and is worth nothing half done."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    pressed: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda number, frame: pressed.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    for frame in pressed:
        before(signal.SIGINT, frame)
