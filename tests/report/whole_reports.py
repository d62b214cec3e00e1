"""Reports with every part there is, for tests that look at all of it; every name is hostile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from report_cases import EVIL_AREA, GOALS, RULES, awarded, decided_together, solved

from lotopt.core.reading import Audit, Reading
from lotopt.core.result import Result, Status
from lotopt.design.design import LotDesign
from lotopt.report.page import write_report
from lotopt.study.explain import TITLES, Explained, ExplainedPart

# long without a space, right to left, and an order that overrides the reader's
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3
HEBREW = "\u05de\u05d7\u05d5\u05d6 \u05d4\u05e6\u05e4\u05d5\u05df"
TURNED = "\u202eevil\u202c <b>bold</b>"


def hostile(design: LotDesign) -> LotDesign:
    """The design with hostile names of areas, lots and agencies."""
    ground = design.territory
    names = (EVIL_AREA, LONG, HEBREW, TURNED, *ground.names[4:])
    layer = replace(ground.layers["police"], names=(TURNED, LONG, HEBREW), title=f"Police {EVIL_AREA}", note=LONG)
    territory = replace(ground, names=names, layers={"police": layer}, title=f"Nine {HEBREW}")
    return LotDesign(territory, design.lots, design.of, (EVIL_AREA, LONG, HEBREW), title=TURNED)


def explained() -> Explained:
    """Every explanation there is: a sentence and eight rows."""
    parts = [
        ExplainedPart(
            name,
            title,
            (f"{EVIL_AREA} costs nothing.", f"{LONG} is told.", HEBREW),
            ("bid", "provider", "at_most", "share"),
            tuple((f"bid {k}", TURNED, float(k * 10), k / 10) for k in range(8)),
            by_rule=(("size_between", f"size_between costs {EVIL_AREA}."),),
        )
        for name, title in TITLES.items()
    ]
    return Explained(tuple(parts))


def everything(design: LotDesign, folder: Path) -> Path:
    """Lots and awards with a base and all explanations."""
    made = hostile(design)
    base = replace(made, of=made.of[::-1].copy(), title=f"Old {TURNED}")
    return write_report(
        folder / "everything.html",
        solved(made),
        awarded(made, True),
        base=base,
        explained=explained(),
        title=f"All {EVIL_AREA}",
        rules=RULES,
        goals=GOALS,
        scenario_text=f"# {LONG}\nterritory = '{EVIL_AREA}'\n",
    )


def together(design: LotDesign, folder: Path) -> Path:
    """Lots and awards decided together."""
    both = decided_together()
    return write_report(folder / "together.html", both.design, both.awards, together=both)


def broken(design: LotDesign, folder: Path) -> Path:
    """A plan drawn by hand that breaks a rule and has a fault."""
    made = hostile(design)
    readings = tuple(Reading("size_between", f"{LONG} {k}", 5.0 + k, 2.0, 8.0, "cases") for k in range(8))
    audit = Audit(readings, faults=(f"the totals of {EVIL_AREA} differ",), notes=(LONG,))
    given: Result[Any] = Result(made, Status.FEASIBLE, 3.0, audit=audit, limits=("the design was given",))
    return write_report(folder / "broken.html", given, rules=RULES, goals=GOALS)


def infeasible(design: LotDesign, folder: Path) -> Path:
    """No plan at all."""
    conflict = ("There are exactly 9 lots.", f"{EVIL_AREA} {LONG} is too large.")
    return write_report(folder / "none.html", Result(None, Status.INFEASIBLE, conflict=conflict), rules=RULES)


REPORTS = {"everything": everything, "together": together, "broken": broken, "infeasible": infeasible}
