"""The wheel holds everything: it runs the demo in an empty folder, away from the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*command, "--wheel-dir", str(folder)], check=True, cwd=folder)
    (found,) = folder.glob("lotopt-*.whl")
    return found


@pytest.mark.slow
def test_what_is_in_the_wheel(wheel: Path):
    """The package, its places, examples, templates and schema; no tests and no workshop."""
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "lotopt/py.typed",
        "lotopt/study/result.schema.json",
        "lotopt/geodata/england-wales/territory.toml",
        "lotopt/examples/probation/six_coherent.toml",
        "lotopt/examples/new/scenario.toml",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/")) or "/cache/" in name]


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel(wheel: Path, tmp_path: Path):
    """A fresh environment with the wheel; what it depends on is lent from this one."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # a plain path line lends the installed packages, but not the .pth files that lead back to the source tree
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    folder = tmp_path / "empty"
    folder.mkdir()
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    told = subprocess.run(
        [python, "-m", "lotopt", "demo"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.rstrip().endswith(os.path.join("out", "report.html"))
    where = subprocess.run(
        [python, "-c", "import lotopt; print(lotopt.__file__)"], cwd=folder, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(site)
