"""One adapter for every provider that a URL, a body and a few paths describe."""

import base64
import json
import re
from decimal import Decimal, InvalidOperation

from . import base, jsonpath, rendering, transport, webhook
from .http_config import check_meanings, meaning_of

_ABSENT = object()


class HttpProvider:
    """See :class:`.http_config.HttpConfig` for what can be described.

    :raise base.GatewayError: a template, a map or a pattern cannot be read
    """

    code = "http"
    channels = ("sms", "viber", "whatsapp", "email")

    def __init__(self, config, connections):
        self.config = config
        self.transport = connections
        self.client_id = any(
            name in config.body + config.url for name in ("{uuid}", "{client_ref")
        )
        self.supports_query = bool(config.query_url)
        self._headers = rendering.parse_headers(config.headers)
        self._send_body = self._parse_body(config.body)
        self._query_body = self._parse_body(config.query_body)
        self._balance_body = self._parse_body(config.balance_body)
        self._errors = rendering.parse_map(config.error_map)
        check_meanings(self._errors, base.FAILURES + base.OUTCOMES, "the error codes")
        self._states = rendering.parse_map(config.report_map)
        check_meanings(self._states, (*base.REPORTED, "ignore"), "the report states")
        self._failures = rendering.parse_map(config.report_failure_map)
        check_meanings(self._failures, base.FAILURES, "the reasons of failures")
        self._query_states = rendering.parse_map(config.query_map) or self._states
        check_meanings(
            self._query_states, (*base.REPORTED, "ignore"), "the polled states"
        )
        try:
            self._id_regex = re.compile(config.id_regex) if config.id_regex else None
            self._success_regex = (
                re.compile(config.success_regex) if config.success_regex else None
            )
        except re.error as error:
            raise base.GatewayError(f"The pattern cannot be read: {error}.") from error

    @property
    def max_batch(self):
        return max(1, self.config.max_batch)

    def _parse_body(self, body):
        if self.config.body_format == "json":
            return rendering.parse_json(body)
        return rendering.parse_lines(body)

    # -- asking ----------
    def _settings(self):
        return {"login": self.config.login, "secret": self.config.secret}

    def _ask(self, method, url, body, values, rows=()):
        """One request; raises what the transport raises."""
        config = self.config
        url = rendering.fill_url(url, values)
        headers = rendering.fill_headers(self._headers, values)
        payload = b""
        if config.auth == "basic":
            pair = f"{config.login}:{config.secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        elif config.auth == "bearer":
            headers["Authorization"] = f"Bearer {config.secret}"
        elif config.auth == "header":
            headers[config.auth_name or "Authorization"] = config.secret
        elif config.auth == "query":
            url = rendering.add_query(url, [(config.auth_name or "key", config.secret)])
        if config.body_format == "json":
            filled = rendering.fill_json(body, values, rows)
            if filled is not None and method != "GET":
                payload = json.dumps(filled, ensure_ascii=False).encode()
                headers.setdefault("Content-Type", "application/json; charset=utf-8")
        else:
            pairs = rendering.fill_lines(body, values, rows)
            if config.body_format == "query" or method == "GET":
                url = rendering.add_query(url, pairs)
            else:
                payload = rendering.encode_form(pairs)
                headers.setdefault(
                    "Content-Type", "application/x-www-form-urlencoded; charset=utf-8"
                )
        headers.setdefault("Accept", "application/json, text/plain, */*")
        return self.transport.request(method, url, headers, payload)

    # -- sending ----------
    def send(self, batch):
        """See :class:`.base.Provider`."""
        results = []
        for start in range(0, len(batch), self.max_batch):
            results += self._send_batch(batch[start : start + self.max_batch])
        return results

    def _send_batch(self, batch):
        rows = [
            rendering.message_values(message, self._settings()) for message in batch
        ]
        try:
            answer = self._ask(
                self.config.method, self.config.url, self._send_body, rows[0], rows
            )
        except transport.NotSentError as error:
            return [
                base.Result(m.uuid, base.RETRY, text=str(error), failure="server")
                for m in batch
            ]
        except transport.BrokenError as error:
            return [base.Result(m.uuid, base.UNKNOWN, text=str(error)) for m in batch]
        return self.results(batch, answer)

    def results(self, batch, answer):
        """What an answer says of each message; pure."""
        document = _decode(answer)
        refusal = self._refusal(answer, document)
        if refusal and not self.config.results_path:
            return [refusal._replace(uuid=message.uuid) for message in batch]
        items = _items(document, self.config.results_path)
        if refusal and not items:
            return [refusal._replace(uuid=message.uuid) for message in batch]
        return [
            self._item_result(message, self._item_of(message, place, items), answer)
            for place, message in enumerate(batch)
        ]

    def _refusal(self, answer, document):
        """A Result without uuid when the whole call did not succeed, or None."""
        config, code = self.config, None
        if not _code_matches(answer.status, config.success_codes):
            return self._http_refusal(answer, document)
        if document is None and (config.success_path or config.results_path):
            return base.Result("", base.UNKNOWN, text="the answer cannot be read")
        if config.success_path:
            if jsonpath.text(document, config.success_path) in _values(
                config.success_values
            ):
                return None
            code = jsonpath.text(document, config.code_path or config.success_path)
        elif self._success_regex:
            if self._success_regex.search(answer.text):
                return None
            found = (
                re.search(self.config.code_path, answer.text)
                if (document is None and self.config.code_path)
                else None
            )
            code = (
                found[1]
                if found and found.groups()
                else jsonpath.text(document, config.code_path)
            )
        else:
            return None
        return self._refused(code, jsonpath.text(document, config.text_path), answer)

    def _http_refusal(self, answer, document):
        """5xx leaves doubt, 429 and 503 do not; 401 and 403 are the account's fault."""
        status = answer.status
        text = jsonpath.text(document, self.config.text_path)[:200]
        code = jsonpath.text(document, self.config.code_path)
        if code in self._errors:
            return self._refused(code, text, answer)
        if f"http_{status}" in self._errors:
            return self._refused(f"http_{status}", text, answer)
        failure, outcome = None, base.UNKNOWN
        if status == 429:
            failure, outcome = "throttled", base.RETRY
        elif status == 503:
            failure, outcome = "server", base.RETRY
        elif status in (401, 402, 403, 404, 405, 407) or 300 <= status < 400:
            failure, outcome = "account", base.RETRY
        elif 400 <= status < 500 and status not in (408, 409):
            return self._refused(code or f"http_{status}", text, answer)
        return base.Result(
            "",
            outcome,
            code=code or f"http_{status}",
            text=text,
            failure=failure,
            retry_after_s=answer.retry_after_s,
        )

    def _refused(self, code, text, answer):
        failure, outcome = meaning_of(
            self._errors.get(code) or self._errors.get("*") or "server/failed"
        )
        if outcome == base.RETRY or outcome == base.FAILED:
            pause = answer.retry_after_s
        else:
            pause = 0
        return base.Result(
            "",
            outcome,
            code=code or None,
            text=(text or "")[:200],
            failure=failure,
            retry_after_s=pause,
        )

    def _item_of(self, message, place, items):
        """The part of the answer about a message, by key or by position."""
        config = self.config
        wanted = {
            "uuid": message.uuid,
            "client_ref": str(message.client_ref),
            "digits": message.number.removeprefix("+"),
        }.get(config.result_key, message.uuid)
        if config.result_key_path == "#" and isinstance(items, dict):
            return items.get(wanted, items.get(f"+{wanted}", _ABSENT))
        if isinstance(items, dict):
            items = list(items.values())
        if config.result_key_path:
            for item in items:
                found = jsonpath.text(item, config.result_key_path)
                if found == wanted or found.removeprefix("+") == wanted:
                    return item
            return _ABSENT
        return items[place] if place < len(items) else _ABSENT

    def _item_result(self, message, item, answer):
        config = self.config
        if item is _ABSENT:
            # Taken as a whole, but silent about this one: it may be on its way.
            return base.Result(
                message.uuid, base.UNKNOWN, text="the answer does not name it"
            )
        code = jsonpath.text(item, config.code_path)
        text = jsonpath.text(item, config.text_path)
        if config.item_success_path:
            found = jsonpath.text(item, config.item_success_path)
            if found not in _values(config.item_success_values):
                refused = self._refused(code or found, text, answer)
                return refused._replace(uuid=message.uuid)
        return base.Result(
            message.uuid,
            base.ACCEPTED,
            ref=self._ref(item, answer),
            code=code or None,
            cost=_decimal(jsonpath.text(item, config.cost_path)),
        )

    def _ref(self, item, answer):
        if self._id_regex:
            found = self._id_regex.search(answer.text)
            return found[1] if found else None
        return jsonpath.text(item, self.config.id_path) or None

    # -- being called ----------
    def parse_reports(self, request):
        """See :class:`.base.Provider`; what the map does not know is left out."""
        config = self.config
        statuses = []
        for item in _received(request, config.report_format, config.report_items_path):
            raw = jsonpath.text(item, config.report_state_path)
            state = self._states.get(raw) or self._states.get(raw.lower())
            uuid = _uuid(jsonpath.text(item, config.report_uuid_path))
            ref = jsonpath.text(item, config.report_ref_path) or None
            if state not in base.REPORTED or not (uuid or ref):
                continue
            code = jsonpath.text(item, config.report_code_path) or raw
            statuses.append(
                base.Status(
                    state,
                    uuid=uuid,
                    ref=ref,
                    code=code,
                    text=jsonpath.text(item, config.report_text_path)[:200] or None,
                    cost=_decimal(jsonpath.text(item, config.report_cost_path)),
                    external_id=f"{uuid or ref}:{raw}",
                    failure=self._failure(state, code, raw),
                )
            )
        return statuses

    def _failure(self, state, code, raw):
        if state != base.FAILED:
            return None
        return self._failures.get(code) or self._failures.get(raw) or "not_delivered"

    def parse_inbound(self, request):
        """See :class:`.base.Provider`."""
        config = self.config
        if not config.inbound_number_path:
            return []
        found = []
        for item in _received(
            request, config.inbound_format, config.inbound_items_path
        ):
            number = jsonpath.text(item, config.inbound_number_path)
            if number:
                found.append(
                    base.Inbound(
                        webhook.plus(number),
                        jsonpath.text(item, config.inbound_text_path),
                        to=jsonpath.text(item, config.inbound_to_path),
                        external_id=jsonpath.text(item, config.inbound_id_path),
                    )
                )
        return found

    def verify(self, request):
        """Address, signature and its time, as far as the settings ask for them."""
        config = self.config
        if not webhook.from_allowed(request, config.allowed_ips):
            return False
        if config.signature == "none":
            return True
        headers = {name.lower(): value for name, value in request.headers.items()}
        if config.signature == "field":
            found = webhook.fields(request).get(config.signature_name, "")
        else:
            found = headers.get(config.signature_name.lower(), "")
        if config.signature in ("header", "field"):
            return bool(config.webhook_secret) and webhook.same(
                config.webhook_secret, found
            )
        signed = request.body
        if config.signature_time_name:
            stamp = headers.get(config.signature_time_name.lower(), "")
            if not webhook.recent(stamp):
                return False
            signed = stamp.encode() + b"." + signed
        return webhook.signed(
            signed,
            config.webhook_secret,
            found,
            digest=config.signature.removeprefix("hmac_"),
            prefix=config.signature_prefix,
            encoding=config.signature_encoding,
        )

    def answer(self, request):
        """What the provider waits for; some call again until they read it."""
        return self.config.answer_text

    # -- questions ----------
    def query(self, refs):
        """See :class:`.base.Provider`; silence of the provider is an empty list."""
        config = self.config
        if not config.query_url or not refs:
            return []
        statuses = []
        size = max(1, config.query_max)
        for start in range(0, len(refs), size):
            some = refs[start : start + size]
            values = {**self._settings(), "ref": some[0], "refs": ",".join(some)}
            rows = [{**self._settings(), "ref": ref} for ref in some]
            try:
                answer = self._ask(
                    config.query_method,
                    config.query_url,
                    self._query_body,
                    values,
                    rows,
                )
            except (transport.NotSentError, transport.BrokenError):
                return statuses
            statuses += self.polled(some, answer)
        return statuses

    def polled(self, refs, answer):
        """Statuses in the answer to a question; pure."""
        config = self.config
        document = _decode(answer)
        if document is None or not _code_matches(answer.status, "2xx"):
            return []
        items = _items(document, config.query_items_path)
        if isinstance(items, dict):
            items = [
                {"#": key, **item}
                for key, item in items.items()
                if isinstance(item, dict)
            ]
        statuses = []
        for item in items:
            raw = jsonpath.text(item, config.query_state_path)
            state = self._query_states.get(raw)
            ref = jsonpath.text(item, config.query_ref_path)
            if not config.query_ref_path and len(refs) == 1:
                ref = refs[0]
            if state in base.REPORTED and ref in refs:
                statuses.append(
                    base.Status(
                        state,
                        ref=ref,
                        code=raw,
                        failure=self._failure(state, raw, raw),
                    )
                )
        return statuses

    def balance(self):
        """See :class:`.base.Provider`.

        :raise base.GatewayError: the provider did not answer with a number
        """
        config = self.config
        if not config.balance_url:
            return None
        try:
            answer = self._ask(
                config.balance_method,
                config.balance_url,
                self._balance_body,
                self._settings(),
            )
        except (transport.NotSentError, transport.BrokenError) as error:
            raise base.GatewayError(f"no answer ({error})") from error
        document = _decode(answer)
        if config.balance_path:
            amount = _decimal(jsonpath.text(document, config.balance_path))
        else:
            amount = _decimal(answer.text.strip())
        if amount is None:
            raise base.GatewayError(f"no balance in the answer (HTTP {answer.status})")
        currency = jsonpath.text(document, config.balance_currency_path)
        return base.Balance(amount, currency or config.balance_currency)


def _decode(answer):
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else {"": document}


def _items(document, path):
    """The list (or dictionary) of what is said of each message."""
    items = jsonpath.get(document, path) if path else [document]
    return items if isinstance(items, list | dict) else []


def _received(request, kind, items_path):
    """What a call of the provider tells, item by item."""
    if kind == "json":
        items = jsonpath.get(webhook.document(request), items_path)
        if isinstance(items, dict):
            return [items]
        return items if isinstance(items, list) else []
    found = webhook.fields(request)
    if kind == "lines":
        return [value.splitlines() for name, value in sorted(found.items()) if value]
    return [found]


def _code_matches(status, codes):
    """Whether ``status`` is among ``codes``.

    >>> _code_matches(201, "2xx"), _code_matches(202, "200, 201"), _code_matches(5, "")
    (True, False, False)
    """
    return any(
        re.fullmatch(code.strip().lower().replace("x", "[0-9]"), str(status))
        for code in (codes or "2xx").split(",")
    )


def _values(text):
    return {value.strip() for value in (text or "").split(",")}


def _uuid(value):
    """Our id if it looks like one: 32 hexadecimal digits, with dashes or without."""
    value = value.replace("-", "").lower()
    return value if re.fullmatch(r"[0-9a-f]{32}", value) else None


def _decimal(value):
    """A finite price, never below nothing; providers write credits as negative costs.

    >>> _decimal("0.35"), _decimal("-0.00750"), _decimal("NaN"), _decimal("")
    (Decimal('0.35'), Decimal('0.00750'), None, None)
    """
    try:
        amount = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None
    return abs(amount) if amount.is_finite() else None
