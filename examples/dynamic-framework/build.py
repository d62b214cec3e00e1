"""Makes the simulated tables of this example from the contracts in facts/ and a seed: the same bytes always.

Contracts, areas, primes and numbers of subcontractors are real. Values, bids, the panel and every subcontractor's
name are made up.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import lotopt as lo
from lotopt.market.draws import generator, rounded

HERE = Path(__file__).parent
SEED = 2021
# GBP a year, assumed: the 195 m announced, spread over three years, between the four categories
BUDGET = {"ACC": 15_000_000, "ETE": 15_000_000, "PWB": 23_000_000, "WOS": 12_000_000}
TITLE = {"ACC": "Accommodation", "ETE": "Employment", "PWB": "Personal wellbeing", "WOS": "Women's services"}
PRIVATE = ("ingeus", "maximus", "seetec")
YOUNG = 0.25  # assumed part of a Welsh area's wellbeing work that is for men of 18 to 25
NOTICE = {
    "competed, April": "2021-04-19",
    "competed, May (inferred)": "2021-05-28",
    "direct award, June": "2021-06-03",
}
DIRECT = "the call-off competition failed; awarded directly to {} (notice of June 2021)"
CALL_OFF = "2021-02-01"  # of the mini-competitions, assumed
APART = "women's services in London were let separately"
LATE = ("bwc", "thirteen")  # made up: they join after that
LONDON, MANCHESTER = "J", "L"  # no police areas to choose between; bought on lots of its own
PARTNERS = 40  # made-up firms that subcontract
Row = Sequence[object]


def facts(name: str) -> list[dict[str, str]]:
    """The rows of a table of published facts."""
    with (HERE / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Ground:
    """Police areas with their crime, and the probation regions they are in."""

    def __init__(self) -> None:
        england = lo.load_territory("england-wales")
        police, regions, crime = (
            england.layer("police"),
            england.design("probation-regions-2021"),
            england.measure("crime"),
        )
        self.crime: dict[str, float] = {}
        self.region: dict[str, str] = {}
        for area in range(len(england)):
            id = police.agencies[police.of[area]]
            self.crime[id] = self.crime.get(id, 0.0) + float(crime[area])
            self.region[id] = regions.lots[regions.of[area]]
        self.name = dict(zip(police.agencies, police.names, strict=True))
        self.title = dict(zip(regions.lots, regions.names, strict=True))
        self.of_region = {r: sorted(a for a, at in self.region.items() if at == r) for r in sorted(self.title)}

    def areas(self, contract: Mapping[str, str]) -> list[str]:
        """The police areas of a contract, which is for one of them or for a region."""
        return self.of_region[contract["area"]] if contract["level"] == "region" else [contract["area"]]

    def worth(self, category: str, areas: Iterable[str]) -> int:
        """Assumed value of a category's work in some areas, GBP a year: by recorded crime."""
        served = sum(crime for area, crime in self.crime.items() if self.region[area] != MANCHESTER)
        return int(rounded(BUDGET[category] * sum(self.crime[area] for area in areas) / served, "1000"))


def service(contract: Mapping[str, str]) -> str:
    """What a contract is for: a category, and in Welsh wellbeing the men of an age."""
    title, ages = TITLE[contract["category"]], contract["for"].split()[-1]
    return title if ages == "18+" else f"{title}, {ages}"


class Panel:
    """Who may win what: where a prime holds contracts of a category (real), and made-up regions beside."""

    def __init__(self, ground: Ground) -> None:
        self.regions: dict[tuple[str, str], list[str]] = {}
        self.most: dict[tuple[str, str], int] = {}
        self.joined: dict[str, str] = {}
        for contract in facts("day1_contracts"):
            key, areas = (contract["prime"], contract["category"]), ground.areas(contract)
            held = self.regions.setdefault(key, [])
            if ground.region[areas[0]] not in held:
                held.append(ground.region[areas[0]])
            self.most[key] = max(self.most.get(key, 0), ground.worth(contract["category"], areas))
        for (who, category), held in self.regions.items():
            draw = generator(SEED, "panel", who, category)
            more = [r for r in ground.of_region if r not in (*held, MANCHESTER)]
            beside = 4 if who in PRIVATE or len(held) > 2 else 1
            held += [more[i] for i in draw.permutation(len(more))[:beside]]
            held.sort()
            self.joined.setdefault(who, "2021-03-15" if who in LATE else f"2020-{7 + int(draw.integers(6)):02}-01")
            large = who in PRIVATE or self.most[who, category] > 800_000 or len(held) > 4
            self.most[who, category] = 0 if large else int(rounded(2.0 * self.most[who, category], "50000")) + 100_000

    def rows(self, ground: Ground) -> list[Row]:
        """The panel as a table; an empty value_to is no limit."""
        return [
            (
                who,
                "; ".join(ground.title[r] for r in held),
                TITLE[category],
                self.most[who, category] or "",
                self.joined[who],
                "",
            )
            for (who, category), held in sorted(self.regions.items())
        ]

    def may(self, category: str, region: str, value: int) -> list[str]:
        """Who is admitted, whenever they joined."""
        return [
            who
            for (who, of), held in sorted(self.regions.items())
            if of == category and region in held and (not self.most[who, of] or value <= self.most[who, of])
        ]


def drawn(who: Sequence[str], most: int, *words: str) -> list[str]:
    """Some of the names, at most so many."""
    order = generator(SEED, "who", *words).permutation(len(who))
    return sorted(who[i] for i in order[:most])


def offer(who: str, lot: str, value: float, low: float, high: float) -> tuple[Decimal, Decimal, float]:
    """A simulated price, its part that does not vary with volume, and a score."""
    draw = generator(SEED, "bid", who, lot)
    price = rounded(value * draw.uniform(low, high), "100")
    fixed = rounded(float(price) * draw.uniform(0.4, 0.6), "100")
    return price, fixed, round(2 * draw.uniform(50, 85)) / 2


def partners(who: str, lot: str, count: int) -> str:
    """Made-up subcontractors, as many as are wanted."""
    order = generator(SEED, "partners", who, lot).permutation(PARTNERS)
    return "; ".join(f"Partner {n + 1:02} (made up)" for n in sorted(order[:count]))


def write(folder: str, name: str, header: Row, rows: Iterable[Row], out: Path) -> None:
    """One table as CSV."""
    (out / folder).mkdir(parents=True, exist_ok=True)
    with (out / folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


PROVIDERS = ("provider", "name", "kind", "simulated")
PANEL = ("provider", "regions", "categories", "value_to", "joined", "left")
LOTS = ("lot", "lot_name", "areas", "service", "value", "region", "category", "date")


def day1(ground: Ground, panel: Panel) -> tuple[list[Row], list[Row]]:
    """The lots and bids of Day 1: each contract is a lot; those awarded directly have no bid."""
    lots, bids = [], []
    names = {row["provider"]: row["name"] for row in facts("primes")}
    for contract in facts("day1_contracts"):
        areas, category = ground.areas(contract), contract["category"]
        part = {"18-25": YOUNG, "26+": 1 - YOUNG}.get(contract["for"].split()[-1], 1.0)
        value = int(rounded(part * ground.worth(category, areas), "1000"))
        region, id, prime = ground.region[areas[0]], contract["contract"], contract["prime"]
        name = contract["area_name"]
        direct = contract["route"].startswith("direct")
        ending = ("direct", DIRECT.format(names[prime])) if direct else ("open", "")
        date = NOTICE[contract["route"]]
        lots.append(
            (
                id,
                name,
                "; ".join(areas),
                service(contract),
                value,
                ground.title[region],
                TITLE[category],
                date,
                *ending,
            )
        )
        others = [who for who in panel.may(category, region, value) if who != prime]
        rivals = [] if direct else [prime, *drawn(others, 2, id)]
        # one bidder in ten lots is not on the panel for the lot: its bid is valid only where nobody asks
        if rivals and generator(SEED, "outside", id).random() < 0.1:
            rivals += drawn([who for who in names if who not in (prime, *others)], 1, "outside", id)
        for who in rivals:
            count = int(contract["subcontractors"]) if who == prime else int(generator(SEED, who, id).integers(4))
            terms = offer(who, id, value, 0.88, 1.08)
            bids.append((f"{who}-{id}", who, id, service(contract), *terms, partners(who, id, count)))
    return lots, bids


def minicompetitions(ground: Ground, panel: Panel) -> tuple[list[Row], list[Row]]:
    """Every region and category as one regional lot and as a lot for each police area, with bids for both."""
    lots, bids = [], []
    for category, title in TITLE.items():
        for region, areas in ground.of_region.items():
            if region == MANCHESTER:
                continue
            local = [] if region == LONDON else [(f"{category}-{area}", ground.name[area], [area]) for area in areas]
            for id, name, within in [(f"{category}-{region}", f"{ground.title[region]} (region)", areas), *local]:
                value, whole = ground.worth(category, within), within is areas
                apart = (region, category) == (LONDON, "WOS")
                ending = ("direct", APART) if apart else ("open", "")
                last = (value, ground.title[region], title, CALL_OFF, *ending)
                lots.append((id, name, "; ".join(within), title, *last))
                if apart:
                    continue
                for who in drawn(panel.may(category, region, value), 4, id):
                    # a region costs less to run than its parts; a local lot has an office of its own to pay
                    terms = offer(who, id, value, 0.90, 1.08) if whole else offer(who, id, value + 9_000, 0.86, 1.06)
                    bids.append((f"{who}-{id}", who, id, title, *terms))
    return lots, bids


def build(out: Path = HERE) -> None:
    """Write the market of Day 1 and that of the mini-competitions."""
    ground = Ground()
    panel = Panel(ground)
    kinds = {row["provider"]: "private" if row["provider"] in PRIVATE else "voluntary" for row in facts("primes")}
    providers = [(row["provider"], row["name"], kinds[row["provider"]], "yes") for row in facts("primes")]
    lots, bids = day1(ground, panel)
    bid_head = ("bid", "provider", "lots", "services", "price", "fixed", "quality")
    write("market-day1", "lots", (*LOTS, "status", "reason"), lots, out)
    write("market-day1", "bids", (*bid_head, "subcontractors"), bids, out)
    lots, bids = minicompetitions(ground, panel)
    write("market-minicompetitions", "lots", (*LOTS, "status", "reason"), lots, out)
    write("market-minicompetitions", "bids", bid_head, bids, out)
    for folder in ("market-day1", "market-minicompetitions"):
        write(folder, "providers", PROVIDERS, providers, out)
        write(folder, "panel", PANEL, panel.rows(ground), out)


if __name__ == "__main__":
    build()
