"""Ctrl-C held back, and let through again."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from lotopt.core.interrupt import interruptible, undivided, uninterrupted
from lotopt.engine import prepare as preparing


def press() -> None:
    """Ctrl-C, as this process sees it."""
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_waits_and_the_second_does_not():
    """The first is noted, a second one stops what runs; afterwards all is as before."""
    with uninterrupted() as held:
        press()
        assert held.came
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_let_through_within():
    """A search inside can be stopped as ever; whoever presses again while it is tidied up does not want to wait."""
    with uninterrupted() as held:
        with pytest.raises(KeyboardInterrupt), interruptible():
            press()
        assert not held.came
        with pytest.raises(KeyboardInterrupt):
            press()


def test_what_is_not_to_be_divided_is_finished():
    """Every Ctrl-C waits for the end of it, and is told then."""
    done = []

    def work() -> None:
        press()
        press()
        done.append("all of it")

    with pytest.raises(KeyboardInterrupt), undivided():
        work()
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_came_before_stops_the_next_step_at_once():
    """Nothing further is started after Ctrl-C."""
    with uninterrupted(), uninterrupted():
        press()
        with pytest.raises(KeyboardInterrupt), interruptible():
            pytest.fail("a further step was started")


def test_what_came_inside_is_known_outside():
    """A nested one holds back too, also within a step that can be stopped."""
    with uninterrupted() as outer:
        with interruptible(), uninterrupted() as inner:
            press()
        assert inner.came
        assert outer.came


def test_another_thread_is_left_alone():
    """Only the main thread may say what Ctrl-C does; a solve in another one runs all the same."""
    told = []

    def work() -> None:
        with uninterrupted() as held, interruptible():
            told.append(held.came)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [False]


@pytest.mark.parametrize("breaks", [False, True])
def test_compiling_is_not_stopped_half_way(monkeypatch: pytest.MonkeyPatch, breaks: bool):
    """Ctrl-C while kernels are compiled is told when they are ready; what a compiler makes of a second one is not."""
    steps = []

    def compiled() -> None:
        press()
        steps.append("ready")
        if breaks:
            raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(preparing, "prepared", lambda: False)
    monkeypatch.setattr(preparing, "_compile", compiled)
    with pytest.raises(KeyboardInterrupt):
        preparing.prepare()
    assert steps == ["ready"]
