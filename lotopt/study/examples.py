"""The worked examples that come with the package."""

from __future__ import annotations

from pathlib import Path

from lotopt.core.errors import InputError


def examples_folder() -> Path:
    """Where the examples lie: inside an installed package, or beside the package in the source tree."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "examples", package.parent / "examples"):
        if (folder / "probation").is_dir():
            return folder
    raise InputError("examples", f"not found in {package}; install lotopt again")


def example(name: str) -> Path:
    """The file or folder of an example, such as `probation/six_coherent.toml`."""
    return examples_folder() / name
