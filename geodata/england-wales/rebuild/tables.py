"""Fact tables of the 331 districts of 2022 in, tables of the 318 districts of today out."""

import csv
from collections import defaultdict
from pathlib import Path

from rebuild.grid import national_grid

Row = dict[str, str]

LAYERS = (
    "police", "justice", "local_justice", "community_safety", "council",
    "region", "probation_region", "delivery_unit", "trust_2010", "package_2014",
)
MEASURES = ("population", "crime", "households_deprived")
# Local justice areas named after half a county, so that the name alone does not settle each district.
HALF_COUNTIES = {"2360": "north of the Tyne", "2365": "south of the Tyne"}


def build(facts: Path, out: Path) -> None:
    """Write every table of the territory into a folder, from the fact tables of another."""
    districts = _read(facts / "districts.csv")
    area_of = {row["district"]: row["area"] for row in districts}
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in districts:
        parts[row["area"]].append(row)
    safety_crime = {row["agency"]: int(row["crime"]) for row in _read(facts / "community_safety_crime.csv")}

    areas, flags = _areas(parts, safety_crime)
    names = {(row["layer"], row["agency"]): row["name"] for row in _read(facts / "agency_names.csv")}
    _describe(flags, names)
    _write(out / "areas.csv", areas)
    _write(out / "flags.csv", flags)
    _write(out / "agencies.csv", _agencies(areas, names))
    _write(out / "borders.csv", _borders(_read(facts / "borders.csv"), area_of))
    _write(out / "points.csv", _points(_read(facts / "prisons.csv"), _read(facts / "courts.csv"), area_of))
    _write(out / "designs.csv", [
        {"design": row["design"], "lot": row["lot"], "name": row["name"], "agency": row["police"]}
        for row in _read(facts / "designs.csv")
    ])


def _areas(parts: dict[str, list[Row]], safety_crime: dict[str, int]) -> tuple[list[Row], list[Row]]:
    holders: dict[str, set[str]] = defaultdict(set)
    for area, rows in parts.items():
        for row in rows:
            for agency in row["community_safety"].split("|"):
                holders[agency].add(area)

    areas, flags = [], []
    for area, rows in sorted(parts.items()):
        km2 = sum(float(row["area_km2"]) for row in rows)
        made = {
            "area": area,
            "name": rows[0]["area_name"],
            "country": rows[0]["country"],
            "easting": str(_centre(rows, "easting", km2)),
            "northing": str(_centre(rows, "northing", km2)),
            "area_km2": f"{km2:.3f}",
        }
        made |= {measure: str(sum(int(row[measure]) for row in rows)) for measure in MEASURES}
        for layer in LAYERS:
            if layer == "community_safety":
                share = {
                    agency: safety_crime[agency] if holders[agency] == {area} else 0
                    for row in rows for agency in row[layer].split("|")
                }
            else:
                share = defaultdict(int)
                for row in rows:
                    share[row[layer]] += int(row["crime"])
            made[layer] = max(sorted(share), key=lambda agency: share[agency])
            flags += _layer_flags(layer, area, rows, made[layer], sorted(share))
        areas.append(made)
    return areas, sorted(flags, key=lambda flag: (flag["layer"], flag["area"]))


def _centre(rows: list[Row], axis: str, km2: float) -> int:
    """Area-weighted mean of the centroids of the parts, which is the centroid of their union."""
    return round(sum(int(row[axis]) * float(row["area_km2"]) for row in rows) / km2)


def _layer_flags(layer: str, area: str, rows: list[Row], chosen: str, held: list[str]) -> list[Row]:
    """Why this assignment is less than certain: one row, the strongest reason first, or none."""

    def flag(basis: str, note: str, others: str = "") -> list[Row]:
        return [{"layer": layer, "area": area, "basis": basis, "note": note, "others": others}]

    if len(held) > 1:
        basis = "merged" if len(rows) > 1 else "several"
        others = "|".join(agency for agency in held if agency != chosen)
        return flag(basis, "assigned to the one with most recorded crime; also in", others)
    bases = {row.get(f"{layer}_basis", "") for row in rows}
    if layer == "delivery_unit" and "split" in bases:
        return flag("split", "the district is divided among several delivery units; one stands for all")
    if layer == "delivery_unit" and "approximate" in bases:
        return flag("approximate", "the unit is named after part of a county; assigned by compass direction")
    if layer == "local_justice" and "approximate" in bases:
        return flag("approximate", "the county is divided by compass direction; assigned by whole district")
    if layer == "local_justice" and chosen in HALF_COUNTIES:
        return flag("named-area", f"taken as {HALF_COUNTIES[chosen]}, from the name of the area")
    return []


def _describe(flags: list[Row], names: dict[tuple[str, str], str]) -> None:
    for flag in flags:
        others = [names[flag["layer"], agency] for agency in flag.pop("others").split("|") if agency]
        if others:
            flag["note"] += " " + "; ".join(sorted(others))


def _agencies(areas: list[Row], names: dict[tuple[str, str], str]) -> list[Row]:
    return [
        {"layer": layer, "agency": agency, "name": names[layer, agency]}
        for layer in LAYERS
        for agency in sorted({row[layer] for row in areas})
    ]


def _borders(rows: list[Row], area_of: dict[str, str]) -> list[Row]:
    """Shared lengths add up when districts merge; a border on land hides a crossing between the same two."""
    metres: dict[tuple[str, str], int] = defaultdict(int)
    crossing: dict[tuple[str, str], Row] = {}
    for row in rows:
        a, b = sorted((area_of[row["a"]], area_of[row["b"]]))
        if a == b:
            continue
        if row["kind"] == "land":
            metres[a, b] += int(row["metres"])
        else:
            crossing[a, b] = {"kind": row["kind"], "metres": "0", "note": row["note"]}
    land = {pair: {"kind": "land", "metres": str(length), "note": ""} for pair, length in metres.items()}
    return [{"a": a, "b": b} | link for (a, b), link in sorted((crossing | land).items())]


def _points(prisons: list[Row], courts: list[Row], area_of: dict[str, str]) -> list[Row]:
    made = []
    for row in courts:
        court = [name for name in ("magistrates", "crown") if row[name] == "1"]
        made.append({"kind": "court", "type": " and ".join(court)} | _place(row, area_of) | {
            "magistrates": row["magistrates"], "crown": row["crown"]})
    for row in prisons:
        held = [who for who, column in (("men", "male"), ("women", "female")) if row[column] == "1"]
        made.append({"kind": "prison", "type": row["types"].replace("|", " and ")} | _place(row, area_of) | {
            "held": " and ".join(held), "categories": row["categories"].replace("|", " "),
            "operator": "HM Prison Service" if row["operator"] == "PSP" else row["operator"]})
    order = ("kind", "id", "name", "type", "area", "easting", "northing", "latitude", "longitude", "postcode",
             "held", "categories", "operator", "magistrates", "crown")
    made.sort(key=lambda row: (row["kind"], row["id"]))
    return [{column: row.get(column, "") for column in order} for row in made]


def _place(row: Row, area_of: dict[str, str]) -> Row:
    east, north = national_grid(float(row["latitude"]), float(row["longitude"]))
    kept = {column: row[column] for column in ("id", "name", "latitude", "longitude", "postcode")}
    return kept | {"area": area_of[row["district"]], "easting": str(east), "northing": str(north)}


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
