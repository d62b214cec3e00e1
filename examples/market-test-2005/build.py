"""Makes the simulated market of this example from areas, regions and a seed: the same bytes always.

Areas and regions are real. Providers, values and prices are made up: the market test of 2005 was a proposal.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import lotopt as lo
from lotopt.market.draws import generator, rounded

HERE = Path(__file__).parent
SEED = 2005
MANAGEMENT, INTERVENTIONS = "offender management", "interventions"
BUDGET = {MANAGEMENT: 400_000_000, INTERVENTIONS: 300_000_000}  # GBP a year, assumed
INTERFACE = 60_000  # GBP a year for the management interface that each area keeps, assumed
NAMES = {"alder": "private", "birch": "voluntary", "cedar": "private", "damson": "voluntary", "elm": "private",
         "fir": "voluntary", "gorse": "private", "hazel": "voluntary"}  # fmt: skip
WITHOUT_BOARD = ("Cumbria", "Dyfed-Powys", "Gwent")  # made up: boards that do not bid
Row = Sequence[object]


class Ground:
    """The 42 areas of 2001 with their crime, and the region each is in."""

    def __init__(self) -> None:
        england = lo.load_territory("england-wales")
        areas, regions = england.design("probation-areas-2001"), england.design("noms-regions-2004")
        crime = england.measure("crime")
        self.name = dict(zip(areas.lots, areas.names, strict=True))
        self.title = dict(zip(regions.lots, regions.names, strict=True))
        self.crime: dict[str, float] = dict.fromkeys(areas.lots, 0.0)
        self.region: dict[str, str] = {}
        self.at: dict[str, tuple[float, float]] = {}
        for lot in lo.LotDesign.from_partition(england, areas).facts():
            self.at[lot.id] = tuple(
                math.fsum(xs) / len(lot.areas) for xs in zip(*((a.x_km, a.y_km) for a in lot.areas), strict=True)
            )
        for district in range(len(england)):
            area = areas.lots[areas.of[district]]
            self.crime[area] += float(crime[district])
            self.region[area] = regions.lots[regions.of[district]]

    def inside(self, region: str) -> list[str]:
        """The areas of a region."""
        return [area for area, of in self.region.items() if of == region]

    def worth(self, service: str, areas: Iterable[str]) -> int:
        """Assumed value of a service in some areas, GBP a year: by recorded crime."""
        part = math.fsum(self.crime[area] for area in areas) / math.fsum(self.crime.values())
        return int(rounded(BUDGET[service] * part, "1000"))


def price(value: float, low: float, high: float, *words: str) -> Decimal:
    """A simulated price between two shares of a value."""
    return rounded(value * generator(SEED, *words).uniform(low, high), "1000")


def lots_of(ground: Ground) -> Iterator[Row]:
    """A lot of offender management for each area, and one of interventions for each region."""
    for area, name in ground.name.items():
        region = ground.title[ground.region[area]]
        worth = ground.worth(MANAGEMENT, [area])
        yield f"OM-{area}", name, area, MANAGEMENT, worth, region, f"board_{area.lower()}"
    for region, title in ground.title.items():
        areas = ground.inside(region)
        worth = ground.worth(INTERVENTIONS, areas)
        yield f"INT-{region}", title, "; ".join(areas), INTERVENTIONS, worth, title, ""


def providers_of(ground: Ground) -> Iterator[Row]:
    """A public board for each area, boards together for each region, eight made-up others, and the last resort.

    A board cannot live on less than 60 % of what its own area is worth, the others not on less than GBP 4 m a year.
    """
    for area, name in ground.name.items():
        least = rounded(0.6 * ground.worth(MANAGEMENT, [area]), "1000")
        yield f"board_{area.lower()}", f"Probation board, {name} (simulated)", "public", least, "", "yes"
    for region, title in ground.title.items():
        yield f"boards_{region.lower()}", f"Boards of {title} together (simulated)", "public", "", "", "yes"
    for who, kind in NAMES.items():
        yield who, f"{who.title()} (made up)", kind, 4_000_000, "", "yes"
    yield "state", "Secretary of State, last resort (simulated)", "public", "", "yes", "yes"


def bids_of(ground: Ground) -> Iterator[Row]:
    """Bids for single lots; for both services of a region together; for a small area by its neighbour."""
    homes = dict(zip(NAMES, generator(SEED, "homes").permutation(len(ground.name))[: len(NAMES)], strict=True))
    areas = list(ground.name)
    near = {who: sorted(areas, key=lambda a, at=at: (math.dist(ground.at[a], ground.at[areas[at]]), a))
            for who, at in homes.items()}  # fmt: skip
    for area, name in ground.name.items():
        value, lot = ground.worth(MANAGEMENT, [area]), f"OM-{area}"
        offers = [who for who in NAMES if area in near[who][:12] and name not in WITHOUT_BOARD]
        for who in offers:
            yield f"{who}-{lot}", who, lot, MANAGEMENT, price(value, 0.94, 1.1, who, lot)
        if name not in WITHOUT_BOARD:
            board = f"board_{area.lower()}"
            yield f"{board}-{lot}", board, lot, MANAGEMENT, price(value, 0.96, 1.08, board, lot)
        yield f"state-{lot}", "state", lot, MANAGEMENT, rounded(1.15 * value, "1000")
    for region in ground.title:
        inside = ground.inside(region)
        value, lot = ground.worth(INTERVENTIONS, inside), f"INT-{region}"
        together = f"boards_{region.lower()}"
        yield f"{together}-{lot}", together, lot, INTERVENTIONS, price(value, 0.95, 1.1, together, lot)
        for who in (who for who in NAMES if {*near[who][:8]} & {*inside}):
            yield f"{who}-{lot}", who, lot, INTERVENTIONS, price(value, 0.94, 1.12, who, lot)
            if not any(ground.name[area] in WITHOUT_BOARD for area in inside):
                # both services of the region: cheaper to run, and an interface in every area
                whole = value + ground.worth(MANAGEMENT, inside)
                asked = price(whole, 0.95, 1.05, who, lot, "both") + INTERFACE * len(inside)
                lots = "; ".join([lot, *(f"OM-{area}" for area in inside)])
                yield f"{who}-both-{region}", who, lots, "", asked
        yield f"state-{lot}", "state", lot, INTERVENTIONS, rounded(1.15 * value, "1000")
        by_worth = sorted(inside, key=lambda area: (ground.crime[area], area))
        small, neighbour = by_worth[0], min(
            by_worth[1:], key=lambda area: (math.dist(ground.at[area], ground.at[by_worth[0]]), area), default=None
        )  # fmt: skip
        if neighbour is not None and ground.name[neighbour] not in WITHOUT_BOARD:
            board = f"board_{neighbour.lower()}"
            worth = ground.worth(MANAGEMENT, [small, neighbour])
            asked = price(worth, 0.92, 1.0, board, small) + INTERFACE
            yield f"{board}-with-{small}", board, f"OM-{neighbour}; OM-{small}", MANAGEMENT, asked


def write(name: str, header: Row, rows: Iterable[Row], out: Path) -> None:
    """One table of the market as CSV."""
    (out / "market").mkdir(parents=True, exist_ok=True)
    with (out / "market" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def build(out: Path = HERE) -> None:
    """Write lots, providers, bids and the boards behind joint bids."""
    ground = Ground()
    lot_head = ("lot", "lot_name", "areas", "service", "value", "region", "incumbent")
    write("lots", lot_head, lots_of(ground), out)
    provider_head = ("provider", "name", "kind", "viable", "last_resort", "simulated")
    write("providers", provider_head, providers_of(ground), out)
    write("bids", ("bid", "provider", "lots", "services", "price"), bids_of(ground), out)
    members = [
        (f"boards_{region.lower()}", f"board_{area.lower()}", "", "member")
        for region in ground.title
        for area in ground.inside(region)
    ]
    write("members", ("provider", "firm", "group", "role"), members, out)


if __name__ == "__main__":
    build()
