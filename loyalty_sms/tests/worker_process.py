"""The worker as the command line starts it, for tests against a committed database."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tools import config

from .kannel import ask, free_ports, until

OPTIONS = ("addons_path", "data_dir", "db_host", "db_port", "db_user", "db_password")


class WorkerProcess:
    """``odoo loyalty_sms_worker`` on a port that stays the same over restarts."""

    def __init__(self, database):
        self.database = database
        self.port = free_ports(1)[0]
        self.process = None
        self.directory = tempfile.TemporaryDirectory(prefix="loyalty-worker-")
        self.log = Path(self.directory.name) / "worker.log"
        self._conf = Path(self.directory.name) / "odoo.conf"
        lines = ["[options]"]
        for name in OPTIONS:
            value = config[name]
            if isinstance(value, list):
                value = ",".join(value)
            if value:
                lines.append(f"{name} = {value}")
        self._conf.write_text("\n".join(lines))

    @property
    def pid(self):
        return self.process.pid

    def start(self, wait=True):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "odoo",
                    # The command is looked for before the configuration is read.
                    f"--addons-path={','.join(config['addons_path'])}",
                    "loyalty_sms_worker",
                    "-c",
                    str(self._conf),
                    "-d",
                    self.database,
                    f"--sms-port={self.port}",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )
        if wait:
            until(self._is_up, "the worker", timeout=60)

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError(f"The worker ended:\n{self.log.read_text()[-3000:]}")
        return ask(self.port, "/") is not None

    def kill(self):
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """As the service manager would; returns the exit code."""
        self.process.terminate()
        return self.process.wait(30)

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        self.directory.cleanup()
