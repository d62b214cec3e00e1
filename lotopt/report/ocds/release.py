"""A release package: one release with the tender and, once lots are awarded, bids and awards."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.allocation.rules.bids import Withdrawn
from lotopt.report.files import write_whole
from lotopt.report.measure import main_measure
from lotopt.report.ocds import awards as aw
from lotopt.report.ocds.parties import Parties
from lotopt.report.ocds.tender import Told, tender
from lotopt.report.ocds.told import Bids, Stage, filled
from lotopt.report.tender.lots import lots_of
from lotopt.report.tender.method import Method, suppliers_of
from lotopt.report.tender.notice import one_line
from lotopt.report.words import proof

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.allocation.clause import AwardGoal, AwardRule
    from lotopt.core.clause import Goal, Rule
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign
    from lotopt.market.market import Market
    from lotopt.study.together import Together

# Of bids no released version has relatedBids of an award.
EXTENSIONS = tuple(
    f"https://raw.githubusercontent.com/open-contracting-extensions/{name}/extension.json"
    for name in ("ocds_lots_extension/v1.1.5", "ocds_bid_extension/master")
)
# A registered prefix begins with ocds-; this one says that it is none.
PREFIX = "draft-not-registered"


def write_release(
    path: Path | str, design: Result[LotDesign] | None, awards: Result[Allocation] | None = None, **options: Any
) -> Path:
    """Write a draft release package as JSON; an older file is replaced as a whole. Takes the options of `release`."""
    text = json.dumps(release(design, awards, **options), indent=2, ensure_ascii=False, allow_nan=False)
    return write_whole(Path(path), f"{text}\n".encode())


def release(
    design: Result[LotDesign] | None,
    awards: Result[Allocation] | None = None,
    *,
    buyer: str,
    date: datetime.date,
    stage: Stage = "tender",
    bids: Bids = "winning",
    ocid: str = "",
    area_scheme: str = "",
    title: str = "",
    rules: Sequence[Rule] = (),
    goals: Sequence[Goal] = (),
    award_rules: Sequence[AwardRule] | None = None,
    award_goals: Sequence[AwardGoal] = (),
    in_order: bool = False,
    ties: Sequence[AwardGoal] = (),
    gap: float = 1e-4,
    market: Market | None = None,
    together: Together | None = None,
    measure: str | None = None,
) -> dict[str, Any]:
    """A draft release package in the Open Contracting Data Standard 1.1.

    It is dated `date`: nothing is taken from a clock, and the same results give the same package. At the stages
    "planning" and "tender" it tells of lots, at "award" also of awards, as pending, and of as many `bids` as is said:
    "none", "counted" (how many), "winning", or "all" with every bidder and price. `area_scheme` names the list that
    ids of areas are from. Raises ValueError where there are no lots, or at "award" no awards.
    """
    plan = design.plan if design is not None else None
    won = awards.plan if awards is not None else None
    market = won.market if market is None and won is not None else market
    main = measure or (main_measure(plan, [*rules, *goals]) if plan is not None else "")
    lots = lots_of(plan, market, main, rules)
    if not lots:
        raise ValueError("there are no lots to publish")
    if stage == "award" and won is None:
        raise ValueError("nothing is awarded, so there is no award to publish")
    told = Told(
        title=title or (plan.title if plan is not None else "") or "Lots",
        lots=lots,
        market=market,
        method=None
        if award_rules is None
        else Method(award_rules, award_goals, in_order, ties, gap, suppliers_of(market)),
        stage=stage,
        scheme=area_scheme or (plan.territory.title if plan is not None else "") or "areas of lotopt",
        proof=_proof(design, together),
        won=frozenset(item for award in won.awards for item in award.items) if won is not None else frozenset(),
    )
    # where prices are asked by schedule for any lot, nobody has made a bid
    shown: Bids = "none" if together is not None else bids
    day = _day(date)
    ocid = ocid or f"{PREFIX}-{_digest([[lot.id, lot.name, [place.id for place in lot.places]] for lot in lots])}"
    parties = Parties(market)
    content: dict[str, Any] = {"tag": [stage], "initiationType": "tender", "language": "en"}
    content |= {"buyer": parties.buyer(buyer), "tender": tender(told, ocid)}
    if stage == "award" and won is not None:
        withdrawn = _withdrawn(award_rules or (), won.market)
        content["bids"] = aw.bids(won, shown, withdrawn, parties)
        content["awards"] = aw.awards(won, shown, parties)
        if shown != "none":
            content["tender"]["numberOfTenderers"] = len({bid.provider for bid in won.market.bids})
    content["parties"] = parties.listed
    digest = _digest([content, day])
    return {
        "uri": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{ocid}/{digest}')}",
        "version": "1.1",
        "extensions": list(EXTENSIONS),
        "publishedDate": day,
        "publisher": {"name": one_line(buyer)},
        "releases": [{"ocid": ocid, "id": f"{ocid}-{digest}", "date": day} | filled(content)],
    }


def _proof(design: Result[LotDesign] | None, together: Together | None) -> str:
    if together is not None:
        return f"Lots and awards were decided together. {proof(together.result, 'plan')}"
    return "" if design is None else f"Of the lots: {proof(design)}"


def _day(date: datetime.date) -> str:
    """A moment as OCDS wants it: of a day its beginning, in universal time."""
    if isinstance(date, datetime.datetime):
        return (date if date.tzinfo is not None else date.replace(tzinfo=datetime.UTC)).isoformat()
    return f"{date.isoformat()}T00:00:00Z"


def _withdrawn(rules: Sequence[AwardRule], market: Market) -> frozenset[str]:
    return frozenset[str]().union(*(rule.barred(market) for rule in rules if isinstance(rule, Withdrawn)))


def _digest(content: Any) -> str:
    """Twelve letters that are the same for the same content."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
