"""Valhalla over HTTP: ``/sources_to_targets`` and ``/route``."""

from . import polyline
from .base import Http, RoadsError, Table, checked_rows, whole

PROFILES = {"car": "auto", "bike": "bicycle", "foot": "pedestrian"}


class Valhalla:
    def __init__(self, http: Http, profiles=None):
        self.http = http
        self.profiles = {**PROFILES, **(profiles or {})}

    def table(self, places, rows, columns, profile):
        answer = self.http.ask(
            "/sources_to_targets",
            {
                "sources": [_location(places[row]) for row in rows],
                "targets": [_location(places[column]) for column in columns],
                "costing": self.profiles[profile],
                "units": "kilometers",
            },
        )
        found = checked_rows(answer.get("sources_to_targets"), len(rows), len(columns))
        try:
            return Table(
                [[_metres(cell["distance"]) for cell in row] for row in found],
                [[whole(cell["time"]) for cell in row] for row in found],
            )
        except (KeyError, TypeError) as error:
            raise RoadsError("the answer holds no distances") from error

    def lines(self, places, profile):
        answer = self.http.ask(
            "/route",
            {
                "locations": [_location(place) for place in places],
                "costing": self.profiles[profile],
                "directions_type": "none",
            },
        )
        try:
            return [polyline.decode(leg["shape"]) for leg in answer["trip"]["legs"]]
        except (KeyError, TypeError, ValueError) as error:
            raise RoadsError("the answer holds no line") from error


def _location(place):
    return {"lat": place[0], "lon": place[1]}


def _metres(kilometres):
    return None if kilometres is None else whole(kilometres * 1000)
