"""Calls to addresses that an administrator typed: no redirects, no cloud metadata.

A 1C server stands in the local network, so private and loopback addresses are allowed;
link-local ones, where clouds keep their credentials, multicast and unspecified ones are
not. The address is checked on the socket itself, so a name that changes between the
check and the connection leads nowhere.
"""

import ipaddress
import time
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..errors import ExchangeError

# An answer has to be there wholly by then, however it trickles.
PATIENCE_S = 600
# Metadata services of clouds that are not link-local.
METADATA = ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")


def check_url(url):
    """Refuse what is no address of a web service.

    >>> check_url("http://1c.local/base")
    >>> check_url("file:///etc/passwd")
    Traceback (most recent call last):
    ...
    odoo.addons.loyalty_1c_bridge.engine.errors.ExchangeError: url_invalid file://
    """
    try:
        parts = urlsplit(url or "")
        is_port = parts.port is None or parts.port > 0  # raises on what is no number
    except ValueError as error:
        raise ExchangeError("url_invalid") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_port:
        raise ExchangeError("url_invalid", f"{parts.scheme}://")
    if parts.username or parts.password:
        raise ExchangeError("url_credentials", parts.hostname)
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    check_address(str(literal))


def check_address(address):
    """Refuse IP addresses that no 1C server has.

    >>> check_address("192.168.1.5")
    >>> check_address("169.254.169.254")
    Traceback (most recent call last):
    ...
    odoo.addons.loyalty_1c_bridge.engine.errors.ExchangeError: \
address_blocked 169.254.169.254
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or str(ip) in METADATA:
        raise ExchangeError("address_blocked", str(ip))


class _CheckedSocket:
    def _new_conn(self):
        sock = super()._new_conn()
        try:
            check_address(sock.getpeername()[0])
        except ExchangeError:
            sock.close()
            raise
        return sock


class _Http(_CheckedSocket, HTTPConnection):
    pass


class _Https(_CheckedSocket, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _CheckedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _HttpPool,
            "https": _HttpsPool,
        }
        return result


def session(login="", password=""):
    """A ``requests`` session for one server; proxies of the environment are not used.

    Name and password go as UTF-8, which Cyrillic names of 1C users need.
    """
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, _CheckedAdapter(max_retries=0))
    if login:
        made.auth = (login.encode(), (password or "").encode())
    return made


def call(made, method, url, timeout=60, max_bytes=64 << 20, **kwargs):
    """Status and body of an answer.

    :raise ExchangeError: no answer, a redirect, too large an answer; never with
        credentials or the address's query in it
    """
    check_url(url)
    host = urlsplit(url).hostname
    try:
        with made.request(
            method, url, timeout=timeout, allow_redirects=False, stream=True, **kwargs
        ) as response:
            if response.is_redirect or response.is_permanent_redirect:
                raise ExchangeError("url_redirect", host)
            return response.status_code, _body(response, host, max_bytes)
    except requests.Timeout as error:
        raise ExchangeError("url_timeout", host) from error
    except (requests.RequestException, OSError) as error:
        raise ExchangeError("url_unreachable", host) from error


def _body(response, host, max_bytes):
    """The body, while it is neither too long nor too long on its way."""
    until = time.monotonic() + PATIENCE_S
    body = bytearray()
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > max_bytes:
            raise ExchangeError("answer_too_big", host, limit=max_bytes >> 20)
        if time.monotonic() > until:
            raise ExchangeError("url_timeout", host)
    return bytes(body)
