"""JointPlan: lots, and who serves each of them at what price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lotopt.allocation.allocation import Allocation
from lotopt.design.design import LotDesign
from lotopt.market.market import Market

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class JointPlan:
    """A lot design and an allocation of its lots; `market` holds what every provider asks for each of them."""

    design: LotDesign
    allocation: Allocation

    @property
    def market(self) -> Market:
        return self.allocation.market

    @property
    def total_price(self) -> Decimal:
        """GBP a year, exact."""
        return self.allocation.total_price

    @property
    def provider_of(self) -> dict[str, str]:
        """The provider (id) of each lot."""
        return {lot: award.provider for award in self.allocation for lot in award.lots}

    def __len__(self) -> int:
        return len(self.design)

    def __iter__(self) -> Iterator[tuple[str, tuple[str, ...], str]]:
        """Each lot with the ids of its areas and its provider."""
        provider = self.provider_of
        for lot, areas in self.design:
            yield lot, areas, provider[lot]

    def to_frame(self) -> pd.DataFrame:
        """One row per lot: lot, its name, areas, provider, its name and group, price (Decimal, GBP a year)."""
        frame = self.allocation.to_frame().rename(columns={"bid_price": "price"})
        frame.insert(2, "areas", [len(self.market.lot[lot].areas) for lot in frame["lot"]])
        return frame[["lot", "lot_name", "areas", "provider", "provider_name", "group", "price", "simulated"]]

    def _repr_html_(self) -> str:
        """What all costs, and the lots with their providers as a table, for notebooks."""
        head = str(self).partition("\n")[0]
        return f"<p>{head}</p>{self.to_frame().to_html(index=False, escape=True)}"

    def __repr__(self) -> str:
        return f"<JointPlan: {len(self)} lots, {self.total_price:,} GBP a year>"

    def __str__(self) -> str:
        """One line per lot: its id, how many areas it has, who serves it at what price, and what it is made of."""
        made_up = " (simulated schedules)" if self.market.simulated else ""
        lots = {award.lots[0]: award for award in self.allocation}
        rows = [
            (lot, len(areas), self.market.provider[lots[lot].provider].title, f"{lots[lot].price:,}")
            for lot, areas, _ in self
        ]
        wide = [max((len(str(row[i])) for row in rows), default=0) for i in range(4)]
        lines = [f"{len(self)} lots{made_up}, {self.total_price:,} GBP a year"]
        for k, (lot, count, who, price) in enumerate(rows):
            cells = f"{lot:<{wide[0]}}  {count:>{wide[1]}} areas  {who:<{wide[2]}}  {price:>{wide[3]}}"
            lines.append(f"{cells}  {self.design.name_of(k)}".rstrip())
        return "\n".join(lines)
