"""Territories and designs from files: `territory.toml` with its tables and polygons, and drawn plans as CSV."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from lotopt.core.errors import InputError, Problems
from lotopt.territory.digest import digest
from lotopt.territory.extras import read_designs, read_flags, read_names, read_points
from lotopt.territory.files import POLYGONS, Table, check_content, inside, read_csv, reason
from lotopt.territory.neighbours import Ground, polygons_of, read_borders
from lotopt.territory.partitions import partition_from_rows
from lotopt.territory.parts import Floats, Layer, Measure, Partition
from lotopt.territory.schema import TerritoryFile, parse
from lotopt.territory.tables import area_ids, layer, measure, numbers
from lotopt.territory.territory import Territory

FILE = "territory.toml"


def read_territory(path: Path | str) -> Territory:
    """The territory that a `territory.toml`, or a folder holding one, describes; areas come sorted by id.

    Every file it names lies in its folder. Raises InputError with every problem found in any of them: file, row and
    column, what was given and what is possible.
    """
    path = Path(path)
    if path.is_dir():
        path = path / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(path), f"{path.name}: no valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise InputError(str(path), f"{path.name}: byte {error.start + 1} is not UTF-8") from None
    except OSError as error:
        raise InputError(str(path), f"{path.name}: cannot be read: {reason(error)}") from None
    return _Reader(path, parse(data, path.name)).territory()


def read_design(file: Path | str, territory: Territory) -> Partition:
    """A plan drawn by hand: CSV with the columns area, lot and optionally lot_name; or agency, lot and layer.

    Areas and agencies go by id or by name. Raises InputError with every row that cannot be used and every area that
    is left without a lot.
    """
    path = Path(file)
    if not path.is_file():
        raise InputError(str(path), f"no file '{path}'")
    if path.suffix.lower() != ".csv":
        raise InputError(path.name, f"{path.name}: a design is a .csv file with the columns area, lot")
    check_content(path, path.name)
    problems = Problems(path.name)
    partition = partition_from_rows(read_csv(path), territory, path.stem, problems)
    problems.check()
    if partition is None:
        raise AssertionError("unreachable: no partition without a problem")
    return partition


class _Reader:
    """Reads one territory; problems pile up and are told together."""

    def __init__(self, path: Path, spec: TerritoryFile) -> None:
        self.folder = path.parent
        self.label = path.name
        self.spec = spec
        self.problems = Problems(str(path))
        self.notes: list[str] = []
        self.shapes_file: Path | None = None
        self._tables: dict[str, Table | None] = {}

    def territory(self) -> Territory:
        ground = self._ground()
        if ground is None:
            self.problems.check()
            raise AssertionError("unreachable: no ground without a problem")
        spec, table = self.spec, ground.table
        index = {area: i for i, area in enumerate(ground.ids)}
        names = (table.text(spec.areas.name, self.problems) if spec.areas.name else None) or ground.ids
        xy, km2 = self._positions(ground)
        part = polygons_of(spec)
        territory = Territory(
            ids=ground.ids,
            names=tuple(name or area for name, area in zip(names, ground.ids, strict=True)),
            xy=xy,
            km2=km2,
            measures=self._measures(table),
            layers=self._layers(table, index),
            borders=read_borders(spec, ground, self._table, self.problems, self.notes, self.label),
            title=spec.title or self.folder.resolve().name,
            crs=ground.crs or spec.crs,
            points={
                key: read_points(points, f"[points.{key}]", self._table, index, self.problems)
                for key, points in spec.points.items()
            },
            attribution=spec.attribution,
            source=self.label,
            shapes_file=self.shapes_file,
            shapes_id=part.id if part else "",
            shapes_sheet=spec.areas.sheet,
            shapes_crs=spec.areas.file_crs,
            borders_from_shapes=bool(ground.shapes) and spec.borders is None,
            notes=tuple(self.notes),
        )
        if spec.designs is not None:
            designs = read_designs(spec.designs, self.label, self._table, territory, self.problems)
            territory = replace(territory, designs=designs)
        self.problems.check()
        return replace(territory, digest=digest(territory))

    def _table(self, section: str, file: str) -> Table | None:
        """A CSV table by its name, read once; None, and problems, when it cannot be read."""
        if file not in self._tables:
            self._tables[file] = None
            try:
                path = inside(self.folder, file)
                if path.suffix.lower() != ".csv":
                    raise InputError(file, f"'{file}' is no .csv table")
                self._tables[file] = read_csv(path, file)
            except InputError as error:
                self._take(section, file, error)
        return self._tables[file]

    def _take(self, section: str, file: str, error: InputError) -> None:
        """Problems that already begin with the file stand for themselves; others get the place that named it."""
        for problem in error.problems:
            self.problems.add(problem if problem.startswith(file) else f"{self.label}, {section}: {problem}")

    def _ground(self) -> Ground | None:
        areas = self.spec.areas
        if areas.file.lower().endswith(POLYGONS):
            if areas.shapes:
                self.problems.add(
                    f"{self.label}: [areas] shapes is for a table of areas; {areas.file} holds polygons already"
                )
            return self._polygons()
        table = self._table("[areas] file", areas.file)
        ids = None if table is None else area_ids(table, areas.id, self.problems)
        polygons = self._polygons() if areas.shapes else None
        if table is None or ids is None:
            return None
        order = sorted(range(len(ids)), key=ids.__getitem__)
        ground = Ground(table.take(order), tuple(sorted(ids)))
        return ground if polygons is None else self._joined(ground, polygons)

    def _polygons(self) -> Ground | None:
        """The polygons; only their file is looked at where they are for maps alone, so that nothing heavy loads."""
        part = polygons_of(self.spec)
        if part is None:
            return None
        key, file, id_column, options = part.key, part.file, part.id, self.spec.areas
        if options.reproject and self.spec.crs and options.reproject != self.spec.crs:
            self.problems.add(
                f'{self.label}: reproject = "{options.reproject}" is not crs = "{self.spec.crs}"; keep one'
            )
        try:
            self.shapes_file = inside(self.folder, file)
            if not file.lower().endswith(POLYGONS):
                raise InputError(file, f"'{file}' holds no polygons; possible: {', '.join(POLYGONS)}")
            if file == options.shapes and self.spec.borders is not None:
                return None
            from lotopt.territory.shapes import read_polygons

            found = read_polygons(self.shapes_file, file, options, id_column, self.spec.crs)
        except InputError as error:
            self._take(key, file, error)
            return None
        ids = area_ids(found.table, id_column, self.problems)
        if ids is None:
            return None
        order = sorted(range(len(ids)), key=ids.__getitem__)
        shapes = tuple(found.shapes[i] for i in order)
        return Ground(found.table.take(order), tuple(sorted(ids)), shapes, found.crs)

    def _joined(self, ground: Ground, polygons: Ground) -> Ground:
        """A table of areas with the polygons that belong to them."""
        place = {area: i for i, area in enumerate(polygons.ids)}
        before = len(self.problems.found)
        for i, area in enumerate(ground.ids):
            if area not in place:
                self.problems.add(f"{ground.table.where(i)}: area '{area}' has no polygon in {polygons.table.label}")
        for i in sorted(place[area] for area in set(place) - set(ground.ids)):
            self.problems.add(f"{polygons.table.where(i)}: no area '{polygons.ids[i]}' in {ground.table.label}")
        if len(self.problems.found) > before:
            return ground
        return replace(ground, shapes=tuple(polygons.shapes[place[a]] for a in ground.ids), crs=polygons.crs)

    def _positions(self, ground: Ground) -> tuple[Floats, Floats]:
        """Centroids (n, 2) in metres and ground in km2: from columns where they are named, else from polygons."""
        areas, shapes = self.spec.areas, ground.shapes
        if bool(areas.x) != bool(areas.y):
            self.problems.add(f"{self.label}, [areas]: give both x and y, or neither")
        xy = np.zeros((len(ground.ids), 2))
        km2 = np.zeros(len(ground.ids))
        if shapes:
            centres = [shape.centroid for shape in shapes]
            xy = np.array([[centre.x, centre.y] for centre in centres])
            km2 = np.array([shape.area / 1e6 for shape in shapes])
        if areas.x and areas.y:
            columns = [numbers(ground.table, column, self.problems) for column in (areas.x, areas.y)]
            xy = np.stack([xy[:, 0] if c is None else c for c in columns], axis=1)
            self._tell_degrees(xy)
        elif not shapes:
            self.notes.append("The areas have no positions: distances and compactness are 0.")
        if areas.km2:
            found = numbers(ground.table, areas.km2, self.problems, at_least=0.0)
            km2 = km2 if found is None else found
        return xy, km2

    def _tell_degrees(self, xy: Floats) -> None:
        if not self.spec.crs or not len(xy) or not (np.abs(xy) <= [180.0, 90.0]).all():
            return
        from pyproj import CRS
        from pyproj.exceptions import CRSError

        try:
            geographic = CRS.from_user_input(self.spec.crs).is_geographic
        except CRSError:
            self.problems.add(f"{self.label}: crs = '{self.spec.crs}' is no known CRS; write it as \"EPSG:27700\"")
            return
        if geographic:
            self.problems.add(
                f"{self.label}: crs = '{self.spec.crs}' is geographic, so distances would be degrees; give x and y "
                "in metres of a projected CRS"
            )

    def _measures(self, table: Table) -> dict[str, Measure]:
        found = {
            key: measure(
                table, key, self.problems, column=part.column, title=part.title, unit=part.unit, source=part.source
            )
            for key, part in self.spec.measures.items()
        }
        return {key: values for key, values in found.items() if values is not None}

    def _layers(self, table: Table, index: Mapping[str, int]) -> dict[str, Layer]:
        parts = self.spec.layers
        flags = read_flags(self.spec.flags, self._table, parts, index, self.problems)
        found = {
            key: layer(
                table,
                key,
                self.problems,
                column=part.column,
                names=read_names(key, part.names, self._table, self.problems) if part.names else None,
                names_label=part.names,
                title=part.title,
                source=part.source,
                note=part.note,
                approximate=flags.get(key),
            )
            for key, part in parts.items()
        }
        return {key: values for key, values in found.items() if values is not None}
