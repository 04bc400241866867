"""Build a road network from an OpenStreetMap extract: ``python -m engine.roads.build``.

Runs by itself, away from the ERP: a city takes seconds, a country an hour. The folder
holds ``order.json`` when it begins, and ``progress.json`` tells how far it is. The
programs of OSRM come with the package ``osrm-bindings``.
"""

import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import gazetteer
from .osrm_local import NAME, size_mb

SCRIPTS = {"car": "car.lua", "bike": "bicycle.lua", "foot": "foot.lua"}
ADDRESSES = "addresses.sqlite"
LONGEST_S = 4 * 3600
# The builder says "I live" this often, and is taken for dead when silent for longer.
BEAT_S, SILENT_S = 2, 60


@dataclass
class Progress:
    """How far a build is; ``state`` is building, done or failed."""

    state: str = "building"
    step: str = ""
    done: int = 0
    total: int = 1
    error: str = ""
    sizes_mb: dict | None = None
    streets: int = 0
    houses: int = 0


def start(folder, extract, profiles) -> bool:
    """Begin to build into a folder that does not exist yet.

    :param extract: the path of an .osm.pbf, which must stay until the end
    :return: False when somebody on this machine has begun before
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    order = {"extract": str(extract), "profiles": list(profiles)}
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    _write(folder, Progress(step="queued"))
    subprocess.Popen(  # it outlives the request that began it
        [sys.executable, "-m", "engine.roads.build", str(folder)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return True


def progress(folder) -> Progress | None:
    """How far a build of this machine is; ``None`` when there is none."""
    path = Path(folder) / "progress.json"
    try:
        found = Progress(**json.loads(path.read_text(encoding="utf-8")))
        silent_s = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return None
    if found.state == "building" and silent_s > SILENT_S:
        found.state = "failed"
        found.error = "it stopped before it was finished: too little memory, perhaps"
    return found


def main(folder):
    folder = Path(folder)
    _lift_limits()
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    state = Progress(total=2 * len(order["profiles"]) + 1, sizes_mb={})
    ended = threading.Event()
    threading.Thread(target=_beat, args=(folder, ended), daemon=True).start()
    try:
        _build(folder, Path(order["extract"]), order["profiles"], state)
        state.state, state.step = "done", ""
    except (subprocess.SubprocessError, OSError, ValueError, RuntimeError) as error:
        state.state, state.error = "failed", _reason(error)
    ended.set()
    _write(folder, state)


def _build(folder, extract, profiles, state):
    tools = Path(importlib.util.find_spec("osrm").origin).parent
    for profile in profiles:
        target = folder / profile
        target.mkdir()
        base = target / NAME
        _step(folder, state, f"{profile}: roads")
        script = tools / "share" / "profiles" / SCRIPTS[profile]
        _run(tools / "bin" / "osrm-extract", "-p", script, "-o", base, extract)
        _step(folder, state, f"{profile}: short cuts")
        _run(tools / "bin" / "osrm-contract", base)
        state.sizes_mb[profile] = size_mb(target)
    _step(folder, state, "addresses")
    counts = gazetteer.build(extract, folder / ADDRESSES)
    state.streets, state.houses = counts.streets, counts.houses
    state.done = state.total


def _run(*command):
    subprocess.run(
        [str(part) for part in command],
        check=True,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
    )


def _step(folder, state, name):
    state.done += bool(state.step)
    state.step = name
    _write(folder, state)


def _write(folder, state):
    """Whole or not at all: it is read meanwhile."""
    fresh = folder / f"progress.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
    fresh.replace(folder / "progress.json")


def _beat(folder, ended):
    while not ended.wait(BEAT_S):
        os.utime(folder / "progress.json")


def _lift_limits():
    """The ERP limits the processor time and memory of what it starts; not of this."""
    for limit in (resource.RLIMIT_CPU, resource.RLIMIT_AS):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (hard, hard))
    os.nice(10)


def _reason(error):
    said = getattr(error, "stdout", "") or ""
    said += getattr(error, "stderr", "") or ""
    lines = [line for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if "[error]" in line] or lines[-1:]
    return (wrong[-1] if wrong else str(error))[-300:]


def remove(path) -> None:
    """Delete what was built, also a part of it, or a copy of an extract."""
    if path.is_file():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
