"""Everything that can be said about an HTTP provider without writing a program."""

from dataclasses import dataclass, fields

from . import base

AUTHENTICATIONS = ("none", "basic", "bearer", "header", "query")
FORMATS = ("query", "form", "json")
REPORT_FORMATS = ("fields", "json", "lines")
SIGNATURES = (
    "none",
    "hmac_sha256",
    "hmac_sha1",
    "hmac_sha1_url",
    "header",
    "field",
)


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """Settings of a generic HTTP gateway; paths are those of :mod:`.jsonpath`.

    ``*_values`` are parted by commas, and ``*`` is everything but nothing.
    ``id_template`` is for providers that take our id for theirs.

    ``*_map`` are lines ``code = meaning``. In ``error_map`` the meaning is a word of
    ``base.FAILURES``, after a slash ``failed``, ``retry``, ``unknown`` or ``accepted``;
    ``http_403`` stands for a status code and ``*`` for every other code.
    """

    login: str = ""
    secret: str = ""
    # -- the request
    method: str = "POST"
    url: str = ""
    auth: str = "none"
    auth_name: str = ""
    headers: str = ""
    body_format: str = "json"
    body: str = ""
    max_batch: int = 1
    # -- its answer
    success_codes: str = "2xx"
    success_path: str = ""
    success_values: str = ""
    success_regex: str = ""
    results_path: str = ""
    result_key_path: str = ""
    result_key: str = "uuid"
    item_success_path: str = ""
    item_success_values: str = ""
    item_code_path: str = ""
    item_text_path: str = ""
    id_template: str = ""
    id_path: str = ""
    id_regex: str = ""
    code_path: str = ""
    text_path: str = ""
    cost_path: str = ""
    error_map: str = ""
    # -- delivery reports
    report_format: str = "fields"
    report_items_path: str = ""
    report_kind_path: str = ""
    report_kind_values: str = ""
    report_uuid_path: str = ""
    report_ref_path: str = ""
    report_state_path: str = ""
    report_code_path: str = ""
    report_text_path: str = ""
    report_cost_path: str = ""
    report_map: str = ""
    report_failure_map: str = ""
    # -- customers' messages
    inbound_format: str = "fields"
    inbound_items_path: str = ""
    inbound_number_path: str = ""
    inbound_text_path: str = ""
    inbound_to_path: str = ""
    inbound_id_path: str = ""
    # -- proof that a call is the provider's
    answer_text: str = "OK"
    signature: str = "none"
    signature_name: str = ""
    signature_prefix: str = ""
    signature_encoding: str = "hex"
    signature_time_name: str = ""
    public_base: str = ""
    webhook_secret: str = ""
    allowed_ips: str = ""
    # -- questions
    query_method: str = "GET"
    query_url: str = ""
    query_body: str = ""
    query_max: int = 100
    query_items_path: str = ""
    query_ref_path: str = ""
    query_state_path: str = ""
    query_map: str = ""
    balance_method: str = "GET"
    balance_url: str = ""
    balance_body: str = ""
    balance_path: str = ""
    balance_currency: str = ""
    balance_currency_path: str = ""


FIELD_NAMES = tuple(field.name for field in fields(HttpConfig))


def meaning_of(mapped):
    """``(failure, outcome)`` of a meaning in ``error_map``.

    >>> meaning_of("credit/retry"), meaning_of("number"), meaning_of("retry")
    (('credit', 'retry'), ('number', 'failed'), (None, 'retry'))
    """
    failure, _slash, outcome = mapped.partition("/")
    if failure in base.OUTCOMES:
        return None, failure
    return failure, outcome or base.FAILED


def check_meanings(found, known):
    """Refuse words that mean nothing.

    :raise base.GatewayError: names the first of them
    """
    for code, mapped in found.items():
        for word in mapped.split("/"):
            if word not in known:
                raise base.GatewayError(
                    "word",
                    word=word,
                    line=f"{code} = {mapped}",
                    known=", ".join(known),
                )
