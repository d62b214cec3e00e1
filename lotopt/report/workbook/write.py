"""workbook.xlsx: every table of a run as numbers, on sheets that can be filtered, printed and worked on."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.core.clause import Goal, Rule
from lotopt.core.result import Result
from lotopt.market.sheets import new_book
from lotopt.report.awarded import is_simulated
from lotopt.report.files import write_whole
from lotopt.report.measure import main_measure
from lotopt.report.workbook import content
from lotopt.report.workbook.about import about_lines, draw_about
from lotopt.report.workbook.part import Part
from lotopt.report.workbook.sheet import Sheet, draw, fitted

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.design.design import LotDesign
    from lotopt.market.market import Market
    from lotopt.study.together import Together

# Of a page's header, which Excel cuts at 255 characters.
ON_EVERY_PAGE = "SIMULATED MARKET: providers, bids and prices are made up"


def write_workbook(
    path: Path | str,
    design: Result[LotDesign] | None,
    awards: Result[Allocation] | None = None,
    *,
    together: Together | None = None,
    title: str = "",
    rules: Sequence[Rule] = (),
    goals: Sequence[Goal] = (),
    award_rules: Sequence[Rule] = (),
    award_goals: Sequence[Goal] = (),
    measure: str | None = None,
    layers: Sequence[str] = (),
    market: Market | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Path:
    """Write lots, areas, awards, coherence, readings and sources as an Excel workbook; an older file is replaced.

    The sheets are About, Lots, Areas, Awards, Coherence, Readings and Sources, as far as there is something to say.
    Money is exact to the penny, in GBP a year. `inputs` are hashes by name, for the first sheet; `market` gives the
    lots where there is no design; the other options are those of `write_report`. The same results give the same
    bytes.
    """
    from lotopt.report.summary import summarise

    told: dict[str, Any] = {"rules": rules, "goals": goals, "award_rules": award_rules, "award_goals": award_goals}
    summary = summarise(design, awards, together=together, title=title, measure=measure, layers=layers, **told)
    plan = design.plan if design is not None else None
    main = measure or (main_measure(plan, [*rules, *goals]) if plan is not None else "")
    parts = _parts(design, awards, together, told)
    sheets, left_out = [], list[str]()
    for sheet in _sheets(plan, awards, market, main, layers, parts):
        kept, lost = fitted(sheet)
        sheets.append(kept)
        left_out += lost
    written = io.BytesIO()
    book = new_book(written, summary.title[:255])
    warning = ON_EVERY_PAGE if is_simulated(awards) or (market is not None and market.simulated) else ""
    draw_about(book, list(about_lines(summary, parts, inputs or {}, left_out)), warning)
    for sheet in sheets:
        draw(book, sheet, warning)
    book.close()
    return write_whole(Path(path), written.getvalue())


def _parts(
    design: Result[LotDesign] | None,
    awards: Result[Allocation] | None,
    together: Together | None,
    asked: Mapping[str, Any],
) -> tuple[Part, ...]:
    """Every solve with what it was asked, in the order in which a summary tells of them."""
    if together is not None:
        rules, goals = [*asked["rules"], *asked["award_rules"]], [*asked["goals"], *asked["award_goals"]]
        return (Part("Plan", together.result, rules, goals),)
    found = (
        ("Lots", design, asked["rules"], asked["goals"]),
        ("Awards", awards, asked["award_rules"], asked["award_goals"]),
    )
    return tuple(Part(name, result, rules, goals) for name, result, rules, goals in found if result is not None)


def _sheets(
    plan: LotDesign | None,
    awards: Result[Allocation] | None,
    market: Market | None,
    measure: str,
    layers: Sequence[str],
    parts: Sequence[Part],
) -> Iterator[Sheet]:
    """Every sheet after the first, as far as there is something to say."""
    from lotopt.report.summary import coherence_of

    market = awards.plan.market if market is None and awards is not None and awards.plan is not None else market
    if plan is not None:
        yield content.lots_sheet(plan, measure, awards)
        yield content.areas_sheet(plan)
    elif market is not None:
        yield content.market_lots_sheet(market, awards)
    if awards is not None and awards.plan is not None:
        yield content.awards_sheet(awards)
    found = coherence_of(plan, measure, layers) if plan is not None else None
    if plan is not None and found is not None:
        yield content.coherence_sheet(found, plan)
    if any(part.result.audit is not None for part in parts):
        yield content.readings_sheet(parts)
    if plan is not None:
        yield content.sources_sheet(plan)
