"""OSRM over HTTP: its services ``table`` and ``route``, version 1."""

from . import polyline
from .base import LONGEST, Http, RoadsError, Table, checked_rows, whole

# Further from any road than this, a place is not on the map of the server.
SNAP_M = 1000
PROFILES = {"car": "driving", "bike": "cycling", "foot": "walking"}


def coordinates(places) -> str:
    """Places as OSRM wants them in an address: longitude first.

    >>> coordinates([(60.17, 24.94), (60.18, 24.95)])
    '24.940000,60.170000;24.950000,60.180000'
    """
    return ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places)


def leg_line(leg) -> list[list[float]]:
    """The line of a leg of an answer: those of its steps, one after another."""
    line = []
    for step in leg["steps"]:
        for place in polyline.decode(step["geometry"]):
            if not line or line[-1] != place:
                line.append(place)
    return line


def snapped_table(answer, rows: int, columns: int) -> Table:
    """The table of an answer, without the places that are on no road.

    OSRM moves each place to the nearest road there is, be it in another country.

    :raise RoadsError: the answer is malformed
    """
    metres = checked_rows(answer["distances"], rows, columns)
    seconds = checked_rows(answer["durations"], rows, columns)
    rows_near = [point["distance"] <= SNAP_M for point in answer["sources"]]
    columns_near = [point["distance"] <= SNAP_M for point in answer["destinations"]]
    if len(rows_near) != rows or len(columns_near) != columns:
        raise ValueError("other places than were asked for")
    is_near = all(rows_near) and all(columns_near)
    return Table(
        *(
            _rounded(figures)
            if is_near and not any(None in row for row in figures)
            else _near(figures, rows_near, columns_near)
            for figures in (metres, seconds)
        )
    )


def _rounded(rows):
    """The usual case, which has a million figures for a thousand places."""
    whole_rows = [list(map(round, row)) for row in rows]
    if any(row and not 0 <= min(row) <= max(row) <= LONGEST for row in whole_rows):
        raise ValueError("a road that is too long for the Earth")
    return whole_rows


def _near(rows, rows_near, columns_near):
    return [
        [
            whole(value) if is_near and also_near else None
            for value, also_near in zip(row, columns_near, strict=True)
        ]
        for row, is_near in zip(rows, rows_near, strict=True)
    ]


class Osrm:
    def __init__(self, http: Http, profiles=None):
        self.http = http
        self.profiles = {**PROFILES, **(profiles or {})}

    def table(self, places, rows, columns, profile):
        used = sorted({*rows, *columns})
        place_of = {place: index for index, place in enumerate(used)}
        sources = ";".join(str(place_of[row]) for row in rows)
        destinations = ";".join(str(place_of[column]) for column in columns)
        answer = self._ask(
            "table",
            profile,
            [places[place] for place in used],
            f"annotations=distance,duration&sources={sources}"
            f"&destinations={destinations}",
        )
        try:
            return snapped_table(answer, len(rows), len(columns))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise RoadsError("the answer holds no distances") from error

    def lines(self, places, profile):
        answer = self._ask(
            "route",
            profile,
            places,
            "geometries=polyline6&overview=false&steps=true&continue_straight=false",
        )
        try:
            return [leg_line(leg) for leg in answer["routes"][0]["legs"]]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise RoadsError("the answer holds no line") from error

    def _ask(self, service, profile, places, options):
        answer = self.http.ask(
            f"/{service}/v1/{self.profiles[profile]}/{coordinates(places)}?{options}"
        )
        if answer.get("code") != "Ok":
            raise RoadsError(str(answer.get("message") or answer.get("code"))[:200])
        return answer
