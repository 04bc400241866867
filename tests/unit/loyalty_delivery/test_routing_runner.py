"""The process that computes routes: what goes in, what comes out, how it ends."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from odoo.addons.loyalty_delivery.engine.routing import check, runner, wire
from odoo.addons.loyalty_delivery.engine.routing.engines import ENGINES

from .routing_days import problem

PYVRP = pytest.mark.skipif(
    not ENGINES["pyvrp"].available(), reason="PyVRP is not installed"
)


def start(text, **values):
    """The process as the ERP starts it: by its path, without the ERP's packages."""
    process = subprocess.Popen(
        [sys.executable, runner.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        **values,
    )
    process.stdin.write(text)
    process.stdin.close()
    process.stdin = None
    return process


def asked(day, **options):
    return json.dumps({"problem": wire.encode(day), "options": options})


def lines_of(process, timeout=300):
    out, err = process.communicate(timeout=timeout)
    return [json.loads(line) for line in out.splitlines()], err


def answer(day, **options):
    lines, err = lines_of(start(asked(day, **options)))
    assert err == ""
    return wire.solution(lines[-1]["solution"])


@pytest.mark.parametrize("engine", ["sisr", pytest.param("pyvrp", marks=PYVRP)])
def test_the_process_answers_what_the_engine_answers(engine):
    day = problem(5)
    found = answer(day, engine=engine, seed=4, iterations=80)
    bare = ENGINES[engine].solve(day, seed=4, iterations=80)
    assert found.routes == bare.routes
    assert found.cost == bare.cost
    assert (found.engine, found.seed) == (engine, 4)
    assert all(row.reason for row in found.unplanned)


def test_a_problem_is_the_same_after_its_journey():
    day = problem(11, prefix=True)
    assert wire.decode(json.loads(json.dumps(wire.encode(day)))) == day


def test_two_seeds_give_the_better_of_both():
    day = problem(6, jobs=25, vehicles=4)
    costs = [
        ENGINES["sisr"].solve(day, seed=seed, iterations=40).cost for seed in (1, 2, 3)
    ]
    found = answer(day, engine="sisr", seed=1, iterations=40, seeds=3)
    assert found.cost == min(costs)


def test_a_warm_start_and_a_frozen_beginning_arrive():
    day = problem(7, prefix=True)
    first = answer(day, iterations=30)
    again = answer(day, iterations=0, warm_start=first.plan)
    assert again.cost <= first.cost
    assert check.faults(day, again.plan) == []


def test_progress_is_told_line_by_line():
    day = problem(8, jobs=60, vehicles=6)
    lines, _err = lines_of(start(asked(day, engine="sisr", limit_s=1.3)))
    told = [line["progress"] for line in lines[:-1]]
    assert len(told) >= 1
    assert told[-1]["cost"] <= told[0]["cost"]
    assert {"iterations", "cpu_s", "cost", "unplanned"} == set(told[0])


@pytest.mark.parametrize("seeds", [1, 2])
def test_asked_to_stop_it_answers_the_best_so_far(seeds):
    day = problem(9, jobs=60, vehicles=6)
    process = start(asked(day, engine="sisr", limit_s=600, seeds=seeds))
    assert "progress" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    lines, _err = lines_of(process, timeout=300)
    found = wire.solution(lines[-1]["solution"])
    assert check.faults(day, found.plan) == []
    assert process.returncode == 0


@pytest.mark.parametrize("seeds", [1, 2])
def test_told_to_end_it_ends_at_once_without_an_answer(seeds):
    day = problem(9, jobs=60)
    process = start(asked(day, engine="sisr", limit_s=600, seeds=seeds))
    assert "progress" in process.stdout.readline()
    began = time.monotonic()
    process.terminate()
    assert process.wait(timeout=60) == -signal.SIGTERM
    assert time.monotonic() - began < 60
    # The processes of other seeds hold the pipe until they notice.
    out, _err = process.communicate(timeout=300)
    assert "solution" not in out


def test_on_a_busy_machine_the_clock_ends_it():
    day = problem(9, jobs=60, vehicles=6)
    found = answer(day, engine="sisr", limit_s=600, wall_s=1)
    assert 0 < found.cpu_s < 300


def test_limits_of_the_worker_that_starts_it_do_not_bind_it():
    def limits():
        resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))

    day = problem(10, jobs=40, vehicles=5)
    process = start(asked(day, engine="sisr", limit_s=1.3), preexec_fn=limits)
    lines, _err = lines_of(process)
    assert wire.solution(lines[-1]["solution"]).cpu_s >= 1.2


def good():
    return json.loads(asked(problem(1, jobs=3)))


def broken(path, value):
    data = good()
    here = data
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[1]", "no object with problem"),
        ("[" * 100_000, "no JSON"),
        ("{}", "not a JSON object"),
        (broken(["problem", "jobs"], None), "no list of jobs"),
        (broken(["problem", "jobs", 0], 5), "Job number 0 is not an object"),
        (broken(["problem", "jobs", 0, "place"], 99), "is at place 99 of 6"),
        (broken(["problem", "jobs", 0, "place"], -1), "place cannot be -1"),
        (broken(["problem", "jobs", 0, "place"], True), "place cannot be True"),
        (broken(["problem", "jobs", 0, "service"], None), "service cannot be None"),
        (broken(["problem", "jobs", 0, "demand"], ["1"]), "demand cannot be"),
        (broken(["problem", "jobs", 0, "latest"], 0), "ends before it begins"),
        (broken(["problem", "jobs", 1, "key"], 1), "Two jobs have the same key"),
        (broken(["problem", "vehicles", 0], {"key": 1}), "has no start"),
        (broken(["problem", "vehicles", 0, "profile"], "kite"), "no metres for kite"),
        (broken(["problem", "vehicles", 0, "end"], 77), "starts or ends beyond"),
        (broken(["problem", "vehicles", 0, "prefix"], [77]), "unknown jobs"),
        (broken(["problem", "metres"], []), "no metres by profile"),
        (broken(["problem", "metres", "car", 0], [1]), "not square: see row 0"),
        (broken(["problem", "metres", "car", 1, 2], -4), "no whole number: row 1"),
        (broken(["problem", "seconds", "car", 1, 2], 0.5), "no whole number: row 1"),
        (broken(["options"], {"sed": 1}), "Unknown options: sed"),
        (broken(["options"], {"limit_s": -1}), "limit_s cannot be -1"),
        (broken(["options"], {"engine": "magic"}), "engine cannot be 'magic'"),
        (broken(["options"], {"warm_start": {"a": 1}}), "warm_start is not"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(text, message):
    with pytest.raises(wire.ProblemError, match=message):
        runner.read(text)


def test_a_refusal_is_an_answer_too():
    process = start("{")
    lines, err = lines_of(process)
    assert "no JSON" in lines[0]["error"]
    assert (process.returncode, err) == (1, "")


def test_a_pair_without_a_figure_is_no_road():
    data = good()
    data["problem"]["seconds"]["car"][0][4] = None
    day, _options = runner.read(json.dumps(data))
    assert day.seconds["car"][0][4] >= 1_000_000_000
