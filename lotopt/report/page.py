"""report.html: one file that needs no network, with the map, the tables and how it was proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.core.clause import Goal, Rule
from lotopt.core.result import Result
from lotopt.report.awarded import provider_of_lots
from lotopt.report.files import write_whole
from lotopt.report.maps import Picture, colours_before, map_data, picture
from lotopt.report.summary import summarise
from lotopt.report.templates import own_scripts, own_text, policy, render

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.design.design import LotDesign
    from lotopt.joint.plan import JointPlan
    from lotopt.report.moves import Moves
    from lotopt.study.explain import Explained
    from lotopt.study.together import Together

# The map that other maps of the page take the drawings of areas from.
MAP = "map"


def write_report(
    path: Path | str,
    design: Result[LotDesign] | None,
    awards: Result[Allocation] | None = None,
    *,
    together: Together | None = None,
    explained: Explained | None = None,
    base: LotDesign | None = None,
    title: str = "",
    rules: Sequence[Rule] = (),
    goals: Sequence[Goal] = (),
    award_rules: Sequence[Rule] = (),
    award_goals: Sequence[Goal] = (),
    scenario_text: str = "",
    measure: str | None = None,
    layers: Sequence[str] = (),
    inputs: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
) -> Path:
    """Write the report of a design, an allocation or both as one HTML file; an older file is replaced as a whole.

    `measure` weighs shares and scores, `layers` are the boundaries told of; see `summarise` for what is taken
    where they are not given. Where both were decided `together`, the report tells what that is worth; `explained` is
    told beside the awards. With a `base`, a design of the same areas, it tells what changes, with both maps.
    `scenario_text` is shown as it is; `inputs` are hashes of what went in, and `versions` of programs, by name.
    The same results give the same bytes: nothing but what they hold is told, no time of writing either.
    """
    page = report_page(
        design,
        awards,
        together=together,
        explained=explained,
        base=base,
        title=title,
        rules=rules,
        goals=goals,
        award_rules=award_rules,
        award_goals=award_goals,
        scenario_text=scenario_text,
        measure=measure,
        layers=layers,
        inputs=inputs,
        versions=versions,
    )
    return write_whole(Path(path), page.encode("utf-8"))


def report_page(design: Result[LotDesign] | None, awards: Result[Allocation] | None = None, **options: Any) -> str:
    """The report as HTML text. Takes the options of `write_report`."""
    summary = summarise(design, awards, **options)
    plan = design.plan if design is not None else None
    providers = provider_of_lots(awards)
    moves = summary.change.moves if summary.change is not None else None
    together = options.get("together")
    other = together.first.plan if together is not None and together.first is not None else None
    return fill_page(
        "report.html",
        summary=summary,
        other=_other_map(other) if other is not None and plan is not None else None,
        pair=_before_and_after(summary.change.moves) if summary.change is not None else (),
        picture=picture(plan, providers=providers, moves=moves) if plan is not None else None,
        data=map_data(plan, providers, moves) if plan is not None else None,
    )


def _other_map(plan: JointPlan) -> Picture:
    """The map of the plan that drew lots first, to be looked at only."""
    names = {lot: plan.market.provider[id].title for lot, id in plan.provider_of.items()}
    title = "Map of the lots where lots are drawn first"
    return picture(
        plan.design, key="first", title=title, shared=MAP, providers=names, layers=False, interactive=False
    )


def _before_and_after(moves: Moves) -> tuple[Picture, Picture]:
    """The map of the base and that of the lots, to be looked at only, in colours that match where they can."""
    still = partial(picture, shared=MAP, layers=False, interactive=False)
    base = replace(moves.base, territory=moves.plan.territory)
    return (
        still(base, key="before", title=f"Before: {moves.title}", colours=colours_before(moves)),
        still(moves.plan, key="after", title="After: areas that move are dotted", moves=moves),
    )


def fill_page(template: str, **values: Any) -> str:
    """A page with the package's own style and script inside, and the policy that allows only these."""
    style, script = own_text("page.css"), own_scripts("tables.js", "page.js")
    return render(template, style=style, script=script, policy=policy(style, script), **values)
