"""Latitude and longitude to the British National Grid, without a projection library.

Seven-parameter Helmert change of datum and the transverse Mercator series, both as published by
Ordnance Survey in "A guide to coordinate systems in Great Britain". Good to about 5 m, less than the size
of a prison; written out so that the tables come out the same whatever grid-shift files a machine has.
"""

from math import atan2, cos, hypot, radians, sin, sqrt, tan

WGS84 = (6378137.0, 6356752.3142)  # semi-axes, metres
AIRY = (6377563.396, 6356256.909)
SHIFT = (-446.448, 125.157, -542.060)  # metres
TURN = tuple(radians(seconds / 3600) for seconds in (-0.1502, -0.2470, -0.8421))
SCALE = 20.4894e-6
ORIGIN_LAT, ORIGIN_LON = radians(49), radians(-2)
FALSE_EASTING, FALSE_NORTHING = 400_000.0, -100_000.0
CENTRAL_SCALE = 0.9996012717


def national_grid(latitude: float, longitude: float) -> tuple[int, int]:
    """Easting and northing in metres (EPSG:27700) of a WGS84 position in degrees."""
    lat, lon = _to_airy(radians(latitude), radians(longitude))
    return _project(lat, lon)


def _to_airy(lat: float, lon: float) -> tuple[float, float]:
    a, b = WGS84
    e2 = 1 - (b / a) ** 2
    nu = a / sqrt(1 - e2 * sin(lat) ** 2)
    x, y, z = nu * cos(lat) * cos(lon), nu * cos(lat) * sin(lon), (1 - e2) * nu * sin(lat)
    (tx, ty, tz), (rx, ry, rz) = SHIFT, TURN
    x, y, z = (
        tx + (1 + SCALE) * x - rz * y + ry * z,
        ty + rz * x + (1 + SCALE) * y - rx * z,
        tz - ry * x + rx * y + (1 + SCALE) * z,
    )
    a, b = AIRY
    e2 = 1 - (b / a) ** 2
    flat = hypot(x, y)
    lat = atan2(z, flat * (1 - e2))
    for _ in range(8):  # converges to well under a millimetre
        nu = a / sqrt(1 - e2 * sin(lat) ** 2)
        lat = atan2(z + e2 * nu * sin(lat), flat)
    return lat, atan2(y, x)


def _project(lat: float, lon: float) -> tuple[int, int]:
    a, b = AIRY
    e2, n = 1 - (b / a) ** 2, (a - b) / (a + b)
    f0 = CENTRAL_SCALE
    nu = a * f0 / sqrt(1 - e2 * sin(lat) ** 2)
    rho = a * f0 * (1 - e2) / (1 - e2 * sin(lat) ** 2) ** 1.5
    eta2 = nu / rho - 1
    less, more = lat - ORIGIN_LAT, lat + ORIGIN_LAT
    arc = b * f0 * (
        (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
        - (3 * n + 3 * n**2 + 2.625 * n**3) * sin(less) * cos(more)
        + (1.875 * n**2 + 1.875 * n**3) * sin(2 * less) * cos(2 * more)
        - 35 / 24 * n**3 * sin(3 * less) * cos(3 * more)
    )
    s, c, t, d = sin(lat), cos(lat), tan(lat), lon - ORIGIN_LON
    north = (
        FALSE_NORTHING + arc
        + nu / 2 * s * c * d**2
        + nu / 24 * s * c**3 * (5 - t**2 + 9 * eta2) * d**4
        + nu / 720 * s * c**5 * (61 - 58 * t**2 + t**4) * d**6
    )
    east = (
        FALSE_EASTING
        + nu * c * d
        + nu / 6 * c**3 * (nu / rho - t**2) * d**3
        + nu / 120 * c**5 * (5 - 18 * t**2 + t**4 + 14 * eta2 - 58 * t**2 * eta2) * d**5
    )
    return round(east), round(north)
