"""The tables of a market and their columns, as they are read, written and offered in templates."""

from __future__ import annotations

from typing import NamedTuple

CAPACITY, VOLUME = "capacity_", "volume_"

PROVIDER_COLUMNS = (
    "provider", "name", "group", "kind", "home", "funding", "viable", "last_resort", "simulated",
)  # fmt: skip
BID_COLUMNS = (
    "bid", "provider", "lots", "services", "price", "fixed", "quality", "covers", "alternative", "only_with",
    "members", "subcontractors", "preference",
)  # fmt: skip
LOT_COLUMNS = (
    "lot", "lot_name", "areas", "service", "value", "region", "category", "date", "incumbent", "status", "reason",
)  # fmt: skip
PANEL_COLUMNS = ("provider", "lots", "regions", "categories", "value_from", "value_to", "joined", "left")
MEMBER_COLUMNS = ("provider", "firm", "group", "role")
DISCOUNT_COLUMNS = ("provider", "on", "from", "to", "discount")


class Columns(NamedTuple):
    """The columns of a table that cannot be left out, all that it may have, and what begins the names of more."""

    required: tuple[str, ...]
    possible: tuple[str, ...]
    prefixes: tuple[str, ...] = ()


TABLES = {
    "Providers": Columns(("provider",), PROVIDER_COLUMNS, (CAPACITY,)),
    "Bids": Columns(("provider", "lots", "price"), BID_COLUMNS, (VOLUME,)),
    "Lots": Columns(("lot",), LOT_COLUMNS, (VOLUME,)),
    "Panel": Columns(("provider",), PANEL_COLUMNS),
    "Members": Columns(("firm",), MEMBER_COLUMNS),
    "Discounts": Columns(("provider", "from", "discount"), DISCOUNT_COLUMNS),
}
OPTIONAL = ("Lots", "Panel", "Members", "Discounts")
