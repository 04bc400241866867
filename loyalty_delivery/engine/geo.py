"""The globe, as far as deliveries need it: distances and polygons, in degrees."""

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

EARTH_M = 6371008.8  # mean radius, IUGG


def haversine_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two places ``(latitude, longitude)`` along the great circle.

    >>> round(haversine_m((40.1772, 44.5126), (40.1811, 44.5144)))
    460
    """
    lat_a, lat_b = radians(a[0]), radians(b[0])
    half_lat = (lat_b - lat_a) / 2
    half_lon = radians(b[1] - a[1]) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_M * asin(sqrt(min(1.0, chord)))


def contains(ring: Sequence[tuple[float, float]], place: tuple[float, float]) -> bool:
    """Whether a polygon, closed by itself, holds a place (ray casting).

    >>> square = [(0, 0), (0, 2), (2, 2), (2, 0)]
    >>> contains(square, (1, 1)), contains(square, (3, 1))
    (True, False)
    """
    lat, lon = place
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (lon_a > lon) == (lon_b > lon):
            continue
        crossing = (lat_b - lat_a) * (lon - lon_a) / (lon_b - lon_a) + lat_a
        inside ^= lat < crossing
    return inside
