"""A real Kannel on free ports of the loopback, with a message centre behind it."""

import contextlib
import http.client
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

SIMULATOR = Path(__file__).with_name("smsc_sim.py")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
USER, PASSWORD, STATUS = "odoo", "odoo-secret", "status-secret"
SENDER = "LOYALTY"

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-password = {password}
status-password = {status}
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
log-file = "{directory}/bearerbox.log"
log-level = 2
store-type = file
store-location = "{directory}/store"
dlr-storage = spool
dlr-spool = "{directory}/reports"
sms-resend-freq = 1
sms-resend-retry = 30

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = club
smsc-password = secret
system-type = ""
source-addr-autodetect = true
dest-addr-ton = 1
dest-addr-npi = 1
msg-id-type = 0x03
reconnect-delay = 1
max-pending-submits = 100

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {send}
sendsms-interface = 127.0.0.1
log-file = "{directory}/smsbox.log"
log-level = 2
mo-recode = true
http-request-retry = 120
http-queue-delay = 1
http-timeout = 10

group = sendsms-user
username = {user}
password = {password}
default-sender = {sender}
user-deny-ip = "*.*.*.*"
user-allow-ip = 127.0.0.1
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "{inbound}?from=%p&to=%P&text=%a&id=%I"
"""


def is_installed():
    """Whether Debian's kannel is here."""
    return all(shutil.which(name, path=PATH) for name in ("bearerbox", "smsbox"))


def free_ports(count):
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _each in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def ask(port, path, timeout=5):
    """GET on the loopback.

    :raise OSError: nobody answers
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def until(condition, what, timeout=20.0, pause=0.05):
    """Wait for ``condition()`` and return it.

    :raise AssertionError: it did not come true in time
    """
    end = time.monotonic() + timeout
    while True:
        found = None
        with contextlib.suppress(OSError, http.client.HTTPException):
            found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"Not within {timeout:.0f} s: {what}")
        time.sleep(pause)


class Kannel:
    """bearerbox and smsbox as processes of ours, and the message centre.

    :param inbound: the address where customers' messages are reported
    """

    def __init__(self, inbound="http://127.0.0.1:9/"):
        self.inbound = inbound
        self.processes = {}
        self.directory = None
        ports = free_ports(5)
        self.admin, self.box, self.send, self.smpp, self.control = ports

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="loyalty-kannel-"))
        self.directory.chmod(0o755)
        (self.directory / "reports").mkdir()
        (self.directory / "kannel.conf").write_text(
            CONFIGURATION.format(
                directory=self.directory,
                admin=self.admin,
                box=self.box,
                send=self.send,
                smpp=self.smpp,
                inbound=self.inbound,
                user=USER,
                password=PASSWORD,
                status=STATUS,
                sender=SENDER,
            )
        )
        if os.geteuid() == 0:
            for path in (self.directory, self.directory / "reports"):
                shutil.chown(path, "nobody")
        try:
            self.start_centre()
            self.start_bearerbox()
            self.start_smsbox()
            until(lambda: self.centre("stats")["links"], "the link to the centre")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        for name in reversed([*self.processes]):
            self.stop(name)
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def url(self):
        """Where messages are handed over."""
        return f"http://127.0.0.1:{self.send}/cgi-bin/sendsms"

    # -- its processes --------------------------------------------------------------
    def _start(self, name, *arguments, user=None):
        drop = {}
        if user and os.geteuid() == 0:
            account = pwd.getpwnam(user)
            drop = {
                "user": account.pw_uid,
                "group": account.pw_gid,
                "extra_groups": [],
            }
        self.processes[name] = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PATH": PATH},
            start_new_session=True,
            **drop,
        )

    def _program(self, name):
        return shutil.which(name, path=PATH), f"{self.directory}/kannel.conf"

    def start_centre(self):
        self._start(
            "centre",
            sys.executable,
            str(SIMULATOR),
            f"--port={self.smpp}",
            f"--control={self.control}",
        )
        until(lambda: self.centre("stats"), "the message centre")

    def start_bearerbox(self):
        self._start("bearerbox", *self._program("bearerbox"), user="nobody")
        until(self.status, "bearerbox")

    def start_smsbox(self):
        self._start("smsbox", *self._program("smsbox"), user="nobody")
        until(lambda: "smsbox" in self.status(), "smsbox at bearerbox")
        until(lambda: ask(self.send, "/"), "smsbox")

    def stop(self, name, kill=False):
        """End one of our processes; ``kill`` gives it no time for anything."""
        process = self.processes.pop(name)
        if process.poll() is None:
            (process.kill if kill else process.terminate)()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def crashed(self):
        """Whether a box ended by itself: smsbox 1.4.5 stops on an assertion of its own
        (conn.c, conn_unregister) when many of its connections are reset at once."""
        return any(process.poll() is not None for process in self.processes.values())

    def heal(self):
        """Start smsbox anew, as ``run_kannel_box`` does on an operator's server."""
        self.stop("smsbox")
        self.start_smsbox()

    # -- questions ------------------------------------------------------------------
    def status(self):
        return ask(self.admin, f"/status.txt?password={STATUS}")

    def centre(self, path, **query):
        """Ask the message centre; see :mod:`smsc_sim`."""
        return json.loads(ask(self.control, f"/{path}?{urlencode(query)}"))

    def arrived(self):
        """Numbers whose messages the centre took, parts of one counted once."""
        return [
            message["to"]
            for message in self.centre("messages")
            if not message["part"] or message["part"][2] == 1
        ]
