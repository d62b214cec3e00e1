"""How long a browser takes to open report.html of the 318 districts, and what the page weighs.

    python -m benchmarks.report_opens [--times 7] [--slower 4] [--explain] [REPORT.html]

Makes the report of examples/probation/six_coherent.toml beside the contract package areas of 2014 (or takes one that
is named), opens it in Chromium, each time in a context of its own, and prints medians: milliseconds to the first
paint with content, to the end of parsing and to the load event, CPU seconds of the page's process until then, and how
much of that is script, style and layout. `--slower 4` slows the processor down as a browser's developer tools do.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.machine import machine

SCENARIO, BASE = "probation/six_coherent.toml", "contract-package-areas-2014"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TIMINGS = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return { paint: paint ? paint.startTime : NaN, parsed: page.domContentLoadedEventEnd, load: page.loadEventEnd };
}"""
CPU = {"cpu": "TaskDuration", "script": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}
# pieces of the page by what they show
PIECES = {
    "areas": r'<path id="[^"]*-a\d+".*?</path>',
    "boundaries": r'<path id="[^"]*-layer-.*?/>',
    "areas shown again": r"<use .*?/>",
    "data of the map": r'<script type="application/json".*?</script>',
    "tables": r"<table.*?</table>",
    "style": r"<style>.*?</style>",
    "script": r"<script>.*?</script>",
}


def made(folder: Path, explained: bool) -> Path:
    """The report of the six lots beside the package areas."""
    from lotopt.report.folder import write_folder
    from lotopt.study.examples import example
    from lotopt.study.read import read_scenario
    from lotopt.study.run import run
    from lotopt.study.scenario import ExplainPart

    scenario = read_scenario(example(SCENARIO)).with_base(BASE)
    if explained:
        scenario = scenario.model_copy(update={"explain": ExplainPart.everything(scenario.explain)})
        scenario = scenario.with_solver(time_limit=30.0)
    write_folder(run(scenario), folder)
    return folder / "report.html"


def weights(page: str) -> Iterator[tuple[str, int]]:
    """What the page weighs in bytes: whole, packed as servers send it, and by what it shows."""
    yield "whole page", len(page.encode("utf-8"))
    yield "packed (gzip)", len(gzip.compress(page.encode("utf-8"), mtime=0))
    for name, pattern in PIECES.items():
        yield name, sum(len(found.encode("utf-8")) for found in re.findall(pattern, page, re.DOTALL))


def opened(report: Path, times: int, slower: float) -> list[dict[str, float]]:
    """Timings in milliseconds and CPU in seconds of each opening; the first, which warms the disk, is left out."""
    from playwright.sync_api import sync_playwright

    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    found = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        print(f"Chromium {browser.version}")
        for _ in range(times + 1):
            found.append(_once(browser, report, slower))
        browser.close()
    return found[1:]


def _once(browser: Any, report: Path, slower: float) -> dict[str, float]:
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    if slower > 1:
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(report.as_uri(), wait_until="load")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    found = page.evaluate(TIMINGS) | {name: told[metric] for name, metric in CPU.items()}
    context.close()
    return dict(found)


def main() -> None:
    """Make or take a report, open it, print figures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("report", nargs="?", type=Path, help="a report.html; made unless given")
    asked.add_argument("--times", type=int, default=7)
    asked.add_argument("--slower", type=float, default=1.0, help="how many times slower the processor is made")
    asked.add_argument("--explain", action="store_true", help="with every explanation there is")
    options = asked.parse_args()
    print(", ".join(f"{name} {value}" for name, value in machine().items() if name in ("date", "processor", "cores")))
    with tempfile.TemporaryDirectory() as folder:
        report = options.report or made(Path(folder), options.explain)
        for name, size in weights(report.read_text(encoding="utf-8")):
            print(f"{name:<20}{size / 1000:>10,.0f} kB")
        found = opened(report.resolve(), options.times, options.slower)
    print(f"median of {len(found)} openings" + (f", {options.slower:g} times slower" if options.slower > 1 else ""))
    for name, unit in (("paint", "ms"), ("parsed", "ms"), ("load", "ms"), *((name, "s") for name in CPU)):
        values = sorted(each[name] for each in found)
        print(f"{name:<20}{statistics.median(values):>10,.2f} {unit}  ({values[0]:,.2f} to {values[-1]:,.2f})")


if __name__ == "__main__":
    main()
