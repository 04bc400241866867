"""The side of 1C in the exchange with a site, as three configurations speak it.

``ut`` is trade and retail, ``unf`` the small firm, ``bitrix`` the module of Bitrix.
What they check is checked here; an answer they would not take raises ``Refused`` with
what 1C would log. One connection a request, no redirects, ``Set-Cookie`` is ignored.
"""

import base64
import http.client
import io
import re
import time
import urllib.parse
import zipfile


class Refused(Exception):
    """1C stops the exchange."""


def line(text, number):
    """A line as 1C cuts it: at LF only, CR stays; empty when there is none."""
    lines = text.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


class OnecClient:
    def __init__(self, url, login="", password="", profile="ut"):
        self.url = urllib.parse.urlsplit(url)
        self.profile = profile
        self.headers = {}
        if login:
            secret = base64.b64encode(f"{login}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {secret}"
        self.cookie = ""
        self.tail = ""
        self.timestamp = None
        self.zip = False
        self.limit = -1
        self.polls = 0
        # What the tests play with.
        self.forget_cookie = False
        self.status = 0
        self.answered = None
        self.slowest = 0.0

    # --- transport ------------------------------------------------------------------

    def call(self, method, query, body=None, headers=None):
        """The answer as bytes, whatever its status."""
        connection = http.client.HTTPConnection(
            self.url.hostname, self.url.port, timeout=60
        )
        sent = {**self.headers, **(headers or {})}
        if self.cookie and not self.forget_cookie:
            sent["Cookie"] = self.cookie
        address = self.url.path + urllib.parse.quote(query, safe="?&=%#:+,;/")
        began = time.monotonic()
        try:
            connection.request(method, address, body=body, headers=sent)
            self.answered = connection.getresponse()
            self.status = self.answered.status
            return self.answered.read()
        finally:
            connection.close()
            self.slowest = max(self.slowest, time.monotonic() - began)

    def ask(self, method, query, body=None, headers=None):
        """The answer as text, decoded as its header says; empty is an error."""
        raw = self.call(method, query, body, headers)
        kind = self.answered.getheader("Content-Type") or ""
        charset = re.search(r"charset=([\w-]+)", kind)
        if not charset:
            raise Refused(f"no charset in {kind!r}")
        text = raw.decode(charset.group(1))
        if not text.strip():
            raise Refused("empty answer")
        return text

    def query(self, exchange, tail):
        return f"?type={exchange}{tail}{self.tail}"

    def status_of(self, text):
        status = line(text, 1).strip().lower()
        if status not in ("success", "progress", "failure"):
            raise Refused(f"unknown status: {text[:200]!r}")
        return status

    def expect(self, method, query, body=None, headers=None):
        text = self.ask(method, query, body, headers)
        if self.status_of(text) != "success":
            raise Refused(text)
        return text

    # --- steps ----------------------------------------------------------------------

    def checkauth(self, exchange="catalog"):
        self.cookie = self.tail = ""
        text = self.ask("GET", f"?type={exchange}&mode=checkauth")
        if line(text, 1).strip().lower() != "success":
            raise Refused(text)
        name, value, fourth = line(text, 2), line(text, 3), line(text, 4)
        if not name or name != name.strip() or value != value.strip():
            raise Refused(f"1C would send back {name!r}={value!r}")
        self.cookie = f"{name}={value}"
        if self.profile == "ut":
            self.tail = "&sessid=" + fourth.replace("sessid=", "") if fourth else ""
        else:
            self.tail = f"&{fourth.strip()}" if fourth else ""
        stamp = re.search(r"^timestamp=(\d+)", text, re.M)
        self.timestamp = stamp and stamp.group(1)
        return text

    def init(self, exchange="catalog"):
        version = {
            "ut": "",
            "unf": "&version=2.09&cmlVersion=2.10",
            "bitrix": "&version=2.10",
        }[self.profile]
        # УНФ writes its versions in front of the mode, others behind it.
        tail = (
            f"{version}&mode=init" if self.profile == "unf" else f"&mode=init{version}"
        )
        text = self.ask("GET", self.query(exchange, tail))
        lines = text.count("\n") + 1
        if self.profile == "ut" and lines != 2 or lines < 2:
            raise Refused(f"parameters of the exchange: {text!r}")
        self.zip = line(text, 1).strip().lower() == "zip=yes"
        self.limit = int(line(text, 2).strip().lower().replace("file_limit=", ""))
        return text

    def send(self, name, data, exchange="catalog", step=None, headers=None):
        """Send a file in pieces of the same name, without their place."""
        step = step or self.limit
        for start in range(0, len(data) or 1, step):
            self.expect(
                "POST",
                self.query(exchange, f"&mode=file&filename={name}"),
                data[start : start + step],
                headers,
            )

    def upload(self, files, exchange="catalog", step=None):
        """Send ``{name: bytes}``, packed when the server likes that."""
        if self.zip:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in files.items():
                    archive.writestr(name, data)
            files = {"v8_1A2B_3c.zip": packed.getvalue()}
        for name, data in files.items():
            self.send(name, data, exchange, step)

    def do_import(self, name, exchange="catalog", most=1000):
        """Ask until the answer is not ``progress``, without a pause as УТ does."""
        for _poll in range(most):
            self.polls += 1
            text = self.ask(
                "GET", self.query(exchange, f"&mode=import&filename={name}")
            )
            status = self.status_of(text)
            if status == "failure":
                raise Refused(text)
            if status == "success":
                return text
        raise Refused("progress without end")

    def push(self, files, exchange="catalog", step=None):
        """A whole upload, as one portion of 1C."""
        self.checkauth(exchange)
        self.init(exchange)
        self.upload(files, exchange, step)
        wanted = [name for name in files if name.endswith(".xml")]
        for name in sorted(wanted, key=lambda name: ("import" not in name, name)):
            self.do_import(name.rpartition("/")[2], exchange)
        if self.profile == "bitrix" and exchange == "catalog":
            stamp = f"&mode=deactivate&timestamp={self.timestamp}"
            self.expect("GET", self.query(exchange, stamp))
            self.expect("GET", self.query(exchange, "&mode=complete"))

    def pull(self, confirm=True):
        """Orders as bytes; without ``confirm`` 1C failed while it stored them."""
        self.checkauth("sale")
        if self.profile != "ut":
            self.init("sale")
        body = self.call("GET", self.query("sale", "&mode=query"))
        if not body.removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml"):
            raise Refused(f"orders begin with {body[:40]!r}")
        if confirm:
            self.expect("GET", self.query("sale", "&mode=success"))
        return body
