"""A process that computes routes, watched from outside: its lines, its end."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNNER = Path(__file__).parent / "routing" / "runner.py"
# A line of an answer for thousands of stops is shorter.
MOST_BYTES = 64 * 1024 * 1024
# How long somebody who was asked to finish may take.
GRACE_S = 10.0
# And how long somebody may read the problem without a word.
SILENT_S = 60.0


class Run:
    """The runner in a session of its own, read without waiting.

    Nobody has to stop it when this process dies: its next line meets a closed pipe.
    """

    def __init__(self, payload: dict, limit_s: float | None, runner: Path = RUNNER):
        """Start it.

        :param payload: what the runner reads, see ``routing.runner``
        :param limit_s: seconds on the clock, from its first word on, after which the
            best so far is asked for
        """
        self.limit_s = limit_s
        self.started = time.monotonic()
        self.heard = 0.0
        self.asked = 0.0
        self.progress: dict = {}
        self.solution: dict | None = None
        self.error = ""
        self._rest = b""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as problem:
            json.dump(payload, problem, separators=(",", ":"))
            problem.seek(0)
            self.process = subprocess.Popen(
                [sys.executable, str(runner)],
                stdin=problem,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        os.set_blocking(self.process.stdout.fileno(), False)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def elapsed(self) -> float:
        """Seconds on the clock since it began."""
        return time.monotonic() - self.started

    def poll(self) -> bool:
        """Read what it said.

        :return: whether it is over; then ``solution`` or ``error`` is there
        """
        over = self.process.poll() is not None
        self._read()
        if over:
            self.process.stdout.close()
            if self.solution is None and not self.error:
                self.error = self._death()
            return True
        now = time.monotonic()
        if self.limit_s is not None and self.heard and now - self.heard > self.limit_s:
            self.ask()
        silent = self.limit_s is not None and not self.heard
        if (self.asked and now - self.asked > GRACE_S) or (
            silent and self.elapsed > self.limit_s + SILENT_S
        ):
            self.kill()
        return False

    def ask(self):
        """Ask once for the best so far; who has not begun yet has nothing to tell."""
        if self.heard and not self.asked and self.process.poll() is None:
            self.asked = time.monotonic()
            self.process.send_signal(signal.SIGINT)

    def kill(self):
        """End it and whatever it started, at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _read(self):
        while chunk := self.process.stdout.read(1 << 20):
            self._rest += chunk
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self._hear(json.loads(line))
            if len(self._rest) > MOST_BYTES:
                self.error = "The answer is too long."
                self.kill()

    def _hear(self, line: dict):
        self.heard = self.heard or time.monotonic()
        self.progress = line.get("progress", self.progress)
        self.solution = line.get("solution", self.solution)
        self.error = line.get("error", self.error)

    def _death(self) -> str:
        code = self.process.returncode
        if code < 0:
            return f"signal {-code}"
        return f"exit code {code}"
