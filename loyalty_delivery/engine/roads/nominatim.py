"""Nominatim over HTTP: where an address is."""

from dataclasses import dataclass
from urllib.parse import urlencode

from .base import Http, RoadsError

# The least time between two questions of a whole shop: the public server allows one a
# second (OSMF, Nominatim usage policy).
SPACING_S = 1.1
TIMEOUT_S = 10
# Nominatim's place_rank: from 30 on houses, from 26 on streets.
HOUSE_RANK, STREET_RANK = 30, 26


@dataclass(frozen=True, slots=True)
class Position:
    """``quality`` is house, street or zip."""

    latitude: float
    longitude: float
    quality: str


class Nominatim:
    """Each question is asked once: a queue asks again, later."""

    def __init__(self, url, user_agent):
        headers = {"User-Agent": user_agent}
        self.http = Http(url, headers, connect_s=5, read_s=TIMEOUT_S, tries=1)

    def find(self, text: str, country_codes: str = "") -> Position | None:
        """
        :param country_codes: two letters each, divided by commas; empty for the world
        :raise RoadsError: the server could not be asked
        """
        query = {"q": " ".join(text.split()), "format": "jsonv2", "limit": 1}
        codes = ",".join(code.strip().lower() for code in country_codes.split(","))
        if codes:
            query["countrycodes"] = codes
        found = self.http.ask(f"/search?{urlencode(query)}", expected=list)
        return position(found[0]) if found else None


def position(place) -> Position:
    """A result of a search.

    >>> position({"lat": "40.18", "lon": "44.51", "place_rank": 30}).quality
    'house'

    :raise RoadsError: it is malformed
    """
    try:
        rank = int(place.get("place_rank") or 0)
        where = float(place["lat"]), float(place["lon"])
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise RoadsError("the answer holds no place") from error
    if not (-90 <= where[0] <= 90 and -180 <= where[1] <= 180):
        raise RoadsError("the answer holds no place on Earth")
    if rank >= HOUSE_RANK:
        return Position(*where, "house")
    return Position(*where, "street" if rank >= STREET_RANK else "zip")
