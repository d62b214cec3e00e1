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
from lotopt.report.ocds import awards as aw
from lotopt.report.ocds.parties import Parties
from lotopt.report.ocds.tender import Told, tender
from lotopt.report.ocds.told import Bids, Stage, filled
from lotopt.report.tender.asked import Asked
from lotopt.report.tender.notice import one_line
from lotopt.report.words import proof

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.allocation.clause import AwardRule
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
    **options: Any,
) -> dict[str, Any]:
    """A draft release package in the Open Contracting Data Standard 1.1.

    It is dated `date`: nothing is taken from a clock, and the same results give the same package. At the stages
    "planning" and "tender" it tells of lots, at "award" also of awards, as pending, and of as many `bids` as is said:
    "none", "counted" (how many), "winning", or "all" with every bidder and price. `area_scheme` names the list that
    ids of areas are from; the other options are the fields of `Asked`. Raises ValueError where there are no lots, or
    at "award" no awards.
    """
    asked = Asked(design, awards, **options)
    plan, won, market, lots = asked.plan, asked.won, asked.offered, asked.lots
    if not lots:
        raise ValueError("there are no lots to publish")
    if stage == "award" and won is None:
        raise ValueError("nothing is awarded, so there is no award to publish")
    told = Told(
        title=asked.called("Lots"),
        lots=lots,
        market=market,
        method=asked.method,
        stage=stage,
        scheme=area_scheme or (plan.territory.title if plan is not None else "") or "areas of lotopt",
        proof=_proof(design, asked.together),
        won=frozenset(item for award in won.awards for item in award.items) if won is not None else frozenset(),
    )
    # where prices are asked by schedule for any lot, nobody has made a bid
    shown: Bids = "none" if asked.together is not None else bids
    day = _day(date)
    ocid = ocid or f"{PREFIX}-{_digest([[lot.id, lot.name, [place.id for place in lot.places]] for lot in lots])}"
    parties = Parties(market)
    content: dict[str, Any] = {"tag": [stage], "initiationType": "tender", "language": "en"}
    content |= {"buyer": parties.buyer(buyer), "tender": tender(told, ocid)}
    if stage == "award" and won is not None:
        withdrawn = _withdrawn(asked.award_rules or (), won.market)
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
