"""OSRM inside this process, on files built by ``build`` from an OpenStreetMap extract.

The files are mapped into memory: all workers of a machine share one copy, and a worker
opens them once. Needs the package ``osrm-bindings``.
"""

import importlib.util
import threading
from pathlib import Path

from .base import NotHereError, RoadsError
from .osrm import SNAP_M, leg_line, snapped_table

NAME = "roads.osrm"
# Above this the files would take what a worker of the ERP may map.
LARGEST_MB = 600

_engines = {}
_lock = threading.Lock()


def is_available() -> bool:
    """Whether the engine is installed; nothing is loaded."""
    return importlib.util.find_spec("osrm") is not None


class OsrmLocal:
    """The networks of a folder, one of each profile."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def table(self, places, rows, columns, profile):
        import osrm

        used = sorted({*rows, *columns})
        place_of = {place: index for index, place in enumerate(used)}
        answer = self._ask(
            profile,
            "Table",
            osrm.TableParameters(
                coordinates=_coordinates(places[place] for place in used),
                sources=[place_of[row] for row in rows],
                destinations=[place_of[column] for column in columns],
                annotations=["duration", "distance"],
                generate_hints=False,
            ),
        )
        return snapped_table(
            {
                "distances": [list(row) for row in answer["distances"]],
                "durations": [list(row) for row in answer["durations"]],
                "sources": answer["sources"],
                "destinations": answer["destinations"],
            },
            len(rows),
            len(columns),
        )

    def lines(self, places, profile):
        import osrm

        answer = self._ask(
            profile,
            "Route",
            osrm.RouteParameters(
                coordinates=_coordinates(places),
                steps=True,
                geometries="polyline6",
                overview="false",
                continue_straight=False,
                generate_hints=False,
            ),
        )
        ends = answer["waypoints"]
        if any(point["distance"] > SNAP_M for point in ends):
            raise RoadsError("a place is not on this road network")
        return [leg_line(leg) for leg in answer["routes"][0]["legs"]]

    def _ask(self, profile, service, parameters):
        engine = _engine(self.folder / profile / NAME)
        try:
            return getattr(engine, service)(parameters)
        except RuntimeError as error:
            raise RoadsError(str(error)[:200]) from error


def size_mb(folder) -> int:
    """What the files of a profile take."""
    return round(sum(f.stat().st_size for f in Path(folder).iterdir()) / 2**20)


def _coordinates(places):
    return [(lon, lat) for lat, lon in places]


def _engine(path):
    with _lock:
        if path in _engines:
            return _engines[path]
        if not path.parent.is_dir():
            raise NotHereError("the road network has no such profile here")
        if size_mb(path.parent) > LARGEST_MB:
            raise RoadsError(
                f"the network is larger than {LARGEST_MB} MB: run osrm-routed on its"
                " files, and add it as an OSRM server"
            )
        _engines[path] = _open(path)
        return _engines[path]


def _open(path):
    try:
        import osrm
    except ImportError as error:
        raise NotHereError("the package osrm-bindings is not installed here") from error
    try:
        return osrm.OSRM(
            storage_config=str(path),
            use_shared_memory=False,
            use_mmap=True,
            algorithm="CH",
            max_locations_distance_table=-1,
            max_locations_viaroute=-1,
        )
    except RuntimeError as error:
        raise RoadsError(f"the files cannot be read: {error}"[:200]) from error


def forget(folder) -> None:
    """Close the engines of a folder whose files are going to be deleted."""
    with _lock:
        for path in [path for path in _engines if Path(folder) in path.parents]:
            del _engines[path]
