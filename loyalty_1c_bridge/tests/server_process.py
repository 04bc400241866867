"""The server as a process of its own, for tests that kill it in the middle."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from odoo.tools import config

OPTIONS = ("addons_path", "data_dir", "db_host", "db_port", "db_user", "db_password")


class ServerProcess:
    """``odoo server`` on a port that stays the same over restarts."""

    def __init__(self, database):
        self.database = database
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        self.directory = tempfile.TemporaryDirectory(prefix="onec-server-")
        self.log = Path(self.directory.name) / "server.log"
        self._conf = Path(self.directory.name) / "odoo.conf"
        lines = ["[options]", "max_cron_threads = 0"]
        for name in OPTIONS:
            value = config[name]
            if isinstance(value, list):
                value = ",".join(value)
            if value:
                lines.append(f"{name} = {value}")
        self._conf.write_text("\n".join(lines))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "odoo", "server", "-c", str(self._conf)),
                    *("-d", self.database, f"--db-filter=^{self.database}$"),
                    *("--http-interface=127.0.0.1", f"--http-port={self.port}"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )
        until(self._is_up, "the server", 90)

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError(f"The server ended:\n{self.log.read_text()[-3000:]}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", "/web/health")
            return connection.getresponse().status == 200
        return False

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def restart(self):
        self.kill()
        self.start()

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.directory.cleanup()


def until(check, what, timeout=30):
    """Wait for ``check()`` to be true."""
    end = time.monotonic() + timeout
    while not (result := check()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {timeout} s")
        time.sleep(0.05)
    return result
