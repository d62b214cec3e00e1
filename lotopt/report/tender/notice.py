"""notice.txt: a draft of what a tender notice says about lots (UK4, Procurement Act 2023), as text to be pasted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotopt.allocation.rules.bids import Packages
from lotopt.core.version import version_of
from lotopt.report.files import write_whole
from lotopt.report.lot_tables import layer_sentence
from lotopt.report.tender import method as m
from lotopt.report.tender.asked import Asked
from lotopt.report.tender.lots import Size, TenderLot, terms_of, total_value
from lotopt.report.words import amount, count, money, proof, share

if TYPE_CHECKING:
    from lotopt.allocation.allocation import Allocation
    from lotopt.core.result import Result
    from lotopt.design.design import LotDesign
    from lotopt.market.bid import Item
    from lotopt.market.market import Market
    from lotopt.market.terms import ItemTerms
    from lotopt.study.together import Together

MOST_NAMED = 60  # parts of a lot that a notice names; lots.csv has every area
SIMULATED = "The market of this run is simulated: no price and no value of it is told here."


def write_notice(
    path: Path | str, design: Result[LotDesign] | None, awards: Result[Allocation] | None = None, **options: Any
) -> Path:
    """Write the draft of a notice as plain text; an older file is replaced. Takes the options of `notice_text`."""
    return write_whole(Path(path), notice_text(design, awards, **options).encode("utf-8"))


def notice_text(
    design: Result[LotDesign] | None,
    awards: Result[Allocation] | None = None,
    *,
    layers: Sequence[str] = (),
    **options: Any,
) -> str:
    """What a tender notice says about lots: which, how many one supplier may win, how they are awarded, and why.

    What is not known stands in [brackets], to be filled in by a person.

    No price and no bid of the run is told, for a notice comes before them. `layers` are the boundaries told of; the
    other options are the fields of `Asked`. The same results give the same text.
    """
    asked = Asked(design, awards, **options)
    lots, market, method = asked.lots, asked.offered, asked.method
    parts = [
        _head(asked.called("lots and awards"), market),
        ("1. LOTS", *_lots(lots, market)),
        ("2. HOW MANY LOTS A SUPPLIER MAY TENDER FOR AND BE AWARDED", *_how_many(method)),
        ("3. HOW LOTS ARE AWARDED (s.19, s.23)", *_awarded(method, asked.together)),
        ("4. WHY THERE ARE LOTS, AND THESE (s.18)", *_why(asked, layers)),
        ("5. BEFORE THIS IS PUBLISHED", *_last(method)),
    ]
    return "\n\n".join("\n".join(map(one_line, part)) for part in parts) + "\n"


def one_line(text: str) -> str:
    """A paragraph without line breaks and without characters that show nothing or turn text round."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _head(title: str, market: Market | None) -> Iterator[str]:
    yield f"DRAFT of what a tender notice (UK4) says about lots: {title}"
    yield "Procurement Act 2023; Procurement Regulations 2024 (SI 2024/692), regulations 18 and 19."
    yield ""
    yield (
        f"Made by lotopt {version_of('lotopt')} from a scenario and its run, for a person to check and complete; not "
        "legal advice. What stands in [brackets] is not known to lotopt. Copy this file before filling it in: the "
        "next run replaces it."
    )
    yield "In the conditions below a provider is a supplier, and a bid is a tender."
    if market is not None and market.simulated:
        yield SIMULATED


def _lots(lots: Sequence[TenderLot], market: Market | None) -> Iterator[str]:
    divided = f"divided into {len(lots)} lots" if len(lots) != 1 else "not divided into lots"
    yield f"The contract is {divided}."
    terms = terms_of(market)
    # what is made up is nobody's estimate
    values = {} if market is None or market.simulated else {lot: _worth(said) for lot, said in terms.items()}
    whole = total_value(values.get(lot.id) for lot in lots)
    term = "over the whole term with all extensions, without and with VAT"
    if whole is None:
        yield f"[Estimated value of all lots {term}]"
    else:
        yield f"Indicative value of all lots: {money(whole)} a year. [Estimated value {term}]"
    yield "[CPV codes; start, end and possible extensions of the contracts; for each lot, where it differs]"
    for number, lot in enumerate(lots, 1):
        yield ""
        yield from _lot(number, lot, terms.get(lot.id, {}), values.get(lot.id))


def _worth(terms: Mapping[Item, ItemTerms]) -> Decimal | None:
    return total_value(said.value for said in terms.values())


def _lot(number: int, lot: TenderLot, terms: Mapping[Item, ItemTerms], value: Decimal | None) -> Iterator[str]:
    name = "" if lot.name == lot.id else f": {lot.name}"
    yield f"Lot {number} ({lot.id}){name}"
    if lot.parts:
        named = "; ".join(lot.parts[:MOST_NAMED])
        rest = len(lot.parts) - MOST_NAMED
        more = f"; and {rest:,} more, in lots.csv" if rest > 0 else ""
        number_of = f" ({len(lot.parts):,})" if len(lot.parts) > 1 else ""
        yield f"{lot.made_of}{number_of}: {named}{more}"
    yield from (_size(size) for size in lot.sizes)
    services = [item.service for item in terms if item.service]
    if services:
        yield f"{'Services' if len(services) > 1 else 'Service'}: {'; '.join(services)}"
    yield "[Estimated value]" if value is None else f"Indicative value: {money(value)} a year"
    for item, said in terms.items():
        if not said.open:
            what = "No award is to be made" if said.status == "cancelled" else "To be awarded without competition"
            of = f" of {item.service}" if item.service else ""
            yield f"{what}{of}: {said.reason}"


def _size(size: Size) -> str:
    unit = f" {size.unit}" if size.unit and size.unit.casefold() != size.title.casefold() else ""
    part = "" if size.share is None else f", {share(size.share)} of all lots"
    return f"{size.title}: {amount(size.value)}{unit}{part}"


def _how_many(method: m.Method | None) -> Iterator[str]:
    if method is None:
        yield "[Say whether a supplier may tender for one, several or all lots.]"
        yield "[Say whether there is a limit on the lots that one supplier may be awarded, and which.]"
        return
    yield "A supplier may tender for one lot, for several or for all. [The scenario has no limit on that: confirm.]"
    packages = [rule for rule in method.rules if isinstance(rule, Packages)]
    if not packages:
        yield (
            "[Say whether one tender may be for several lots together, taken as a whole or not at all, and for which "
            "lots or groups of lots; the scenario allows it for all.]"
        )
    sentences = method.about(m.ONE_SUPPLIER)
    if sentences:
        yield "What one supplier may be awarded:"
        yield from _points(sentences)
    else:
        yield "There is no limit on what one supplier may be awarded. [Confirm.]"


def _awarded(method: m.Method | None, together: Together | None) -> Iterator[str]:
    if method is None:
        yield (
            "[The scenario has no rules of award. Say by which criteria lots are awarded and, where a supplier could "
            "win more than its limit, by which objective mechanism (s.23(4)).]"
        )
        return
    if together is not None:
        yield (
            "[This run decided lots and awards together, from what providers ask for any lot. Say whether suppliers "
            "tender for the lots above.]"
        )
    for head, kinds in (("Conditions on each tender:", m.ONE_TENDER), ("Conditions on all awards:", m.ALL_AWARDS)):
        sentences = method.about(kinds)
        if sentences:
            yield head
            yield from _points(sentences)
    yield from m.choice(method)
    yield from m.equals(method)
    yield from m.solving(method)
    yield "[Criteria and weights, how quality is scored, and what disqualifies a tender]"


def _why(asked: Asked, layers: Sequence[str]) -> Iterator[str]:
    design, plan, together, lots, measure = asked.design, asked.plan, asked.together, asked.lots, asked.main
    if len(lots) == 1:
        yield "[Why the supply cannot reasonably be split over several contracts and awarded by lots]"
        return
    yield "[Why the supply is split into lots, and not one contract]"
    if plan is None or design is None:
        yield "[How the lots were drawn]"
        return
    from lotopt.report.summary import coherence_of

    sizes = [lot.sizes[0] for lot in lots if lot.sizes]
    if measure and sizes:
        low, high = min(sizes, key=lambda s: s.value), max(sizes, key=lambda s: s.value)
        of = f"{low.title} in a lot"
        yield f"{of}: from {amount(low.value)} to {amount(high.value)} {low.unit}".rstrip() + "."
    if asked.rules:
        yield "The lots were drawn under these conditions:"
        yield from _points(rule.explain() for rule in asked.rules)
    if asked.goals and together is None:
        yield "Among lots that keep them, these aims decided:"
        yield from _points(goal.explain() for goal in asked.goals)
    yield proof(design if together is None else together.result, "design" if together is None else "plan")
    found = coherence_of(plan, measure, layers)
    if found is not None:
        yield f"How the {count(len(plan), 'lot')} meet other boundaries:"
        yield from _points(f"{layer.title}: {layer_sentence(layer, len(plan))}" for layer in found.layers)
    yield "[Other divisions that were looked at, one contract among them, and why this one: see lotopt compare]"
    yield "[What the size of the lots means for small and medium-sized suppliers (s.12(4))]"


def _last(method: m.Method | None) -> Iterator[str]:
    if method is not None:
        yield from m.particular(method)
        told = [rule.label for rule in method.rules if rule.kind in ("budget", "price_ceiling")]
        if told:
            yield f"[Decide whether to publish the amounts of: {', '.join(told)}.]"
    yield "[Read every sentence above against the tender documents: conditions are told as the scenario has them.]"
    yield "[Publish the scenario, or its hash in result.json, before tenders are opened, so that it cannot change.]"


def _points(sentences: Iterable[str]) -> Iterator[str]:
    return (f"- {sentence}" for sentence in sentences)
