"""The process that computes routes: a problem on stdin, progress and answer on stdout.

    python -m loyalty_delivery.engine.routing.runner   or   python …/routing/runner.py

In: ``{"problem": {…}, "options": {"engine", "seed", "limit_s", "wall_s", "iterations",
"seeds", "warm_start"}}``, see ``wire``. ``limit_s`` are CPU seconds of each seed; on a
busy machine ``wall_s`` asks for the best so far after so many seconds of the clock.
Out, a JSON object a line: ``{"progress": {…}}`` now and then, at last
``{"solution": {…}}`` or ``{"error": "…"}``. SIGINT asks for the best so far, SIGTERM
ends at once. Nothing of the ERP is needed or imported.
"""

import importlib.util
import json
import multiprocessing
import os
import resource
import signal
import sys
import time
from pathlib import Path


def _bootstrap() -> str:
    """Make the folder a package of its own when this file is run by its path."""
    here = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != here]
    name = "loyalty_delivery_routing"
    spec = importlib.util.spec_from_file_location(
        name, here / "__init__.py", submodule_search_locations=[str(here)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    return name


if not __package__:
    __package__ = _bootstrap()

from . import wire  # noqa: E402
from .engines import ENGINES, choose  # noqa: E402
from .explain import explain  # noqa: E402
from .problem import Problem, Solution  # noqa: E402

NICENESS = 5
OPTIONS = {
    "engine": ("auto", lambda v: v == "auto" or v in ENGINES),
    "seed": (0, lambda v: _is_whole(v, 0, 1 << 31)),
    "limit_s": (None, lambda v: v is None or _is_number(v, 0, 3600)),
    "wall_s": (None, lambda v: v is None or _is_number(v, 0, 7200)),
    "iterations": (None, lambda v: v is None or _is_whole(v, 0, 10**9)),
    "seeds": (1, lambda v: _is_whole(v, 1, 8)),
    "warm_start": (None, lambda v: v is None or isinstance(v, dict)),
}


def _is_whole(value, low: int, high: int) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and low <= value <= high


def _is_number(value, low: float, high: float) -> bool:
    known = isinstance(value, (int, float)) and not isinstance(value, bool)
    return known and low < value <= high


def read(text: str) -> tuple[Problem, dict]:
    """The problem and all options.

    :raise wire.ProblemError: what is wrong with them
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise wire.ProblemError(f"What came in is no JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("options", {}), dict):
        raise wire.ProblemError("What came in is no object with problem and options.")
    given = data.get("options", {})
    if unknown := set(given) - set(OPTIONS):
        raise wire.ProblemError(f"Unknown options: {', '.join(sorted(unknown))}.")
    options = {name: default for name, (default, _fits) in OPTIONS.items()} | given
    for name, (_default, fits) in OPTIONS.items():
        if not fits(options[name]):
            raise wire.ProblemError(f"Option {name} cannot be {options[name]!r}.")
    if options["warm_start"] is not None:
        options["warm_start"] = wire.plan(options["warm_start"])
    return wire.decode(data.get("problem")), options


def solve(problem: Problem, options: dict, on_progress=None) -> Solution:
    """Routes by the engine that suits, from one seed."""
    return choose(problem, options["engine"]).solve(
        problem,
        seed=options["seed"],
        limit_s=options["limit_s"],
        iterations=options["iterations"],
        warm_start=options["warm_start"],
        on_progress=on_progress,
    )


class _Stopped:
    """Whether somebody, or the clock, asked for the best so far."""

    def __init__(self):
        self.value = False
        self.deadline = None

    def after(self, wall_s: float | None):
        if wall_s is not None:
            self.deadline = time.monotonic() + wall_s

    def ask(self, *_signal):
        self.value = True

    def __bool__(self) -> bool:
        late = self.deadline is not None and time.monotonic() >= self.deadline
        return self.value or late


def _say(**line):
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _other_seed(problem: Problem, options: dict, pipe):
    """A further process: another seed, its answer into the pipe."""
    stopped, parent = _Stopped(), os.getppid()
    signal.signal(signal.SIGINT, stopped.ask)
    stopped.after(options["wall_s"])
    found = solve(
        problem,
        options,
        # Nobody waits for an answer when the first process is gone.
        lambda _state: bool(stopped) or os.getppid() != parent,
    )
    if os.getppid() == parent:
        pipe.send(found)


def solve_seeds(problem: Problem, options: dict, stopped: _Stopped) -> Solution:
    """The best of as many seeds as asked for, each in a process of its own."""

    def progress(state: dict) -> bool:
        _say(progress=state)
        return bool(stopped)

    context = multiprocessing.get_context("fork")
    others = []
    exact = choose(problem, options["engine"]).name == "exact"
    for number in range(1, 1 if exact else options["seeds"]):
        here, there = context.Pipe(duplex=False)
        seeded = {**options, "seed": options["seed"] + number}
        process = context.Process(
            target=_other_seed, args=(problem, seeded, there), daemon=True
        )
        process.start()
        there.close()
        others.append((process, here))
    found = [solve(problem, options, progress)]
    for process, pipe in others:
        if stopped:
            os.kill(process.pid, signal.SIGINT)
        try:
            found.append(pipe.recv())
        except EOFError:
            # That seed died, of memory perhaps; the others stand.
            sys.stderr.write(f"a seed was lost, exit code {process.exitcode}\n")
        process.join()
    return min(found, key=lambda solution: solution.cost)


def _loosen_limits():
    """Undo what a worker of the ERP passed on: its limits of time and memory."""
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (hard, hard))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.nice(NICENESS)


def main() -> int:
    """Read, solve, answer; 0 with a solution, 1 with an error."""
    stopped = _Stopped()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, stopped.ask)
    _loosen_limits()
    try:
        problem, options = read(sys.stdin.read())
        stopped.after(options["wall_s"])
        found = solve_seeds(problem, options, stopped)
        _say(solution=explain(problem, found).as_json())
    except BrokenPipeError:
        # Nobody listens any more.
        sys.stderr = None
        return 1
    except wire.ProblemError as error:
        _say(error=str(error))
        return 1
    except Exception as error:
        _say(error=f"{type(error).__name__}: {error}")
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
