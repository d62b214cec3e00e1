"""What tests ask of a page that a browser has opened."""

from __future__ import annotations

from typing import Any

import pytest

# WCAG 2.2 AA with everything it builds on, and what is good practice beside it.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def unfold(page: Any) -> None:
    """Open everything that is folded."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def violations(page: Any) -> list[tuple[str, str]]:
    """What axe finds: each broken rule with the first piece of the page that breaks it. Skips without axe."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page, options={"runOnly": STANDARD}).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def area(page: Any, index: int, key: str = "map") -> Any:
    """An area of a map."""
    return page.locator(f"#{key} [role=option][data-a='{index}']")
