"""Addresses of an OpenStreetMap extract: where a house or a street is, offline.

Built once into a file of SQLite with ``osmium``; looked up with the standard library.
"""

import difflib
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ..geo import haversine_m
from . import address as spelling

# Houses of one street and number further apart than this are in different towns.
ONE_DOOR_M = 400
# The middle of a longer street says too little.
ONE_STREET_M = 1500
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Found:
    """A place with the quality house, street or zip, and what it is called there."""

    latitude: float
    longitude: float
    quality: str
    name: str


@dataclass(frozen=True, slots=True)
class Counts:
    streets: int
    houses: int


def build(extract, target) -> Counts:
    """Read the houses and streets of an .osm.pbf into a new file."""
    target = Path(target)
    target.unlink(missing_ok=True)
    houses, streets = _read(extract)
    with sqlite3.connect(target) as base:
        base.execute("CREATE TABLE street (key TEXT, name TEXT, lat REAL, lon REAL)")
        base.execute(
            "CREATE TABLE house (street TEXT, number TEXT, name TEXT, area TEXT,"
            " lat REAL, lon REAL)"
        )
        base.executemany("INSERT INTO street VALUES (?, ?, ?, ?)", streets)
        base.executemany("INSERT INTO house VALUES (?, ?, ?, ?, ?, ?)", houses)
        base.execute("CREATE INDEX house_idx ON house (street, number)")
        base.execute("CREATE INDEX street_idx ON street (key)")
    base.close()
    return Counts(len({street[0] for street in streets}), len(houses))


def _read(extract):
    import osmium

    wanted = osmium.filter.KeyFilter("addr:housenumber", "highway")
    objects = (
        osmium.FileProcessor(str(extract), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(wanted)
    )
    houses, streets = [], []
    for item in objects:
        tags = item.tags
        if "addr:housenumber" in tags and "addr:street" in tags:
            place = _middle(item)
            if place:
                houses += _houses(tags, place)
        elif item.is_way() and "name" in tags and "highway" in tags:
            place = _middle(item)
            if place:
                streets += _streets(tags, place)
    return houses, streets


def _houses(tags, place):
    area = spelling.plain(
        f"{tags.get('addr:postcode', '')} {tags.get('addr:city', '')}"
    )
    street = tags["addr:street"]
    for number in tags["addr:housenumber"].replace(",", ";").split(";"):
        if number.strip():
            yield (
                spelling.street_key(street),
                spelling.house_key(number),
                f"{street} {number.strip()}",
                area,
                *place,
            )


def _streets(tags, place):
    """A street under each of its names: the local one and those in other languages."""
    names = {tag.v for tag in tags if tag.k == "name" or tag.k.startswith("name:")}
    for name in sorted(names):
        yield spelling.street_key(name), tags["name"], *place


def _middle(item):
    """The middle of the places of an object that are in the extract."""
    if item.is_node():
        return item.lat, item.lon
    places = [(n.lat, n.lon) for n in item.nodes if n.location.valid()]
    if not places:
        return None
    return tuple(round(median(axis), 7) for axis in zip(*places, strict=True))


class Gazetteer:
    """A file of addresses, opened to read."""

    def __init__(self, path):
        self._base = sqlite3.connect(
            f"{Path(path).as_uri()}?mode=ro", uri=True, check_same_thread=False
        )
        keys = self._base.execute(
            "SELECT key FROM street UNION SELECT street FROM house ORDER BY 1"
        )
        self._keys = [key for (key,) in keys]
        self._known = frozenset(self._keys)
        self._by_piece = defaultdict(list)
        for place, key in enumerate(self._keys):
            for piece in _pieces(key):
                self._by_piece[piece].append(place)

    def close(self):
        self._base.close()

    def find(self, text: str) -> Found | None:
        """Where an address is: its house, else the nearest one of its street.

        ``None`` when the street is unknown, or its name stands in several towns and the
        address does not tell which.
        """
        words = set(spelling.plain(text).split())
        for street, house in spelling.candidates(text):
            key = self._street(spelling.street_key(street))
            found = key and self._house(key, spelling.house_key(house), words)
            if found:
                return found
        for street in spelling.streets(text):
            key = self._street(spelling.street_key(street))
            found = key and self._middle_of(key)
            if found:
                return found
        return None

    def _street(self, key):
        """The street of this name or of the one most like it."""
        if key in self._known or not key:
            return key if key in self._known else None
        counts = Counter(
            place for piece in _pieces(key) for place in self._by_piece.get(piece, ())
        )
        alike = [self._keys[place] for place, _count in counts.most_common(12)]
        alike = [other for other in alike if _digits(other) == _digits(key)]
        found = difflib.get_close_matches(key, alike, n=1, cutoff=ALIKE)
        return found[0] if found else None

    def _house(self, key, number, words):
        rows = self._base.execute(
            "SELECT number, name, area, lat, lon FROM house WHERE street = ?", (key,)
        ).fetchall()
        exact = [row for row in rows if row[0] == number]
        if exact:
            row = _only_place(_of_area(exact, words))
            return row and Found(row[3], row[4], "house", row[1])
        rows = _of_area(rows, words)
        if not rows or _spread_m([row[3:] for row in rows]) > 2 * ONE_STREET_M:
            return self._middle_of(key)
        wanted = _leading(number)
        row = min(rows, key=lambda row: (abs(_leading(row[0]) - wanted), row[0]))
        return Found(row[3], row[4], "street", row[1])

    def _middle_of(self, key):
        rows = self._base.execute(
            "SELECT name, lat, lon FROM street WHERE key = ?", (key,)
        ).fetchall()
        if not rows:
            return None
        places = [row[1:] for row in rows]
        middle = tuple(median(axis) for axis in zip(*places, strict=True))
        near = min(rows, key=lambda row: haversine_m(middle, row[1:]))
        spread_m = _spread_m(places)
        if spread_m > 10 * ONE_STREET_M:
            return None
        quality = "street" if spread_m <= ONE_STREET_M else "zip"
        return Found(near[1], near[2], quality, near[0])


def _pieces(key):
    padded = f" {key} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def _digits(key):
    """Streets that differ by a number are different streets: 5th is not 6th."""
    return "".join(sign for sign in key if sign.isdigit())


def _leading(number):
    digits = ""
    for sign in number:
        if not sign.isdecimal():
            break
        digits += sign
    return int(digits or 0)


def _of_area(rows, words):
    """Those whose postal code or town the address names, if there are any."""
    named = [row for row in rows if row[2] and words.intersection(row[2].split())]
    return named or rows


def _only_place(rows):
    """The first of rows that mean one door."""
    return rows[0] if _spread_m([row[3:] for row in rows]) <= ONE_DOOR_M else None


def _spread_m(places):
    low = tuple(map(min, zip(*places, strict=True)))
    high = tuple(map(max, zip(*places, strict=True)))
    return haversine_m(low, high)
