"""Ctrl-C held back while something is finished that must not be lost, such as a plan that was found.

    with uninterrupted() as held:
        with interruptible():
            found = search()  # Ctrl-C stops it as ever
        write(found)  # the first Ctrl-C waits, a second one stops it

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

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.open or self.came:
            raise KeyboardInterrupt
        self.came = True


def _installed() -> Held | None:
    found = signal.getsignal(signal.SIGINT)
    return found if isinstance(found, Held) else None


@contextmanager
def uninterrupted() -> Iterator[Held]:
    """Hold Ctrl-C back: the first is noted, a second one raises KeyboardInterrupt.

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
