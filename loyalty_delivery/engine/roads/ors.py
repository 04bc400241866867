"""openrouteservice over HTTP: ``/v2/matrix`` and ``/v2/directions``."""

from .base import Http, RoadsError, Table, checked_rows, whole

PROFILES = {"car": "driving-car", "bike": "cycling-regular", "foot": "foot-walking"}


class OpenRouteService:
    def __init__(self, http: Http, profiles=None):
        self.http = http
        self.profiles = {**PROFILES, **(profiles or {})}

    def table(self, places, rows, columns, profile):
        used = sorted({*rows, *columns})
        place_of = {place: index for index, place in enumerate(used)}
        answer = self.http.ask(
            f"/v2/matrix/{self.profiles[profile]}",
            {
                "locations": [_location(places[place]) for place in used],
                "sources": [str(place_of[row]) for row in rows],
                "destinations": [str(place_of[column]) for column in columns],
                "metrics": ["distance", "duration"],
                "units": "m",
            },
        )
        size = len(rows), len(columns)
        return Table(
            [
                [whole(v) for v in r]
                for r in checked_rows(answer.get("distances"), *size)
            ],
            [
                [whole(v) for v in r]
                for r in checked_rows(answer.get("durations"), *size)
            ],
        )

    def lines(self, places, profile):
        answer = self.http.ask(
            f"/v2/directions/{self.profiles[profile]}/geojson",
            {
                "coordinates": [_location(place) for place in places],
                "instructions": False,
            },
        )
        try:
            feature = answer["features"][0]
            line = [[lat, lon] for lon, lat, *_up in feature["geometry"]["coordinates"]]
            ends = feature["properties"]["way_points"]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise RoadsError("the answer holds no line") from error
        if len(ends) != len(places):
            raise RoadsError("the answer holds another number of legs")
        return [
            line[start : end + 1] for start, end in zip(ends, ends[1:], strict=False)
        ]


def _location(place):
    return [round(place[1], 6), round(place[0], 6)]
