"""What a server of roads can be asked, and how one talks to it over HTTP."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import requests

Place = tuple[float, float]
CONNECT_S, READ_S = 5, 30
ANSWER_LIMIT = 64 * 1024 * 1024
# Metres or seconds of one road: more than once around the Earth on foot.
LONGEST = 100_000_000


class RoadsError(Exception):
    """The roads are not known now: what a person should read about it.

    ``passing`` is True where waiting may help: the server is silent or overloaded;
    ``is_transient`` where asking at once again may.
    """

    def __init__(
        self, message: str, passing: bool = False, is_transient: bool | None = None
    ):
        super().__init__(message)
        self.passing = passing
        self.is_transient = passing if is_transient is None else is_transient


class NotHereError(RoadsError):
    """This machine cannot answer; others that share the database may."""


@dataclass(frozen=True, slots=True)
class Table:
    """``metres[r][c]`` and ``seconds[r][c]`` of the rows and columns asked for.

    ``None`` where one cannot get from the one place to the other.
    """

    metres: list[list[int | None]]
    seconds: list[list[int | None]]


class Roads(Protocol):
    """A source of metres, seconds and lines; profiles are foot, bike and car."""

    def table(
        self,
        places: Sequence[Place],
        rows: Sequence[int],
        columns: Sequence[int],
        profile: str,
    ) -> Table:
        """:raise RoadsError: nothing is known"""

    def lines(self, places: Sequence[Place], profile: str) -> list[list[list[float]]]:
        """The line of each leg, ``[[latitude, longitude], …]``, from place to place.

        :raise RoadsError: nothing is known
        """


class Http:
    """JSON over HTTP: asked again once after a network fault or a 5xx, never else."""

    def __init__(
        self,
        url: str,
        headers=None,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
        tries: int = 2,
    ):
        self.url = url.rstrip("/")
        self.headers = {"User-Agent": "loyalty-delivery", **(headers or {})}
        self.timeout = (connect_s, read_s)
        self.tries = tries

    def ask(self, path: str, document=None, expected: type = dict):
        """The answer to a GET, or to a POST of ``document``.

        :param expected: of what type the answer is
        :raise RoadsError: with what the server said, or why it did not
        """
        for _time in range(self.tries - 1):
            try:
                return self._once(path, document, expected)
            except RoadsError as error:
                if not error.is_transient:
                    raise
        return self._once(path, document, expected)

    def _once(self, path, document, expected):
        try:
            with requests.request(
                "GET" if document is None else "POST",
                f"{self.url}{path}",
                json=document,
                headers=self.headers,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = _json(_limited(response))
        except requests.Timeout as error:
            raise RoadsError("the server does not answer in time", True) from error
        except requests.RequestException as error:
            raise RoadsError(_fault(error), True) from error
        if response.status_code == 200 and isinstance(answer, expected):
            return answer
        raise _refusal(response.status_code, answer)


def _refusal(status, answer):
    """What an answer that is none says, and whether waiting may help."""
    if status == 200:
        return RoadsError("the answer is not understood: is this the right address?")
    said = _said(answer)
    text = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    # Too many questions: asking at once again would make it worse, waiting helps.
    return RoadsError(
        text, passing=status >= 500 or status == 429, is_transient=status >= 500
    )


def whole(value):
    """A number of an answer as whole metres or seconds, ``None`` for none.

    :raise RoadsError: it is no number that a road can have
    """
    if value is None:
        return None
    try:
        number = round(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise RoadsError("the answer holds something that is no number") from error
    if not 0 <= number <= LONGEST:
        raise RoadsError("the answer holds a road that is too long for the Earth")
    return number


def checked_rows(rows, height: int, width: int):
    """A matrix of an answer, when it has the shape that was asked for.

    :raise RoadsError: it has not
    """
    if (
        not isinstance(rows, list)
        or len(rows) != height
        or any(not isinstance(row, list) or len(row) != width for row in rows)
    ):
        raise RoadsError("the answer has another size than the question")
    return rows


def _limited(response):
    body, size = [], 0
    for chunk in response.iter_content(65536):
        size += len(chunk)
        if size > ANSWER_LIMIT:
            raise RoadsError("the answer is longer than 64 MB")
        body.append(chunk)
    return b"".join(body)


def _json(body):
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _said(answer):
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    if isinstance(error, dict):
        error = error.get("message")
    found = answer.get("message") or error or answer.get("code") or ""
    return str(found)[:200]


def _fault(error):
    """The kind of trouble, without the address, which may hold a key."""
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not accepted"
    if isinstance(error, requests.ConnectionError):
        return "no connection to the server"
    if isinstance(
        error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
    ):
        return "the address is malformed"
    return type(error).__name__
