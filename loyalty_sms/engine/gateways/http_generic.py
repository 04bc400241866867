"""One adapter for every provider that a URL, a body and a few paths describe."""

import base64
import json

from . import base, jsonpath, rendering, transport
from .http_reading import HttpReader, decimal_of, decode


class HttpProvider(HttpReader):
    """See :class:`.http_config.HttpConfig` for what can be described.

    :raise base.GatewayError: a template, a map or a pattern cannot be read
    """

    code = "http"
    channels = ("sms", "viber", "whatsapp", "email")

    def __init__(self, config, connections):
        super().__init__(config)
        self.transport = connections
        self.client_id = any(
            name in config.body + config.url for name in ("{uuid}", "{client_ref")
        )
        self.supports_query = bool(config.query_url)
        self._headers = rendering.parse_headers(config.headers)
        self._send_body = self._parse_body(config.body)
        self._query_body = self._parse_body(config.query_body)
        self._balance_body = self._parse_body(config.balance_body)

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
            headers["Authorization"] = rendering.header_value(f"Bearer {config.secret}")
        elif config.auth == "header":
            headers[config.auth_name or "Authorization"] = rendering.header_value(
                config.secret
            )
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
        for part in self._parts(batch):
            results += self._send_batch(part)
        return results

    def _parts(self, batch):
        """Requests' worth of messages; where the answer knows a message by its number,
        a number goes once in each."""
        by_number = self.config.result_key_path and self.config.result_key == "digits"
        part, numbers = [], set()
        for message in batch:
            if len(part) >= self.max_batch or by_number and message.number in numbers:
                yield part
                part, numbers = [], set()
            part.append(message)
            numbers.add(message.number)
        if part:
            yield part

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
            return [
                base.Result(m.uuid, base.UNKNOWN, ref=self._own_ref(m), text=str(error))
                for m in batch
            ]
        return self.results(batch, answer)

    # -- questions ----------
    def query(self, refs, numbers=None):
        """See :class:`.base.Provider`; silence of the provider is an empty list."""
        config = self.config
        if not config.query_url or not refs:
            return []
        statuses = []
        size = max(1, config.query_max)
        for start in range(0, len(refs), size):
            some = refs[start : start + size]
            number = (numbers or {}).get(some[0], "")
            values = {
                **self._settings(),
                "ref": some[0],
                "refs": ",".join(some),
                "number": number,
                "digits": number.removeprefix("+"),
            }
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
            raise base.GatewayError("silent", why=error) from error
        document = decode(answer)
        if config.balance_path:
            amount = decimal_of(jsonpath.text(document, config.balance_path))
        else:
            amount = decimal_of(answer.text.strip())
        if amount is None:
            raise base.GatewayError("no_balance", status=answer.status)
        currency = jsonpath.text(document, config.balance_currency_path)
        return base.Balance(amount, currency or config.balance_currency)
