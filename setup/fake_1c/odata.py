"""A pretended 1C base that answers OData 3 on the loopback, with the traps of the real
one: properties it does not know are left out silently, missing rights come as a page of
HTML with 200, ``$inlinecount`` switches ``$top`` and ``$skip`` off, DELETE removes.

Standard library only: ``python3 odata.py STATE.json --port 8077``.
"""

import argparse
import base64
import json
import re
import sys
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parent))
from store import EMPTY, Store, touch

ROOT = "/odata/standard.odata/"
HTML = "<!DOCTYPE html><html><body>Недостаточно прав</body></html>"
COMMON = {"Ref_Key", "DeletionMark", "DataVersion"}
# Properties that the pretended configuration has; others are dropped without a word.
KNOWN = {
    "Document": {
        *("Date", "Number", "Posted", "СуммаДокумента", "Контрагент_Key"),
        *("ДоговорКонтрагента_Key", "Организация_Key", "Комментарий", "Товары"),
        *("Услуги", "ВалютаДокумента_Key", "ВидОперации", "Склад_Key"),
    },
    "Catalog": {"Code", "Description", "ИНН", "КПП", "Owner_Key", "НаименованиеПолное"},
}


class Refused(Exception):
    """An answer that is not 200."""

    def __init__(self, status, code, text):
        super().__init__(status, code, text)
        self.status, self.code, self.text = status, code, text


class Base:
    """The pretended base: what it holds and how it misbehaves.

    :param traps: any of ``rights`` (HTML with 200), ``lost_answer`` (does it, then says
        nothing for ``delay`` seconds), ``redirect``, ``not_posting``, ``row_rights``
        (refuses what was asked without allowedOnly), ``slow``
    """

    def __init__(self, store, login="odata", password="secret", traps=()):
        self.store, self.traps, self.delay = store, set(traps), 30
        self._basic = (
            "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()
        )
        self.calls = []

    def authorized(self, header):
        return header == self._basic

    def answer(self, method, path, options, body, headers):
        """(status, value) of a call."""
        with self.store.open() as state:
            refuses = (
                "row_rights" in self.traps and options.get("allowedOnly") != "true"
            )
            if refuses and method == "GET" and "(" not in path:
                raise Refused(403, 15, "Нарушение прав доступа")
            return self._dispatch(state, method, path, options, body, headers)

    def _dispatch(self, state, method, path, options, body, headers):
        found = re.fullmatch(
            r"(?P<set>\w+)(?:\(guid'(?P<key>[0-9a-f-]{36})'\))?(?:/(?P<op>\w+))?"
            r"(?:\((?P<args>.*)\))?",
            path,
            re.DOTALL,
        )
        if not found:
            raise Refused(404, 8, f"Не найдена сущность {path}")
        entity, key = found["set"], (found["key"] or "").lower()
        if found["op"] and not key:
            return 200, {"value": self._virtual(state, entity, found, options)}
        rows = state["objects"].setdefault(entity, {})
        if not entity.startswith(("Document_", "Catalog_", "ChartOf", "Information")):
            raise Refused(404, 8, f"Не найден набор {entity}")
        if key and found["op"]:
            return self._posting(self._one(rows, key), found["op"])
        if method == "POST":
            return self._create(entity, rows, body)
        if not key:
            return 200, {"value": page(matching(rows.values(), options), options)}
        row = self._one(rows, key)
        if method == "DELETE":
            del rows[key]
            return 204, None
        if method == "PATCH":
            if headers.get("If-Match", row["DataVersion"]) != row["DataVersion"]:
                raise Refused(412, -1, "Версия объекта изменилась")
            row.update(known(entity, body))
            touch(row)
        return 200, row

    def _one(self, rows, key):
        if key not in rows:
            raise Refused(404, 9, "Экземпляр сущности не найден")
        return rows[key]

    def _create(self, entity, rows, body):
        ref = (body.get("Ref_Key") or EMPTY).lower()
        if ref in rows:
            raise Refused(409, -1, "Объект с таким ключом уже есть")
        row = {"Ref_Key": ref, "DeletionMark": False, "Posted": False}
        row["Number"] = f"0000-{len(rows) + 1:06}"
        row.update(known(entity, body))
        row["Posted"] = False  # Posted is not written, only Post posts
        touch(row)
        rows[ref] = row
        return 201, row

    def _posting(self, row, operation):
        if operation not in ("Post", "Unpost"):
            raise Refused(404, 8, operation)
        if "not_posting" not in self.traps:
            row["Posted"] = operation == "Post"
            touch(row)
        return 200, None

    def _virtual(self, state, entity, found, options):
        args = arguments(found["args"] or "")
        if not entity.startswith("AccountingRegister_"):
            raise Refused(404, 8, entity)
        if found["op"] == "Balance":
            return page(balances(state["entries"], args), options)
        if found["op"] == "RecordsWithExtDimensions":
            first, last = args.get("StartPeriod", "0"), args.get("EndPeriod", "9")
            rows = [row for row in state["entries"] if first <= row["Period"] <= last]
            return page(rows, options)
        raise Refused(501, -1, f"{found['op']} не поддерживается")


def known(entity, body):
    """What of a body the configuration has; the rest vanishes."""
    names = COMMON | KNOWN.get(entity.partition("_")[0], set())
    return {name: value for name, value in (body or {}).items() if name in names}


def arguments(text):
    """Arguments of a virtual table: ``{name: text}``, quotes and kinds taken off."""
    found = re.findall(r"(\w+)=(?:datetime)?'((?:[^']|'')*)'", text)
    return {name: value.replace("''", "'") for name, value in found}


def balances(entries, args):
    """Balances by account, counterparty and contract before the moment ``Period``."""
    wanted = re.findall(
        r"Account_Key eq guid'([0-9a-f-]+)'", args.get("AccountCondition", "")
    )
    totals = {}
    for row in entries:
        if row["Period"] >= args.get("Period", "9"):
            continue
        for side, sign in (("Dr", 1), ("Cr", -1)):
            account = row[f"Account{side}_Key"]
            if wanted and account not in wanted:
                continue
            key = (
                account,
                row.get(f"ExtDimension{side}1", EMPTY),
                row.get(f"ExtDimension{side}2", EMPTY),
            )
            totals[key] = totals.get(key, 0) + sign * row["Сумма"]
    return [
        {
            "Account_Key": account,
            "ExtDimension1": partner,
            "ExtDimension1_Type": "StandardODATA.Catalog_Контрагенты",
            "ExtDimension2": contract,
            "ExtDimension2_Type": "StandardODATA.Catalog_ДоговорыКонтрагентов",
            "СуммаBalance": amount,
            "СуммаBalanceDr": max(amount, 0),
            "СуммаBalanceCr": max(-amount, 0),
        }
        for (account, partner, contract), amount in sorted(totals.items())
        if amount
    ]


def matching(rows, options):
    """Rows that satisfy ``$filter``: ``eq`` joined by ``or`` or by ``and``."""
    rows, condition = list(rows), options.get("$filter", "")
    terms = re.findall(r"(\w+) eq (?:guid)?('(?:[^']|'')*'|\w+)", condition)
    if not terms:
        return rows
    join = all if " and " in condition else any

    def fits(row):
        return join(
            str(row.get(name)).lower() == value.strip("'").replace("''", "'").lower()
            for name, value in terms
        )

    return [row for row in rows if fits(row)]


def page(rows, options):
    """One page; with ``$inlinecount`` everything, as the real one does."""
    rows = list(rows)
    if order := options.get("$orderby"):
        rows.sort(key=lambda row: str(row.get(order)))
    if "$inlinecount" in options:
        return rows
    skip = int(options.get("$skip", 0))
    rows = rows[skip : skip + int(options.get("$top", 1000))]
    if names := options.get("$select"):
        rows = [{name: row.get(name) for name in names.split(",")} for row in rows]
    return rows


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        """Say nothing: the base keeps its calls."""

    def _serve(self):
        base = self.server.base
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size)
        base.calls.append((self.command, path.partition(ROOT)[2], unquote(parts.query)))
        if not base.authorized(self.headers.get("Authorization")):
            return self._send(401, b"", [("WWW-Authenticate", "Basic")])
        if "redirect" in base.traps:
            return self._send(302, b"", [("Location", "http://127.0.0.1:1/")])
        if "rights" in base.traps:
            return self._send(200, HTML.encode(), [("Content-Type", "text/html")])
        if ROOT not in path:
            return self._send(404, HTML.encode(), [("Content-Type", "text/html")])
        try:
            status, value = base.answer(
                self.command,
                path.partition(ROOT)[2],
                dict(parse_qsl(parts.query)),
                json.loads(raw) if raw else {},
                self.headers,
            )
        except Refused as refused:
            status = refused.status
            value = {
                "odata.error": {
                    "code": str(refused.code),
                    "message": {"lang": "ru", "value": refused.text},
                }
            }
        if "lost_answer" in base.traps and self.command == "POST":
            base.traps.discard("lost_answer")
            self.close_connection = True
            return None
        if "slow" in base.traps:
            time.sleep(base.delay)
        body = b"" if value is None else json.dumps(value, ensure_ascii=False).encode()
        return self._send(status, body, [("Content-Type", "application/json")])

    do_GET = do_POST = do_PATCH = do_DELETE = _serve

    def _send(self, status, body, headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server:
    """The base on a free port of the loopback, for a ``with``."""

    def __init__(self, path, port=0, **values):
        self.store = Store(path)
        self.base = Base(self.store, **values)
        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._http.daemon_threads = True
        self._http.base = self.base

    @property
    def url(self):
        return f"http://127.0.0.1:{self._http.server_address[1]}/base"

    @property
    def methods(self):
        return [method for method, _path, _query in self.base.calls]

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        self._http.shutdown()
        self._http.server_close()

    def serve(self):
        self._http.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state")
    parser.add_argument("--port", type=int, default=8077)
    parser.add_argument("--login", default="odata")
    parser.add_argument("--password", default="secret")
    args = parser.parse_args()
    server = Server(args.state, args.port, login=args.login, password=args.password)
    sys.stdout.write(f"{datetime.now():%H:%M:%S} {server.url}\n")
    server.serve()


if __name__ == "__main__":
    main()
