"""Problems and answers as JSON, for the process that computes routes.

What comes in is checked as a stranger's: sizes, kinds and references, so that an engine
never sees a place without a row or a prefix of somebody else's job.
"""

from dataclasses import MISSING, fields

from .problem import (
    UNREACHABLE,
    Job,
    Problem,
    Route,
    Solution,
    Unplanned,
    Vehicle,
    Violation,
    Visit,
)

MOST_PLACES = 5000
MOST_VEHICLES = 500


class ProblemError(ValueError):
    """The problem cannot be read; the message says what is wrong and where."""


def encode(problem: Problem) -> dict:
    """The problem for ``json.dumps``; matrices are not copied."""
    return {
        "jobs": [_shallow(job) for job in problem.jobs],
        "vehicles": [_shallow(vehicle) for vehicle in problem.vehicles],
        "metres": problem.metres,
        "seconds": problem.seconds,
    }


def _shallow(value) -> dict:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def decode(data) -> Problem:
    """The problem again.

    :raise ProblemError: anything missing, of a wrong kind or out of range
    """
    if not isinstance(data, dict):
        raise ProblemError("The problem is not a JSON object.")
    jobs = tuple(_job(row, i) for i, row in enumerate(_rows(data, "jobs")))
    vehicles = tuple(_vehicle(row, i) for i, row in enumerate(_rows(data, "vehicles")))
    if len(vehicles) > MOST_VEHICLES:
        raise ProblemError(f"{len(vehicles)} vehicles are more than {MOST_VEHICLES}.")
    metres = _matrices(data, "metres")
    seconds = _matrices(data, "seconds")
    problem = Problem(jobs, vehicles, metres, seconds)
    _check_references(problem)
    return problem


def _rows(data: dict, name: str) -> list:
    rows = data.get(name)
    if not isinstance(rows, list):
        raise ProblemError(f"The problem has no list of {name}.")
    return rows


def _is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_natural(value) -> bool:
    return _is_whole(value) and 0 <= value <= 1 << 40


def _values(row, kind: type, where: str) -> dict:
    """A row with its fields, those that are missing by default, checked by name."""
    if not isinstance(row, dict):
        raise ProblemError(f"{where} is not an object.")
    values = {}
    for field in fields(kind):
        if field.name in row:
            value = row[field.name]
        elif field.default is not MISSING:
            value = field.default
        else:
            raise ProblemError(f"{where} has no {field.name}.")
        values[field.name] = tuple(value) if isinstance(value, list) else value
        if not _fits(field.name, values[field.name], field.default is None):
            raise ProblemError(f"{where}: {field.name} cannot be {value!r}.")
    return values


# How fields that are no natural numbers are checked; those that may be absent are
# told by their default.
_KINDS = {
    "key": _is_whole,
    "profile": lambda value: isinstance(value, str),
    "demand": lambda value: isinstance(value, tuple) and all(map(_is_natural, value)),
    "capacity": lambda value: isinstance(value, tuple) and all(map(_is_natural, value)),
    "vehicles": lambda value: isinstance(value, tuple) and all(map(_is_whole, value)),
    "prefix": lambda value: isinstance(value, tuple) and all(map(_is_whole, value)),
}


def _fits(name: str, value, may_be_absent: bool) -> bool:
    if value is None:
        return may_be_absent or name == "end"
    return _KINDS.get(name, _is_natural)(value)


def _job(row, i: int) -> Job:
    return Job(**_values(row, Job, f"Job number {i}"))


def _vehicle(row, i: int) -> Vehicle:
    return Vehicle(**_values(row, Vehicle, f"Vehicle number {i}"))


def _matrices(data: dict, name: str) -> dict[str, list[list[int]]]:
    matrices = data.get(name)
    if not isinstance(matrices, dict):
        raise ProblemError(f"The problem has no {name} by profile.")
    return {key: _matrix(rows, name, key) for key, rows in matrices.items()}


def _matrix(rows, name: str, profile: str) -> list[list[int]]:
    where = f"The matrix of {name} for {profile}"
    if not isinstance(rows, list) or len(rows) > MOST_PLACES:
        raise ProblemError(f"{where} is no list of at most {MOST_PLACES} rows.")
    result = []
    for i, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(rows):
            raise ProblemError(f"{where} is not square: see row {i}.")
        if None in row:
            row = [UNREACHABLE if value is None else value for value in row]
        if set(map(type, row)) - {int} or (row and min(row) < 0):
            raise ProblemError(
                f"{where} has a figure that is no whole number: row {i}."
            )
        result.append(row)
    return result


def _check_references(problem: Problem):
    _check_unique("jobs", [job.key for job in problem.jobs])
    _check_unique("vehicles", [vehicle.key for vehicle in problem.vehicles])
    sizes = set()
    for vehicle in problem.vehicles:
        for name, matrices in (
            ("metres", problem.metres),
            ("seconds", problem.seconds),
        ):
            if vehicle.profile not in matrices:
                raise ProblemError(f"There are no {name} for {vehicle.profile}.")
            sizes.add(len(matrices[vehicle.profile]))
    if len(sizes) > 1:
        raise ProblemError(f"The matrices differ in size: {sorted(sizes)}.")
    size = max(sizes, default=MOST_PLACES)
    for job in problem.jobs:
        if job.place >= size:
            raise ProblemError(f"Job {job.key} is at place {job.place} of {size}.")
        if job.latest < job.earliest:
            raise ProblemError(f"The window of job {job.key} ends before it begins.")
    for vehicle in problem.vehicles:
        if max(vehicle.start, vehicle.end or 0) >= size:
            raise ProblemError(f"Vehicle {vehicle.key} starts or ends beyond {size}.")
    frozen = [key for vehicle in problem.vehicles for key in vehicle.prefix]
    _check_unique("frozen jobs", frozen)
    if unknown := set(frozen) - {job.key for job in problem.jobs}:
        raise ProblemError(f"A prefix has unknown jobs: {sorted(unknown)}.")


def _check_unique(what: str, keys: list[int]):
    if len(set(keys)) != len(keys):
        raise ProblemError(f"Two {what} have the same key.")


def plan(data, name: str = "warm_start") -> dict[int, list[int]]:
    """``{vehicle key: [job keys]}`` from JSON, where keys of objects are text."""
    try:
        return {int(key): [int(job) for job in jobs] for key, jobs in data.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ProblemError(f"{name} is not vehicle: [jobs]: {error}") from error


def solution(data: dict) -> Solution:
    """The answer of the process, from JSON."""
    routes = tuple(
        Route(
            **{
                **route,
                "visits": tuple(Visit(**visit) for visit in route["visits"]),
                "violations": tuple(Violation(**v) for v in route["violations"]),
            }
        )
        for route in data["routes"]
    )
    unplanned = tuple(Unplanned(**row) for row in data["unplanned"])
    return Solution(**{**data, "routes": routes, "unplanned": unplanned})
