"""Which version of a package runs here."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def version_of(package: str) -> str:
    """The version of an installed package, as its distribution is named; "not installed" where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
