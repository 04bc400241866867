"""Servers of roads on the loopback: each speaks as its original does.

Ways go along the parallels and meridians at 36 km/h, so every figure can be checked by
hand; a place north of ``EDGE`` is on an island.
"""

import re

from fake_provider import Reply

from odoo.addons.loyalty_delivery.engine.geo import haversine_m
from odoo.addons.loyalty_delivery.engine.roads import polyline

EDGE = 41.0
SPEED = 10.0


def metres(a, b):
    if (a[0] > EDGE) != (b[0] > EDGE):
        return None
    corner = (b[0], a[1])
    return round(haversine_m(a, corner) + haversine_m(corner, b), 1)


def seconds(a, b):
    way = metres(a, b)
    return None if way is None else round(way / SPEED, 1)


def corner_line(a, b):
    return [list(a), [b[0], a[1]], list(b)]


class FakeOsrm:
    """OSRM 5/6: GET, longitude first, ``code`` in every answer, 400 for a refusal."""

    largest = 100

    def __call__(self, call):
        match = re.fullmatch(r"/(table|route)/v1/(\w+)/([-\d.,;]+)", call.path)
        if not match or call.method != "GET":
            return Reply(400, {"code": "InvalidUrl", "message": "URL string malformed"})
        places = [
            tuple(map(float, reversed(pair.split(",")))) for pair in match[3].split(";")
        ]
        return getattr(self, match[1])(places, call.query)

    def table(self, places, query):
        rows = self._chosen(query.get("sources", "all"), places)
        columns = self._chosen(query.get("destinations", "all"), places)
        if len(rows) * len(columns) > self.largest**2:
            return Reply(
                400, {"code": "TooBig", "message": "Too many table coordinates"}
            )
        answer = {"code": "Ok"}
        asked = query.get("annotations", "duration").split(",")
        for name, figure in (("distance", metres), ("duration", seconds)):
            if name in asked:
                answer[f"{name}s"] = [[figure(a, b) for b in columns] for a in rows]
        answer["sources"] = [self._waypoint(place) for place in rows]
        answer["destinations"] = [self._waypoint(place) for place in columns]
        return Reply(document=answer)

    def route(self, places, query):
        legs = []
        for a, b in zip(places, places[1:], strict=False):
            if metres(a, b) is None:
                return Reply(
                    400,
                    {"code": "NoRoute", "message": "Impossible route between points"},
                )
            line = corner_line(a, b)
            digits = 6 if query.get("geometries") == "polyline6" else 5
            steps = [
                {"geometry": polyline.encode(line[:2], digits)},
                {"geometry": polyline.encode(line[1:], digits)},
                {"geometry": polyline.encode([line[2]] * 2, digits)},
            ]
            legs.append({"steps": steps if query.get("steps") == "true" else []})
        return Reply(
            document={
                "code": "Ok",
                "routes": [{"legs": legs}],
                "waypoints": [self._waypoint(place) for place in places],
            }
        )

    def _chosen(self, text, places):
        if text == "all":
            return places
        return [places[int(place)] for place in text.split(";")]

    def _waypoint(self, place):
        # West of Greenwich there is no road: OSRM takes the nearest one, far away.
        off_road = 500_000.0 if place[1] < 0 else 4.2
        return {"distance": off_road, "name": "", "location": [place[1], place[0]]}


class FakeValhalla:
    """Valhalla 3: POST, kilometres, ``error_code`` in refusals."""

    largest = 2500

    def __call__(self, call):
        document = call.json
        if document.get("costing") not in ("auto", "bicycle", "pedestrian"):
            return Reply(
                400,
                {
                    "error_code": 125,
                    "error": "No costing method found",
                    "status_code": 400,
                },
            )
        if call.path == "/sources_to_targets":
            return self.matrix(document)
        if call.path == "/route":
            return self.route(document)
        return Reply(404, {"error_code": 106, "error": "Try any of: '/route'"})

    def matrix(self, document):
        rows = [(p["lat"], p["lon"]) for p in document["sources"]]
        columns = [(p["lat"], p["lon"]) for p in document["targets"]]
        if len(rows) * len(columns) > self.largest:
            return Reply(
                400,
                {
                    "error_code": 150,
                    "error": "Exceeded max locations",
                    "status_code": 400,
                },
            )
        found = [
            [self._cell(i, a, j, b) for j, b in enumerate(columns)]
            for i, a in enumerate(rows)
        ]
        return Reply(document={"sources_to_targets": found, "units": "kilometers"})

    def _cell(self, row, a, column, b):
        way, time = metres(a, b), seconds(a, b)
        return {
            "from_index": row,
            "to_index": column,
            "distance": None if way is None else round(way / 1000, 3),
            "time": None if time is None else round(time),
        }

    def route(self, document):
        places = [(p["lat"], p["lon"]) for p in document["locations"]]
        pairs = list(zip(places, places[1:], strict=False))
        if any(metres(a, b) is None for a, b in pairs):
            return Reply(
                400,
                {"error_code": 442, "error": "No path could be found for input"},
            )
        legs = [{"shape": polyline.encode(corner_line(a, b))} for a, b in pairs]
        return Reply(document={"trip": {"legs": legs, "status": 0}})


class FakeOrs:
    """openrouteservice 9: POST with a key, strings as places of sources."""

    key = "ors-key"
    largest = 2500

    def __call__(self, call):
        if call.headers.get("Authorization") != self.key:
            return Reply(403, {"error": "Access to this API has been disallowed"})
        match = re.fullmatch(r"/v2/(matrix|directions)/([\w-]+)(/geojson)?", call.path)
        if not match or match[2] not in (
            "driving-car",
            "cycling-regular",
            "foot-walking",
        ):
            return Reply(
                400,
                {
                    "error": {
                        "code": 2003,
                        "message": "Parameter 'profile' is incorrect.",
                    }
                },
            )
        return getattr(self, match[1])(call.json)

    def matrix(self, document):
        places = [(lat, lon) for lon, lat in document["locations"]]
        rows = [places[int(place)] for place in document["sources"]]
        columns = [places[int(place)] for place in document["destinations"]]
        if len(rows) * len(columns) > self.largest:
            return Reply(
                400, {"error": {"code": 6004, "message": "Search exceeds the limit"}}
            )
        return Reply(
            document={
                "distances": [[metres(a, b) for b in columns] for a in rows],
                "durations": [[seconds(a, b) for b in columns] for a in rows],
                "sources": [{"location": [lon, lat]} for lat, lon in rows],
                "destinations": [{"location": [lon, lat]} for lat, lon in columns],
                "metadata": {"service": "matrix"},
            }
        )

    def directions(self, document):
        places = [(lat, lon) for lon, lat in document["coordinates"]]
        line, ends = [], [0]
        for a, b in zip(places, places[1:], strict=False):
            if metres(a, b) is None:
                return Reply(
                    404,
                    {"error": {"code": 2009, "message": "Route could not be found"}},
                )
            leg = corner_line(a, b)
            line += leg if not line else leg[1:]
            ends.append(len(line) - 1)
        return Reply(
            document={
                "type": "FeatureCollection",
                "features": [
                    {
                        "geometry": {
                            "type": "LineString",
                            "coordinates": [[lon, lat] for lat, lon in line],
                        },
                        "properties": {"way_points": ends},
                    }
                ],
            }
        )


class FakeNominatim:
    """Nominatim 4 in jsonv2: strings for numbers, an empty list for nothing."""

    known = (
        ("abovyan 12", "40.1811", "44.5144", 30),
        ("abovyan", "40.1850", "44.5152", 26),
        ("yerevan", "40.1777", "44.5126", 16),
    )

    def __call__(self, call):
        if "loyalty-delivery" not in call.headers.get("User-Agent", ""):
            return Reply(403, "Access blocked")
        if call.path != "/search" or call.query.get("format") != "jsonv2":
            return Reply(404, {"error": {"code": 404, "message": "Not found"}})
        asked = call.query["q"].casefold()
        if call.query.get("countrycodes") not in (None, "am"):
            return Reply(document=[])
        for name, lat, lon, rank in self.known:
            if name in asked:
                place = {"place_id": 1, "lat": lat, "lon": lon, "place_rank": rank}
                return Reply(document=[place])
        return Reply(document=[])
