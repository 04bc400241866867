"""The configuration that we generate, read by the real Kannel."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from odoo.addons.loyalty_sms.engine import kannel_conf, kannel_status
from odoo.addons.loyalty_sms.engine.gateways import base, registry
from odoo.addons.loyalty_sms.engine.gateways.transport import NotSentError, Transport

SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
WAIT_S = 20

pytestmark = pytest.mark.skipif(
    not shutil.which("bearerbox", path=SBIN), reason="Kannel is not installed"
)


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _each in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def setup_of(folder):
    admin, box, sendsms, nobody = free_ports(4)
    links = tuple(
        kannel_conf.Link(
            name, "127.0.0.1", nobody, "esme", "p4ss word", tps=20, mode=mode
        )
        for name, mode in (("operator1", "transceiver"), ("operator2", "two"))
    )
    return kannel_conf.Setup(
        links=links,
        login="odoo",
        password="s3cret",
        admin_password="admin",
        status_password="stat",
        inbound_url="http://127.0.0.1:9/loyalty_sms/cb/KEY/inbound",
        sender="Arev",
        sendsms_port=sendsms,
        admin_port=admin,
        box_port=box,
        spool=str(folder),
        log=str(folder),
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = Path(tmp_path_factory.mktemp("kannel"))
    setup = setup_of(folder)
    (folder / "dlr").mkdir()
    conf = folder / "kannel.conf"
    conf.write_text(kannel_conf.render(setup))
    options = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for path in (folder, folder / "dlr"):
            shutil.chown(path, nobody.pw_uid)
        for parent in (folder, *folder.parents[:2]):
            parent.chmod(0o755)
        options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    processes = []

    def start(name):
        processes.append(
            subprocess.Popen(
                [shutil.which(name, path=SBIN), str(conf)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                **options,
            )
        )

    try:
        start("bearerbox")
        wait_for(lambda: status(setup))
        start("smsbox")
        wait_for(lambda: any(p.kind == "box" for p in status(setup).parts))
        wait_for(lambda: socket.create_connection(("127.0.0.1", setup.sendsms_port)))
        yield setup
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(10)


def wait_for(condition):
    end = time.monotonic() + WAIT_S
    while True:
        try:
            found = condition()
        except (OSError, NotSentError):
            found = None
        if found:
            if isinstance(found, socket.socket):
                found.close()
            return
        assert time.monotonic() < end, "Kannel did not start"
        time.sleep(0.05)


def status(setup, password="stat"):
    url = f"http://127.0.0.1:{setup.admin_port}/status.xml?password={password}"
    return kannel_status.parse(Transport().request("GET", url).body)


def provider(setup, secret="s3cret"):
    url = f"http://127.0.0.1:{setup.sendsms_port}/cgi-bin/sendsms"
    return registry.build("kannel", url=url, login="odoo", secret=secret)


def message(sender="Arev"):
    text = "Բարև, Անի"
    return base.Outgoing("a" * 32, "+37491234567", text, sender=sender, encoding="UCS2")


def test_kannel_runs_with_our_links(running):
    found = status(running)
    assert found.is_running
    links = [part for part in found.parts if part.kind == "link"]
    # A link with a line for each way counts twice.
    assert {part.name for part in links} == {"operator1", "operator2"}
    assert not any(part.is_online for part in links)
    boxes = [part for part in found.parts if part.kind == "box"]
    assert [part.is_online for part in boxes] == [True]


def test_a_wrong_password_of_the_status_is_told_apart(running):
    with pytest.raises(ValueError, match="status"):
        status(running, password="other")


def test_a_message_waits_for_the_operator(running):
    before = status(running).queued
    results = provider(running).send([message(), message(sender="")])
    assert [result.outcome for result in results] == [base.ACCEPTED] * 2
    assert status(running).queued == before + 2


def test_a_wrong_password_is_the_accounts_fault(running):
    (result,) = provider(running, secret="other").send([message()])
    assert (result.outcome, result.failure) == (base.RETRY, "account")
