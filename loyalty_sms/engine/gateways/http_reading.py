"""What the answers and the calls of an HTTP provider mean: no network here."""

import json
import re
from decimal import Decimal, InvalidOperation

from . import base, jsonpath, rendering, webhook
from .http_config import check_meanings, meaning_of

_ABSENT = object()


class HttpReader:
    """Reads as :class:`.http_config.HttpConfig` says.

    :raise base.GatewayError: a map or a pattern cannot be read
    """

    def __init__(self, config):
        self.config = config
        self._errors = rendering.parse_map(config.error_map)
        check_meanings(self._errors, base.FAILURES + base.OUTCOMES)
        self._states = rendering.parse_map(config.report_map)
        check_meanings(self._states, (*base.REPORTED, "ignore"))
        self._failures = rendering.parse_map(config.report_failure_map)
        check_meanings(self._failures, base.FAILURES)
        self._query_states = rendering.parse_map(config.query_map) or self._states
        check_meanings(self._query_states, (*base.REPORTED, "ignore"))
        self._id_regex = _pattern(config.id_regex)
        self._success_regex = _pattern(config.success_regex)

    def results(self, batch, answer):
        """What an answer says of each message; pure."""
        document = decode(answer)
        refusal = self._refusal(answer, document)
        if self.config.results_path:
            items = _items(document, self.config.results_path)
        else:
            items = [] if refusal else [document] * len(batch)
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
        if document is None and (
            config.success_path or config.results_path or config.id_path
        ):
            return base.Result("", base.UNKNOWN, text="the answer cannot be read")
        if config.success_path:
            found = jsonpath.text(document, config.success_path)
            if _is_one_of(found, config.success_values):
                return None
            code = jsonpath.text(document, config.code_path or config.success_path)
            if not found and not code:
                return base.Result("", base.UNKNOWN, text="the answer says nothing")
        elif self._success_regex:
            if self._success_regex.search(answer.text):
                return None
            code = jsonpath.text(document, config.code_path)
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
        return base.Result(
            "",
            outcome,
            code=code or None,
            text=(text or "")[:200],
            failure=failure,
            retry_after_s=answer.retry_after_s,
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
        code = jsonpath.text(item, config.item_code_path or config.code_path)
        text = jsonpath.text(item, config.item_text_path or config.text_path)
        if config.item_success_path:
            found = jsonpath.text(item, config.item_success_path)
            if not _is_one_of(found, config.item_success_values):
                refused = self._refused(code or found, text, answer)
                return refused._replace(uuid=message.uuid)
        return base.Result(
            message.uuid,
            base.ACCEPTED,
            ref=self._own_ref(message) or self._ref(item, answer),
            code=code or None,
            cost=decimal_of(jsonpath.text(item, config.cost_path)),
        )

    def _ref(self, item, answer):
        if self._id_regex:
            found = self._id_regex.search(answer.text)
            return found[1] if found else None
        return jsonpath.text(item, self.config.id_path) or None

    def _own_ref(self, message):
        """The provider's id where it is ours: known even without an answer."""
        template = self.config.id_template
        if not template:
            return None
        return rendering.fill(template, rendering.message_values(message, {}))

    def parse_reports(self, request):
        """See :class:`.base.Provider`; what the map does not know is left out."""
        config = self.config
        statuses = []
        for item in _received(request, config.report_format, config.report_items_path):
            kind = jsonpath.text(item, config.report_kind_path)
            if config.report_kind_path and not _is_one_of(
                kind, config.report_kind_values
            ):
                continue
            raw = jsonpath.text(item, config.report_state_path)
            state = self._states.get(raw) or self._states.get(raw.lower())
            uuid = webhook.our_uuid(jsonpath.text(item, config.report_uuid_path))
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
                    cost=decimal_of(jsonpath.text(item, config.report_cost_path)),
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
        if config.signature == "hmac_sha1_url":
            return webhook.signed_url(
                config.public_base.rstrip("/") + request.path,
                webhook.form(request),
                config.webhook_secret,
                found,
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

    def polled(self, refs, answer):
        """Statuses in the answer to a question; pure."""
        config = self.config
        document = decode(answer)
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


def decode(answer):
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


def _is_one_of(found, values):
    """
    >>> _is_one_of("OK", "OK, 1"), _is_one_of("x", "*"), _is_one_of("", "*")
    (True, True, False)
    """
    wanted = {value.strip() for value in (values or "").split(",")}
    return found in wanted or "*" in wanted and found != ""


def decimal_of(value):
    """A finite price, never below nothing; providers write credits as negative costs.

    >>> decimal_of("0.35"), decimal_of("-0.00750"), decimal_of("NaN"), decimal_of("")
    (Decimal('0.35'), Decimal('0.00750'), None, None)
    >>> decimal_of("1E+400"), decimal_of("1E-400")
    (None, None)
    """
    try:
        amount = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None
    # Beyond these it is no price, and no number that the database keeps.
    is_price = amount.is_finite() and (not amount or -10 < amount.adjusted() < 12)
    return abs(amount) if is_price else None


def _pattern(text):
    try:
        return re.compile(text) if text else None
    except re.error as error:
        raise base.GatewayError("pattern", why=error) from error
