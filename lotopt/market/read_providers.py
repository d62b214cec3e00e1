"""Providers from a table, their partners from the table Members and their discounts from the table Discounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lotopt.core.errors import Problems, did_you_mean
from lotopt.market.bid import MEMBER, SUBCONTRACTOR, Partner
from lotopt.market.columns import CAPACITY
from lotopt.market.discount import VALUE, Discount, Tier, gaps
from lotopt.market.provider import Provider
from lotopt.market.rows import Row, Table


@dataclass(frozen=True)
class Providers:
    """Providers with the rows that say something of them; `firms` are legal groups of firms that are none."""

    rows: list[tuple[Row, Provider]]
    known: frozenset[str]  # the names in the table; one whose row has a fault is still a provider
    members: dict[str, list[Row]] = field(default_factory=dict)  # by provider, in the order of its partners
    discounts: dict[str, list[Row]] = field(default_factory=dict)  # by provider
    firms: dict[str, str] = field(default_factory=dict)
    firm_rows: list[Row] = field(default_factory=list)  # in the order of `firms`

    @property
    def providers(self) -> list[Provider]:
        return [provider for _, provider in self.rows]


def read_providers(table: Table, members: Table | None, discounts: Table | None, problems: Problems) -> Providers:
    """Every provider whose rows can be read."""
    rows = [found for row in table.read(problems) if (found := provider_of(row))]
    known = {row.text("provider") for row in table.read(Problems(""))}
    made = Providers(rows, frozenset(known - {""}))
    partners = _partners(members, made, problems) if members else {}
    taken_off = _discounts(discounts, made, problems) if discounts else {}
    for at, (row, provider) in enumerate(rows):
        more = {"partners": tuple(partners.get(provider.id, ())), "discount": taken_off.get(provider.id)}
        if any(more.values()):
            rows[at] = row, provider.model_copy(update=more)
    return made


def provider_of(row: Row) -> tuple[Row, Provider] | None:
    """A row of the providers' table, and the provider it holds; None where it has a problem."""
    id = row.text("provider", required=True)
    name, group, kind, home = (row.text(column) for column in ("name", "group", "kind", "home"))
    funding, viable = row.money("funding", zero=True), row.money("viable", zero=True)
    last_resort, capacity = row.yes("last_resort"), amounts(row, CAPACITY)
    if row.faulty:
        return None
    made = Provider(
        id=id,
        name=name,
        group=group,
        kind=kind,
        home=home,
        funding=funding,
        viable=viable,
        last_resort=last_resort,
        capacity=capacity,
    )
    return row, made


def amounts(row: Row, prefix: str) -> dict[str, float]:
    """The columns capacity_<measure> or volume_<measure> that are filled in."""
    found = {
        column.removeprefix(prefix): row.number_between(column, 0, float("inf"))
        for column in row.values
        if column.startswith(prefix)
    }
    return {measure: value for measure, value in found.items() if value is not None}


def made_up(rows: Iterable[Row]) -> bool:
    """Whether a row of the providers' table says that the market is simulated."""
    return any(row.text("simulated").casefold() in ("true", "yes", "1") for row in rows)


def named(row: Row, known: Collection[str], required: bool = True) -> str:
    """The provider that a row names; one that is not in the providers' table is told."""
    id = row.text("provider", required=required)
    if id and id not in known:
        row.fault("provider", f"no provider '{id}'; {did_you_mean(id, sorted(known))}")
    return id


def _partners(table: Table, of: Providers, problems: Problems) -> dict[str, list[Partner]]:
    """The partners of each provider; what is said of firms' groups goes to `of`."""
    found: dict[str, list[Partner]] = {}
    who = {provider.id: (row, provider.legal_group) for row, provider in of.rows}
    for row in table.read(problems):
        firm, group = row.text("firm", required=True), row.text("group")
        id = named(row, of.known, required=not group)  # without a provider it says a firm's group and no more
        role = row.word("role", (MEMBER, SUBCONTRACTOR)) or MEMBER
        if not firm:
            continue
        if group and firm in who:
            where, own = who[firm]
            if group != own:
                row.fault("group", f"'{firm}' is a provider of group '{own}' ({where.place}); {_ONE}")
        elif group and of.firms.setdefault(firm, group) != group:
            where = of.firm_rows[list(of.firms).index(firm)]
            row.fault("group", f"'{firm}' is of group '{of.firms[firm]}' ({where.place}); {_ONE}")
        elif group and len(of.firms) > len(of.firm_rows):
            of.firm_rows.append(row)
        if id and not row.faulty:
            found.setdefault(id, []).append(Partner(firm, role))  # type: ignore[arg-type]
            of.members.setdefault(id, []).append(row)
    return found


_ONE = "a firm is in one legal group"


def _discounts(table: Table, of: Providers, problems: Problems) -> dict[str, Discount]:
    """The discount of each provider that has tiers without gap and overlap."""
    rows: dict[str, list[tuple[Row, str, Decimal | None, Decimal | None, Decimal | None]]] = {}
    for row in table.read(problems):
        id = named(row, of.known)
        start, end, off = row.decimal("from"), row.decimal("to"), row.share_below_one("discount")
        for column, given, like in (("from", start, "where the tier begins, such as 0"), ("discount", off, "0.05")):
            if given is None and column not in row.faulty:
                row.missing(column, f"is empty; write {like}")
        if id:
            rows.setdefault(id, []).append((row, row.text("on") or VALUE, start, end, off))
    found = {id: _discount(tiers, of.discounts.setdefault(id, [])) for id, tiers in rows.items()}
    return {id: discount for id, discount in found.items() if discount is not None}


def _discount(
    given: Sequence[tuple[Row, str, Decimal | None, Decimal | None, Decimal | None]], rows: list[Row]
) -> Discount | None:
    """The tiers of one provider in their order, whatever the order of its rows; None where they have a fault."""
    on = given[0][1]
    for row, other, *_ in given:
        if other != on:
            text = f"'{other}', and '{on}' ({given[0][0].place}); the tiers of a provider count one thing"
            row.fault("on", text)
    if any(row.faulty for row, *_ in given):
        return None
    tiers = sorted(given, key=lambda tier: tier[2] or 0)
    rows += [row for row, *_ in tiers]
    for at, column, text in gaps([(start or Decimal(0), end) for _, _, start, end, _ in tiers]):
        tiers[at][0].fault({"start": "from", "end": "to"}[column], text)
    if any(row.faulty for row, *_ in tiers):
        return None
    made = tuple(Tier(start=start or 0, end=end, discount=off or 0) for _, _, start, end, off in tiers)
    return Discount(on=on, tiers=made)
