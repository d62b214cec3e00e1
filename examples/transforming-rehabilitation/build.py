"""Makes the simulated tables of this example from the published facts in facts/ and a seed: the same bytes always.

No value, price, score or funding below is real. Who held which package, and who was in which group, is.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import lotopt as lo
from lotopt.core.lot import LotFacts
from lotopt.market.draws import generator, rounded

HERE = Path(__file__).parent
SEED = 2014
TOTAL = 450_000_000  # GBP a year for the 21 packages together: facts/figures.csv
MADE_UP = (
    *("alder", "aspen", "bay", "beech", "birch", "blackthorn", "cedar", "cherry", "damson", "elder", "elm"),
    *("fir", "gorse", "hawthorn", "hazel", "holly", "juniper", "larch", "maple", "rowan", "willow"),
)
CLASSES = ("private", "voluntary", "mutual")
# two made-up firms, each in two made-up consortia, so that counting a firm over its consortia matters
SHARED = {"Oakfield": ("alder", "cedar"), "Pinewood": ("elm", "maple")}
BIDS = 4  # for each package, London apart
LONDON, BIDS_LONDON = "C17", 3
FALLEN = "geo_mercia_willowdene"  # preferred for C12 until November 2014
FAILED, STEPPED_IN = "working_links", "seetec"
Row = Sequence[object]


def facts(name: str) -> list[dict[str, str]]:
    """The rows of a table of published facts."""
    with (HERE / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def packages() -> dict[str, LotFacts]:
    """The 21 contract package areas by id, with what is measured of them."""
    england = lo.load_territory("england-wales")
    plan = lo.LotDesign.from_partition(england, england.design("contract-package-areas-2014"))
    return {lot.id: lot for lot in plan.facts()}


def values(lots: Mapping[str, LotFacts]) -> dict[str, int]:
    """The total split by recorded crime, in whole thousands; what rounding leaves goes to the largest remainders."""
    crime = sum(lot.volumes["crime"] for lot in lots.values())
    exactly = {id: TOTAL / 1000 * lot.volumes["crime"] / crime for id, lot in lots.items()}
    whole = {id: math.floor(value) for id, value in exactly.items()}
    left = TOTAL // 1000 - sum(whole.values())
    for id in sorted(exactly, key=lambda id: (whole[id] - exactly[id], id))[:left]:
        whole[id] += 1
    return {id: 1000 * value for id, value in whole.items()}


def centre(lot: LotFacts) -> tuple[float, float]:
    """The mean of the centres of a lot's areas, in km."""
    return tuple(math.fsum(xs) / len(lot.areas) for xs in zip(*((a.x_km, a.y_km) for a in lot.areas), strict=True))


def bidding(lots: Mapping[str, LotFacts]) -> dict[str, list[str]]:
    """Who bids for which package: who held it, the preferred bidder that fell away, and others near their home."""
    held = {row["lot"]: row["awarded_2014"] for row in facts("awards")}
    found = {id: [held[id]] for id in lots}
    found["C12"].append(FALLEN)
    at = {id: centre(lot) for id, lot in lots.items()}
    everyone = [*dict.fromkeys(held.values()), FALLEN, *MADE_UP]
    homes = {who: sorted(lots)[int(generator(SEED, "home", who).integers(len(lots)))] for who in everyone}
    homes |= {who: id for id, who in sorted(held.items(), reverse=True)}
    while True:
        before = sum(map(len, found.values()))
        for who in everyone:
            room = [id for id in lots if who not in found[id] and len(found[id]) < places(id)]
            if room:
                found[min(room, key=lambda id: (math.dist(at[id], at[homes[who]]), id))].append(who)
        if sum(map(len, found.values())) == before:
            return found


def places(lot: str) -> int:
    """How many bid for a package."""
    return BIDS_LONDON if lot == LONDON else BIDS


def offer(who: str, lot: str, value: int) -> tuple[Decimal, Decimal, float]:
    """A simulated price near the indicative value, its part that does not vary with volume, and a score."""
    draw = generator(SEED, "bid", who, lot)
    price = rounded(value * draw.uniform(0.88, 1.06), "1000")
    fixed = rounded(float(price) * draw.uniform(0.55, 0.75), "1000")
    return price, fixed, round(2 * draw.uniform(45, 85)) / 2


def funding(who: str, bids: Iterable[int], real: bool) -> Decimal:
    """Simulated access to funding: real groups carry what they won, a made-up one sometimes less than it bids for."""
    worth = list(bids)
    draw = generator(SEED, "funding", who).uniform(0.8, 1.4)
    return rounded(draw * (sum(worth) / 2 if real else max(worth) * 0.6), "100000")


def write(folder: str, name: str, header: Row, rows: Iterable[Row], out: Path) -> None:
    """One table as CSV."""
    (out / folder).mkdir(parents=True, exist_ok=True)
    with (out / folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def build(out: Path = HERE) -> None:
    """Write the market of 2014 and that of 2019."""
    lots = packages()
    worth, bids = values(lots), bidding(lots)
    groups = facts("groups")
    real = {row["provider"]: row for row in groups if row["role"] == "prime"}
    kinds = {name: CLASSES[i % len(CLASSES)] for i, name in enumerate(MADE_UP)}
    england = lo.load_territory("england-wales")
    divisions = lo.LotDesign.from_partition(england, england.design("nps-divisions-2014"))
    division = {area.id: lot.name for lot in divisions.facts() for area in lot.areas}
    lot_head = ("lot", "value", "region", "category", "incumbent")
    lot_rows = [(id, worth[id], division[lots[id].areas[0].id], "rehabilitation") for id in lots]
    write("market-2014", "lots", lot_head[:4], lot_rows, out)

    mine = {who: [worth[id] for id in lots if who in bids[id]] for who in [*real, *kinds]}
    head = ("provider", "name", "kind", "funding", "simulated")
    owners = [(w, real[w]["name"], real[w]["kind"], funding(w, mine[w], True), "yes") for w in real]
    invented = [(w, f"{w.title()} (made up)", kinds[w], funding(w, mine[w], False), "yes") for w in kinds]
    write("market-2014", "providers", head, [*owners, *invented], out)
    bid_head = ("bid", "provider", "lots", "price", "fixed", "quality")
    written = [(f"{who}-{id}", who, id, *offer(who, id, worth[id])) for id in lots for who in sorted(bids[id])]
    write("market-2014", "bids", bid_head, written, out)
    members = [(row["provider"], row["firm"], "", row["role"]) for row in groups if row["firm"]]
    member_head = ("provider", "firm", "group", "role")
    shared = [(who, f"{firm} (made up)", "", "member") for firm, consortia in SHARED.items() for who in consortia]
    write("market-2014", "members", member_head, [*members, *shared], out)
    # qualification was for each package: the lots that a bidder registered for are those it may win
    panel = [(who, "; ".join(id for id in lots if who in bids[id])) for who in sorted(mine)]
    write("market-2014", "panel", ("provider", "lots"), panel, out)

    # 2019: the contracts as awarded, and what each group asks to step in for the three packages without a holder
    held = {row["lot"]: row["awarded_2014"] for row in facts("awards")}
    write("market-2019", "lots", lot_head, [(*row, held[str(row[0])]) for row in lot_rows], out)
    standing = [row for row in owners if row[0] != FALLEN]
    public = ("public", "Public probation service (fallback)", "public", "", "yes", "yes")
    write("market-2019", "providers", (*head, "last_resort"), [*((*row, "") for row in standing), public], out)
    contracts = [row for row in written if held[str(row[2])] == row[1]]
    write("market-2019", "bids", bid_head, [*contracts, *step_in(lots, worth, held, real)], out)
    kept = [row for row in members if row[0] != FALLEN]
    write("market-2019", "members", member_head, kept, out)


def step_in(
    lots: Mapping[str, LotFacts], worth: Mapping[str, int], held: Mapping[str, str], real: Mapping[str, object]
) -> list[Row]:
    """Simulated offers for the three packages of 2019: dearer the further they are from what a group holds."""
    at = {id: centre(lot) for id, lot in lots.items()}
    found: list[Row] = []
    for lot in (id for id, who in held.items() if who == FAILED):
        for who in sorted(real):
            near = [math.dist(at[lot], at[id]) for id, holder in held.items() if holder == who]
            if who == FAILED or not near or (min(near) > 200 and who != STEPPED_IN):
                continue
            draw = generator(SEED, "step in", who, lot)
            price = rounded(worth[lot] * (1.02 + 0.0002 * min(near) + draw.uniform(-0.02, 0.02)), "1000")
            fixed = rounded(float(price) * 0.7, "1000")
            found.append((f"step-in-{who}-{lot}", who, lot, price, fixed, round(2 * draw.uniform(50, 75)) / 2))
        price = rounded(worth[lot] * 1.05, "1000")
        found.append((f"step-in-public-{lot}", "public", lot, price, rounded(float(price) * 0.8, "1000"), 60.0))
    # one contract extended to all three: an offer for them together, as in 2019; its price is made up
    alone = [row for row in found if row[1] == STEPPED_IN]
    price = rounded(0.96 * sum(float(str(row[3])) for row in alone), "1000")
    together = "; ".join(str(row[2]) for row in alone)
    fixed = rounded(float(price) * 0.7, "1000")
    found.append((f"step-in-{STEPPED_IN}-all", STEPPED_IN, together, price, fixed, 65.0))
    return found


if __name__ == "__main__":
    build()
