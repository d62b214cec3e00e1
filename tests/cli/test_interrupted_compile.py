"""Ctrl-C while the engine is compiled for the first time on a machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# a runner in the background may have Ctrl-C ignored
SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from lotopt.engine import prepare
kept = prepare._compile
def compiled():
    print("compiling", flush=True)
    kept()
prepare._compile = compiled
from lotopt.cli import answer
sys.exit(answer(["run", "scenario.toml"]))
"""


@pytest.mark.slow
def test_ctrl_c_while_the_engine_is_compiled(own_map: Path, tmp_path: Path):
    """Exit 130 and no traceback: not a fault of the compiler, and not passed over."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    running = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "compiling\n"
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=300)
    assert running.returncode == 130, told
    assert told.strip() == "interrupted; nothing was written"
    assert not (own_map / "out").exists()
