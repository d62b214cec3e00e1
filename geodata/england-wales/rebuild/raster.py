"""Which district each cell of a grid belongs to, or the sea.

A cell goes to the district whose nearest postcode is nearest, as in a Voronoi diagram, in four steps finer:
distances are compared as logarithms, smoothed, so that a border between sparse places may move further than one
between dense places; each district has a weight and a tilt, found by repetition, that bring its area and its
centroid to the published figures of areas.csv; and the sea is one more competitor, strong where Natural Earth
has sea and no postcode is near, so that a coarse coastline gives way to postcodes and empty land to the coast.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy import ndimage

from rebuild.sources import ELSEWHERE

WEST, SOUTH, EAST, NORTH = 70_000, 0, 670_000, 680_000  # metres, British National Grid
MARGIN = 6_000  # how far beyond its outermost postcodes a district may reach, metres
SOFTEN = 20.0  # added to each distance before its logarithm, metres: the size of a house and its garden
BLUR = 125.0  # standard deviation of the smoothing, metres
SEA_NEAR = 3_000  # no sea further inland than this by Natural Earth, metres
SEA_REACH = 1.5  # on the coast, sea begins at this many times the usual distance to a postcode
SEA_FLOOR = 200.0  # ground this near to a postcode is land wherever it lies, metres
ROUNDS = 12
LAND = np.float32(50)  # a logarithm no distance reaches: the sea never wins here
NOBODY = -1


@dataclass(frozen=True)
class Window:
    """One district's part of the grid: rows, columns and the logarithm of distance to its postcodes."""

    at: tuple[slice, slice]
    score: np.ndarray


def label(postcodes: pd.DataFrame, coast: shapely.Geometry, facts: pd.DataFrame, cell: int) -> tuple:
    """Names of the labels, and a grid of label numbers, NOBODY for sea and Scotland; row 0 is the south edge."""
    names, owner = _owners(postcodes, cell)
    windows, nearest, nearest_label = _distances(owner, len(names), cell)
    sea = _sea(nearest, fill(coast, cell), cell)
    target = facts.reindex(names)
    known = target["area_km2"].notna().to_numpy()
    size = target["area_km2"].fillna(1.0).to_numpy()
    centre = target[["easting", "northing"]].fillna(0.0).to_numpy()
    radius = np.sqrt(size * 1e6 / np.pi)

    weight, tilt = np.zeros(len(names)), np.zeros((len(names), 2))
    near_score = np.log(nearest + np.float32(SOFTEN))
    for turn in range(ROUNDS):
        land = near_score - _lift(nearest_label, weight, tilt, centre, radius, cell) < sea
        grid = _winner(windows, land, weight, tilt, centre, radius, cell)
        if turn == ROUNDS - 1:
            break
        made, middle = _moments(grid, len(names), cell)
        step = 0.5 if turn < 6 else 0.25  # smaller steps at the end, so that neighbours settle
        short = np.log(size / np.maximum(made, 0.1))
        weight[known] = np.clip(weight + step * np.clip(4 * short, -0.5, 0.5), -3, 3)[known]
        if turn >= 2:  # areas first, then shapes
            off = (centre - middle) / radius[:, None]
            tilt[known] = np.clip(tilt + step * np.clip(6 * off, -0.4, 0.4), -1.5, 1.5)[known]
    grid[grid == list(names).index(ELSEWHERE)] = NOBODY
    return names, grid


def fill(shape: shapely.Geometry, cell: int) -> np.ndarray:
    """True where a cell's centre lies inside, by counting crossings along each row."""
    rows, columns = (NORTH - SOUTH) // cell, (EAST - WEST) // cell
    crossings = np.zeros((rows, columns + 1), np.int32)
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)
            a, b = points[:-1], points[1:]
            low, high = np.minimum(a[:, 1], b[:, 1]), np.maximum(a[:, 1], b[:, 1])
            first = np.maximum(np.ceil((low - SOUTH) / cell - 0.5).astype(int), 0)
            last = np.minimum(np.ceil((high - SOUTH) / cell - 0.5).astype(int), rows)
            count = np.maximum(last - first, 0)
            edge = np.repeat(np.arange(len(a)), count)
            row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
            share = (SOUTH + (row + 0.5) * cell - a[edge, 1]) / (b[edge, 1] - a[edge, 1])
            x = a[edge, 0] + share * (b[edge, 0] - a[edge, 0])
            column = np.clip(np.ceil((x - WEST) / cell - 0.5).astype(int), 0, columns)
            np.add.at(crossings, (row, column), 1)
    return (np.cumsum(crossings, axis=1)[:, :columns] % 2).astype(bool)


def _owners(postcodes: pd.DataFrame, cell: int) -> tuple[np.ndarray, np.ndarray]:
    """The district most postcodes of a cell are in; the lower code when equal."""
    rows, columns = (NORTH - SOUTH) // cell, (EAST - WEST) // cell
    column = ((postcodes["easting"].to_numpy() - WEST) // cell).astype(np.int64)
    row = ((postcodes["northing"].to_numpy() - SOUTH) // cell).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    names, number = np.unique(postcodes["area"].to_numpy(dtype=str)[inside], return_inverse=True)
    place = row[inside] * columns + column[inside]
    pairs, votes = np.unique(place * len(names) + number, return_counts=True)
    place, number = pairs // len(names), pairs % len(names)
    order = np.lexsort((number, -votes, place))
    place, number = place[order], number[order]
    first = np.r_[True, place[1:] != place[:-1]]
    owner = np.full(rows * columns, NOBODY, np.int16)
    owner[place[first]] = number[first]
    return names, owner.reshape(rows, columns)


def _distances(owner: np.ndarray, count: int, cell: int) -> tuple[list[Window], np.ndarray, np.ndarray]:
    """Per label a window of smoothed log distances; and for each cell the nearest postcode and its label."""
    nearest = np.full(owner.shape, np.float32(1e6))
    nearest_label = np.zeros(owner.shape, np.int16)
    margin, windows = MARGIN // cell, []
    where = np.nonzero(owner != NOBODY)
    order = np.argsort(owner[where], kind="stable")
    ends = np.searchsorted(owner[where][order], np.arange(count + 1))
    for number in range(count):
        mine = order[ends[number]:ends[number + 1]]
        row, column = where[0][mine], where[1][mine]
        at = tuple(
            slice(max(axis.min() - margin, 0), min(axis.max() + margin + 1, length))
            for axis, length in zip((row, column), owner.shape, strict=True)
        )
        empty = owner[at] != number
        distance = ndimage.distance_transform_edt(empty).astype(np.float32) * np.float32(cell)
        nearer = distance < nearest[at]
        nearest[at][nearer] = distance[nearer]
        nearest_label[at][nearer] = number
        score = ndimage.gaussian_filter(np.log(distance + np.float32(SOFTEN)), BLUR / cell)
        windows.append(Window(at, score))
    return windows, nearest, nearest_label


def _sea(nearest: np.ndarray, land: np.ndarray, cell: int) -> np.ndarray:
    """The sea's log distance: far on land, near at sea, scaled by how sparse postcodes are thereabouts."""
    coarse = max(1, 200 // cell)
    inland = _signed(land[::coarse, ::coarse], cell * coarse)
    usual = _usual(np.minimum(nearest, 9_000)[::coarse, ::coarse], land[::coarse, ::coarse], cell * coarse)
    reach = np.log(np.maximum(SEA_REACH * usual + inland, SEA_FLOOR) + SOFTEN).astype(np.float32)
    reach[inland > SEA_NEAR] = LAND
    return np.repeat(np.repeat(reach, coarse, 0), coarse, 1)[:land.shape[0], :land.shape[1]]


def _signed(land: np.ndarray, cell: int) -> np.ndarray:
    """Metres to the coast, negative at sea."""
    inside = ndimage.distance_transform_edt(land) - ndimage.distance_transform_edt(~land)
    return (inside * cell).astype(np.float32)


def _usual(nearest: np.ndarray, land: np.ndarray, cell: int) -> np.ndarray:
    """Mean distance to a postcode over land within about 2.5 km, and within 15 km where there is no land so near."""
    counted = (land & (nearest < SEA_NEAR)).astype(np.float32)
    total = weight = np.float32(1e-9)
    for metres, share in ((2_500, 1.0), (15_000, 1e-3)):
        total = total + share * ndimage.gaussian_filter(nearest * counted, metres / cell)
        weight = weight + share * ndimage.gaussian_filter(counted, metres / cell)
    return total / weight


def _lift(number, weight, tilt, centre, radius, cell):
    """What each cell's own label adds in its favour there."""
    x = (np.arange(number.shape[1]) + 0.5) * cell + WEST
    y = (np.arange(number.shape[0]) + 0.5) * cell + SOUTH
    slope = tilt / radius[:, None]
    level = (weight - (slope * centre).sum(axis=1)).astype(np.float32)
    slope = slope.astype(np.float32)
    east, north = slope[:, 0][number] * x.astype(np.float32), slope[:, 1][number] * y.astype(np.float32)[:, None]
    return level[number] + east + north


def _winner(windows, land, weight, tilt, centre, radius, cell):
    best = np.where(land, LAND, np.float32(-1e6))
    grid = np.full(land.shape, NOBODY, np.int16)
    for number, window in enumerate(windows):
        rows, columns = window.at
        x = ((np.arange(columns.start, columns.stop) + 0.5) * cell + WEST - centre[number, 0]) / radius[number]
        y = ((np.arange(rows.start, rows.stop) + 0.5) * cell + SOUTH - centre[number, 1]) / radius[number]
        across = (weight[number] + tilt[number, 0] * x).astype(np.float32)
        score = window.score - across - (tilt[number, 1] * y).astype(np.float32)[:, None]
        wins = score < best[window.at]
        best[window.at][wins] = score[wins]
        grid[window.at][wins] = number
    return grid


def _moments(grid: np.ndarray, count: int, cell: int) -> tuple[np.ndarray, np.ndarray]:
    """Area in square kilometres and centroid in metres of each label."""
    row, column = np.nonzero(grid != NOBODY)
    number = grid[row, column]
    cells = np.bincount(number, minlength=count)
    some = np.maximum(cells, 1)
    east = (np.bincount(number, column, count) / some + 0.5) * cell + WEST
    north = (np.bincount(number, row, count) / some + 0.5) * cell + SOUTH
    return cells * cell**2 / 1e6, np.column_stack([east, north])
