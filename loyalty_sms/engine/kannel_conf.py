"""A configuration of Kannel, from the links to the operators.

Kannel user's guide 1.4.5, "Using SMS gateway". The choices behind the fixed lines were
measured: ``store-type = file`` lost and doubled nothing when bearerbox was killed, and
``dlr-storage = spool`` kept the reports that were still to come.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A bind at an operator's message centre."""

    name: str
    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    mode: str = "transceiver"
    receive_port: int = 0
    tps: float = 0
    window: int = 100
    enquire_s: int = 30
    is_tls: bool = False
    ton: int = 1
    npi: int = 1
    autodetect: bool = True


@dataclass(frozen=True, slots=True)
class Setup:
    """All of Kannel on one machine, every door on the loopback.

    ``inbound_url`` is where customers' messages are reported, without parameters.
    """

    links: tuple
    login: str
    password: str
    admin_password: str
    status_password: str
    inbound_url: str
    sender: str = ""
    sendsms_port: int = 13013
    admin_port: int = 13000
    box_port: int = 13001
    spool: str = "/var/spool/kannel"
    log: str = "/var/log/kannel"


def quoted(value):
    """A value in Kannel's quotes; what would end it, or the line, is refused.

    >>> quoted("secret")
    '"secret"'
    >>> quoted('a"b')
    Traceback (most recent call last):
    ValueError: Kannel cannot read a value with quotes, backslashes or line ends
    """
    text = str(value)
    if re.search(r'["\\\x00-\x1f\x7f]', text):
        raise ValueError(
            "Kannel cannot read a value with quotes, backslashes or line ends"
        )
    return f'"{text}"'


def render(setup: Setup) -> str:
    """The text of ``kannel.conf``.

    :raise ValueError: a value that Kannel cannot read
    """
    groups = [_core(setup)]
    for link in setup.links:
        groups += _link_groups(link)
    groups += [_smsbox(setup), _user(setup), _service(setup)]
    return "\n".join(_group(name, lines) for name, lines in groups)


def _group(name, lines):
    body = "".join(f"{key} = {value}\n" for key, value in lines)
    return f"group = {name}\n{body}"


def _core(setup):
    return "core", [
        ("admin-port", setup.admin_port),
        ("admin-interface", "127.0.0.1"),
        ("admin-password", quoted(setup.admin_password)),
        ("status-password", quoted(setup.status_password)),
        ("admin-deny-ip", '"*.*.*.*"'),
        ("admin-allow-ip", '"127.0.0.1"'),
        ("smsbox-port", setup.box_port),
        ("smsbox-interface", "127.0.0.1"),
        ("box-deny-ip", '"*.*.*.*"'),
        ("box-allow-ip", '"127.0.0.1"'),
        ("log-file", quoted(f"{setup.log}/bearerbox.log")),
        ("log-level", 1),
        ("store-type", "file"),
        ("store-location", quoted(f"{setup.spool}/kannel.store")),
        ("dlr-storage", "spool"),
        ("dlr-spool", quoted(f"{setup.spool}/dlr")),
        ("sms-resend-freq", 30),
        ("sms-resend-retry", 10),
    ]


def _link_groups(link):
    """One group, or two where the operator wants a line for each direction."""
    common = [
        ("smsc", "smpp"),
        ("smsc-id", quoted(link.name)),
        ("host", quoted(link.host)),
        ("smsc-username", quoted(link.system_id)),
        ("smsc-password", quoted(link.password)),
        ("system-type", quoted(link.system_type)),
        ("enquire-link-interval", link.enquire_s),
        ("reconnect-delay", 10),
        ("source-addr-autodetect", "true" if link.autodetect else "false"),
        ("dest-addr-ton", link.ton),
        ("dest-addr-npi", link.npi),
        ("msg-id-type", "0x03"),
    ]
    if link.is_tls:
        common.append(("use-ssl", "true"))
    sending = [
        ("max-pending-submits", link.window),
        ("throughput", f"{link.tps:g}"),
    ]
    if link.mode == "transceiver":
        return [
            (
                "smsc",
                [*common, ("port", link.port), ("transceiver-mode", "true"), *sending],
            )
        ]
    return [
        ("smsc", [*common, ("port", link.port), *sending]),
        (
            "smsc",
            [
                *common,
                ("port", 0),
                ("receive-port", link.receive_port or link.port),
            ],
        ),
    ]


def _smsbox(setup):
    return "smsbox", [
        ("bearerbox-host", "127.0.0.1"),
        ("bearerbox-port", setup.box_port),
        ("sendsms-port", setup.sendsms_port),
        ("sendsms-interface", "127.0.0.1"),
        ("log-file", quoted(f"{setup.log}/smsbox.log")),
        ("log-level", 1),
        ("mo-recode", "true"),
        ("http-timeout", 10),
        ("http-request-retry", 20),
        ("http-queue-delay", 2),
    ]


def _user(setup):
    lines = [
        ("username", quoted(setup.login)),
        ("password", quoted(setup.password)),
        ("user-deny-ip", '"*.*.*.*"'),
        ("user-allow-ip", '"127.0.0.1"'),
        ("concatenation", "true"),
        ("max-messages", 10),
    ]
    if setup.sender:
        # Without one, messages that name no sender are refused.
        lines.append(("default-sender", quoted(setup.sender)))
    return "sendsms-user", lines


def _service(setup):
    return "sms-service", [
        ("keyword", "default"),
        ("catch-all", "true"),
        ("max-messages", 0),
        ("omit-empty", "true"),
        (
            "get-url",
            quoted(f"{setup.inbound_url}?from=%p&to=%P&text=%a&id=%I&smsc=%i"),
        ),
    ]
