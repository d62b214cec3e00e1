"""Coordinate reference systems (CRS): the projected one that a map is measured in, told apart from others."""

from __future__ import annotations

from lotopt.core.errors import Problems


def metric_crs(found: str, wanted: str, label: str, problems: Problems) -> str:
    """The CRS to measure in; a problem when none is known or lengths would be degrees."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if not found:
        problems.add(
            f"{label}: has no CRS, so its lengths have no unit; write the CRS into the file, or say "
            'file_crs = "EPSG:27700" (the one it was drawn in)'
        )
        return ""
    known = []
    for name in (found, wanted or found):
        try:
            known.append(CRS.from_user_input(name))
        except CRSError:
            problems.add(f"{label}: '{name}' is no known CRS; write it as \"EPSG:27700\"")
            return ""
    if known[1].is_geographic:
        problems.add(
            f"{label}: the CRS {known[1].to_string()} ({known[1].name}) is geographic, so lengths would be degrees; "
            'say reproject = "EPSG:27700" or another projected CRS in metres'
        )
    elif known[1].axis_info and abs(known[1].axis_info[0].unit_conversion_factor - 1) > 1e-9:
        problems.add(
            f"{label}: the CRS {known[1].to_string()} counts in {known[1].axis_info[0].unit_name}, not in metres; "
            'say reproject = "EPSG:27700" or another projected CRS in metres'
        )
    return known[1].to_string()


def same_crs(a: str, b: str) -> bool:
    """Whether two names are of one CRS, whatever the order of its axes."""
    from pyproj import CRS

    return a == b or bool(CRS.from_user_input(a).equals(CRS.from_user_input(b), ignore_axis_order=True))
