"""Client of the standard OData interface of 1C. It has no way to delete.

DELETE removes an object of 1C physically, with everything that refers to it left
hanging (chapter 17.4.13.1.4 of the developer's guide): marking is a change.
"""

import json

from ..errors import ExchangeError
from ..safe import outgoing
from . import literals

ROOT = "odata/standard.odata"
PAGE = 500
# The object may have been made although no good answer came.
MAYBE_DONE = ("url_timeout", "url_unreachable", "odata_exists")
KEYS_AT_ONCE = 20  # the address must stay below 2 KB or so


class Client:
    """Calls of one 1C base.

    :param address: of the base as published, e.g. ``https://1c.example.com/bp``
    :param send: ``send(method, url, headers, data) -> (status, bytes)``; for tests
    """

    def __init__(self, address, login="", password="", send=None, timeout=60):
        outgoing.check_url(address)
        base = address.rstrip("/")
        self._root = base if base.endswith(ROOT) else f"{base}/{ROOT}"
        self._made = outgoing.session(login, password)
        self._timeout = timeout
        self._send = send or self._send_over_network

    # --- reading --------------------------------------------------------------------

    def get(self, entity, key):
        """An object by its reference, or None when 1C has none.

        :return: dict by Russian names of the properties
        """
        try:
            return self._call("GET", f"{entity}({literals.guid(key)})")
        except ExchangeError as error:
            if error.code == "odata_no_object":
                return None
            raise

    def rows(self, path, condition="", select=(), order="", page=PAGE):
        """All rows of a set or a virtual table, page by page.

        Pages are asked for until one is not full. ``$inlinecount`` is never used: with
        it 1C leaves ``$top`` and ``$skip`` without effect (17.4.5).

        :param order: property that orders rows without doubt; ``Ref_Key`` for objects
        """
        skip = 0
        while True:
            options = {"$top": page, "$skip": skip}
            if condition:
                options["$filter"] = condition
            if select:
                options["$select"] = ",".join(select)
            if order:
                options["$orderby"] = order
            answer = self._call("GET", path, {**options, "allowedOnly": "true"})
            found = answer.get("value")
            if not isinstance(found, list):
                raise ExchangeError("odata_answer", path, status=200)
            yield from found
            if len(found) < page:
                return
            skip += page

    def objects(self, entity, condition="", select=()):
        """Objects of a catalog or kind of documents."""
        return self.rows(entity, condition, select, order="Ref_Key")

    def by_keys(self, entity, keys):
        """Objects by references: ``{reference: object}``; the unknown are absent."""
        found = {}
        keys = sorted(keys)
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = keys[start : start + KEYS_AT_ONCE]
            condition = literals.any_of("Ref_Key", map(literals.guid, some))
            for row in self.objects(entity, condition):
                if row.get("Ref_Key") in some:
                    found[row["Ref_Key"]] = row
        return found

    # --- writing --------------------------------------------------------------------

    def create(self, entity, key, values):  # pylint: disable=method-required-super
        """Create an object under our reference; the same call twice makes one object.

        1C is asked for the reference before anything is sent: a former run may have
        been cut, or its answer lost, when the object was there already.

        :return: the object as it stands in 1C now, read anew, since 1C leaves out
            properties that it does not know without a word
        """
        for attempt in (1, 2):
            there = self.get(entity, key)
            if there is not None:
                return self._checked(there, values, entity)
            try:
                self._call("POST", entity, body={**values, "Ref_Key": key})
                break
            except ExchangeError as error:
                if error.code not in MAYBE_DONE or attempt == 2:
                    raise
        return self._checked(self._read(entity, key), values, entity)

    def change(self, entity, key, values, version=""):
        """Change properties of an object.

        :param version: ``DataVersion`` it was read with; with it 1C refuses
            (``odata_version``) when somebody changed the object meanwhile
        """
        headers = {"If-Match": version} if version else {}
        self._call(
            "PATCH", f"{entity}({literals.guid(key)})", body=values, headers=headers
        )
        return self._checked(self._read(entity, key), values, entity)

    def post(self, entity, key):
        """Post a document, and see that it is posted."""
        return self._posting(entity, key, "Post", True)

    def unpost(self, entity, key):
        """Undo the posting of a document, and see that it is undone."""
        return self._posting(entity, key, "Unpost", False)

    def mark_deleted(self, entity, key):
        """Mark for deletion: what an accountant does, and can take back."""
        return self.change(entity, key, {"DeletionMark": True})

    def _posting(self, entity, key, operation, wanted):
        options = {"PostingModeOperational": "false"} if wanted else {}
        path = f"{entity}({literals.guid(key)})/{operation}"
        self._call("POST", path, options)
        there = self._read(entity, key)
        if bool(there.get("Posted")) is not wanted:
            raise ExchangeError("odata_not_posted", entity, number=there.get("Number"))
        return there

    def _read(self, entity, key):
        there = self.get(entity, key)
        if there is None:
            raise ExchangeError("odata_no_object", entity, key=key)
        return there

    def _checked(self, there, values, entity):
        lost = [name for name in values if name not in there]
        if lost:
            raise ExchangeError("odata_property", entity, names=", ".join(sorted(lost)))
        return there

    # --- wire -----------------------------------------------------------------------

    def _call(self, method, path, options=None, body=None, headers=None):
        if method not in ("GET", "POST", "PATCH"):
            raise ValueError(method)
        options = {"$format": "json;odata=nometadata", **(options or {})}
        url = f"{self._root}/{literals.path(path)}{literals.query(options)}"
        headers = {"Accept": "application/json", **(headers or {})}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json;charset=utf-8"
            data = json.dumps(body, ensure_ascii=False, default=str).encode()
        status, answer = self._send(method, url, headers, data)
        return self._understand(status, answer, path.partition("(")[0])

    def _send_over_network(self, method, url, headers, data):
        return outgoing.call(
            self._made, method, url, timeout=self._timeout, headers=headers, data=data
        )

    @staticmethod
    def _understand(status, body, where):
        """The answer as a dict, or what went wrong with it."""
        if status == 401:
            raise ExchangeError("odata_refused", where, status=status)
        if _is_html(body):
            # 1C in the cloud tells of missing rights by a page for people, with 200.
            code = "odata_rights" if status in (200, 403) else "odata_no_service"
            raise ExchangeError(code, where, status=status)
        try:
            answer = json.loads(body.decode("utf-8-sig")) if body.strip() else {}
        except ValueError as error:
            raise ExchangeError("odata_answer", where, status=status) from error
        if not isinstance(answer, dict):
            raise ExchangeError("odata_answer", where, status=status)
        if 200 <= status < 300 and "odata.error" not in answer:
            return answer
        raise _refusal(status, answer, where)


# Codes of errors in the body, as 1C numbers them (17.4.10).
CODES = {8: "odata_no_set", 9: "odata_no_object", 6: "odata_method", 15: "odata_rights"}
BY_STATUS = {
    403: "odata_rights",
    404: "odata_no_object",
    409: "odata_exists",
    412: "odata_version",
}


def _refusal(status, answer, where):
    said = answer.get("odata.error") or {}
    message = said.get("message") or {}
    text = message.get("value", "") if isinstance(message, dict) else str(message)
    try:
        code = CODES.get(int(said.get("code")))
    except (TypeError, ValueError):
        code = None
    code = code or BY_STATUS.get(status, "odata_error")
    return ExchangeError(code, where, status=status, message=text[:500])


def _is_html(body):
    head = body[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return head.startswith((b"<!doctype html", b"<html"))
