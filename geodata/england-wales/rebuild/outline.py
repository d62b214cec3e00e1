"""A grid of labels becomes polygons that share their borders exactly."""

import numpy as np
import shapely
from scipy import ndimage

from rebuild.raster import NOBODY, SOUTH, WEST

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])


def tidy(grid: np.ndarray, smallest: int) -> np.ndarray:
    """Pieces of fewer cells than this go to what surrounds them, each label keeping its largest piece."""
    doubtful = np.zeros(grid.shape, bool)
    found = ndimage.find_objects(grid.astype(np.int32) + 2)  # labels from 2, the sea is 1
    for value, at in enumerate(found, start=1):
        if at is None:
            continue
        pieces, count = ndimage.label(grid[at] + 2 == value, CROSS)
        cells = np.bincount(pieces.ravel(), minlength=count + 1)
        small = cells < smallest
        small[0] = False
        small[1 + np.argmax(cells[1:])] = False
        doubtful[at] |= small[pieces]
    near = ndimage.distance_transform_edt(doubtful, return_distances=False, return_indices=True)
    return grid[tuple(near)]


def polygons(grid: np.ndarray, cell: int, tolerance: float) -> dict[int, shapely.Geometry]:
    """One valid polygon per label on the grid, simplified together; tolerance in metres."""
    faces = shapely.get_parts(shapely.polygonize(_edges(grid, cell)))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    column, row = ((inside - (WEST, SOUTH)) // cell).astype(int).T
    number = grid[row, column]
    labels = [int(label) for label in np.unique(number) if label != NOBODY]
    rough = [shapely.union_all(faces[number == label]) for label in labels]
    shapes = shapely.normalize(shapely.coverage_simplify(rough, tolerance))
    return dict(zip(labels, shapes, strict=True))


def _edges(grid: np.ndarray, cell: int) -> np.ndarray:
    """Straight runs between the same two labels: they end wherever another border begins."""
    padded = np.pad(grid, 1, constant_values=NOBODY).astype(np.int32)
    lines = []
    for turned in (False, True):
        layer = padded.T if turned else padded
        low, high = layer[:-1], layer[1:]
        pair = np.where(low != high, (low + 1) * 1000 + high + 1, -1)
        row, column = np.nonzero((pair[:, 1:] != pair[:, :-1]) & (pair[:, 1:] >= 0))
        starts = np.column_stack([column, row])
        row, column = np.nonzero((pair[:, 1:] != pair[:, :-1]) & (pair[:, :-1] >= 0))
        ends = np.column_stack([column, row])
        runs = np.stack([starts, ends], axis=1)
        lines.append(runs[:, :, ::-1] if turned else runs)
    corners = np.concatenate(lines) * cell + np.array([WEST, SOUTH])
    return shapely.linestrings(corners.astype(float))
