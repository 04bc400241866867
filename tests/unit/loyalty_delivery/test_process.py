import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from odoo.addons.loyalty_delivery.engine import process

Run = process.Run

SPEAKS = """
import json, sys
data = json.load(sys.stdin)
print(json.dumps({"progress": {"cost": 5}}), flush=True)
print(json.dumps({"solution": {"echo": data}}), flush=True)
"""
WAITS = """
import json, signal, sys, time
def answer(*_):
    print(json.dumps({"solution": "best so far"}), flush=True)
    sys.exit()
signal.signal(signal.SIGINT, answer)
print(json.dumps({"progress": {"cost": 9}}), flush=True)
time.sleep(60)
"""
STUBBORN = """
import json, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print(json.dumps({"progress": {}}), flush=True)
time.sleep(60)
"""
TALKS_FOREVER = """
import json, time
while True:
    print(json.dumps({"progress": {}}), flush=True)
    time.sleep(0.05)
"""


@pytest.fixture
def start(tmp_path):
    runs = []

    def started(source, limit_s=None):
        runner = tmp_path / "runner.py"
        runner.write_text(source)
        runs.append(Run({"a": [1, 2]}, limit_s, runner))
        return runs[-1]

    yield started
    for run in runs:
        run.kill()


def end_of(run, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if run.poll():
            return run
        time.sleep(0.02)
    raise AssertionError("the process did not end")


def test_it_reads_the_problem_and_answers(start):
    run = end_of(start(SPEAKS))
    assert (run.solution, run.progress) == ({"echo": {"a": [1, 2]}}, {"cost": 5})
    assert run.error == ""


def test_after_its_time_the_best_so_far_is_asked_for(start):
    run = end_of(start(WAITS, limit_s=0.1))
    assert run.solution == "best so far"


def test_who_has_not_said_a_word_is_not_asked(start):
    run = start("import time; time.sleep(60)", limit_s=0.01)
    time.sleep(0.1)
    run.poll()
    run.ask()
    assert run.asked == 0.0


def test_who_does_not_listen_is_ended(start, monkeypatch):
    monkeypatch.setattr(process, "GRACE_S", 0.2)
    run = end_of(start(STUBBORN, limit_s=0.1))
    assert run.solution is None
    assert run.error == f"signal {signal.SIGKILL.value}"


def test_a_killed_process_is_told_by_its_signal(start):
    run = start(WAITS)
    os.kill(run.pid, signal.SIGKILL)
    assert end_of(run).error == "signal 9"


def test_a_process_that_fails_is_told_by_its_code(start):
    assert end_of(start("import sys; sys.exit(3)")).error == "exit code 3"


def test_it_ends_with_the_process_that_started_it(tmp_path):
    """Killed without a chance to say anything, as a worker of the ERP may be."""
    runner = tmp_path / "runner.py"
    runner.write_text(TALKS_FOREVER)
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import importlib.util, pathlib, sys, time\n"
            "spec = importlib.util.spec_from_file_location('p', sys.argv[1])\n"
            "module = importlib.util.module_from_spec(spec)\n"
            "spec.loader.exec_module(module)\n"
            "run = module.Run({}, None, pathlib.Path(sys.argv[2]))\n"
            "print(run.pid, flush=True)\n"
            "time.sleep(60)\n",
            process.__file__,
            str(runner),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _turn in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    raise AssertionError("the process lives on alone")
