"""What continuous integration must not pass over in silence."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFICES = ("soffice", "libreoffice", "localc")
only_there = pytest.mark.skipif(not os.environ.get("CI"), reason="only continuous integration must have it")


@only_there
def test_the_browser_tests_have_a_browser():
    """Without one they are skipped; there that is a failure."""
    assert any(map(shutil.which, BROWSERS)), f"install one of {', '.join(BROWSERS)}"
    for module in ("playwright", "axe_playwright_python", "pypdfium2"):
        assert importlib.util.find_spec(module), module


@only_there
def test_the_tests_of_the_workbook_have_an_office():
    """Without one nobody opens the workbook as its readers do."""
    assert any(map(shutil.which, OFFICES)), "install libreoffice-calc-nogui"
