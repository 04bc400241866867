"""One suite for every adapter: what is handed over, and what an answer means."""

import socket
import time

import pytest
from adapters import CASES
from fake_provider import FakeProvider, Reply

from odoo.addons.loyalty_sms.engine.gateways import base
from odoo.addons.loyalty_sms.engine.gateways.base import Outgoing
from odoo.addons.loyalty_sms.engine.gateways.presets import presets
from odoo.addons.loyalty_sms.engine.gateways.transport import Transport

TEXTS = (
    "Բարև, Անի: 5 000 միավոր",
    'Say "hi" & <b>\\n100% {text} {secret}</b>\nnew line +1',
    "Привет; 'x' = ?#/",
)


def messages(count=3):
    return [
        Outgoing(
            uuid=f"{place:032x}",
            number=f"+3749112345{place}",
            body=TEXTS[place % len(TEXTS)],
            sender="Arev",
            encoding="UCS2",
            client_ref=1000 + place,
            ttl_s=600,
            report_url="https://shop.example/loyalty_sms/cb/KEY/report",
        )
        for place in range(count)
    ]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    return request.param


@pytest.fixture
def line(case):
    fake = FakeProvider(case.ok)
    transport = Transport(timeout_s=5)
    provider = case.build(fake.url, transport)
    yield fake, provider
    transport.close()
    fake.close()


def outcomes(results):
    return [result.outcome for result in results]


def test_texts_arrive_as_they_were_written(case, line):
    fake, provider = line
    batch = messages()
    results = provider.send(batch)
    assert outcomes(results) == [base.ACCEPTED] * 3
    assert [result.uuid for result in results] == [m.uuid for m in batch]
    received = [pair for call in fake.calls for pair in case.texts(call)]
    assert received == [(m.number[1:], m.body) for m in batch]
    if case.ref:
        assert [r.ref for r in results] == [case.ref(m) for m in batch]


def test_requests_are_as_few_as_the_provider_allows(case, line):
    fake, provider = line
    provider.send(messages())
    assert provider.max_batch == case.batch
    assert len(fake.calls) == (1 if case.batch > 1 else 3)
    assert len(fake.connections) == 1  # kept alive


def test_every_message_has_one_result_in_its_place(case, line):
    fake, provider = line
    batch = messages(5)
    for responder in (case.ok, case.refused):
        fake.responder = responder
        results = provider.send(batch)
        assert [result.uuid for result in results] == [m.uuid for m in batch]


def test_what_is_refused_for_good_is_not_tried_again(case, line):
    fake, provider = line
    fake.responder = case.refused
    results = provider.send(messages())
    assert results[-1].outcome == base.FAILED
    assert results[-1].failure == case.failure
    if case.batch > 1 and case.name != "nikita":
        assert outcomes(results[:-1]) == [base.ACCEPTED] * 2


def test_money_and_keys_are_no_fault_of_the_message(case, line):
    fake, provider = line
    for responder, failure in (
        (case.credit, "credit"),
        (case.denied if case.name != "nikita" else None, case.denied_failure),
    ):
        if responder:
            fake.responder = responder
            results = provider.send(messages())
            assert outcomes(results) == [base.RETRY] * 3
            assert {result.failure for result in results} == {failure}


def test_a_throttled_message_waits_as_long_as_asked(case, line):
    fake, provider = line
    fake.responder = lambda call: Reply(429, "", {"Retry-After": "7"})
    (result,) = provider.send(messages(1))
    assert (result.outcome, result.retry_after_s) == (base.RETRY, 7)


def test_a_busy_provider_has_taken_nothing(case, line):
    fake, provider = line
    fake.responder = lambda call: Reply(503, "")
    assert outcomes(provider.send(messages())) == [base.RETRY] * 3


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_broken_provider_leaves_doubt(case, line, status):
    fake, provider = line
    fake.responder = lambda call: Reply(status, "")
    assert outcomes(provider.send(messages())) == [base.UNKNOWN] * 3


@pytest.mark.parametrize("mode", ["slow", "cut", "half"])
def test_a_line_cut_after_the_request_leaves_doubt(case, line, mode):
    fake, provider = line
    fake.mode = mode
    if mode == "slow":
        provider.transport.timeout_s = 0.2
    results = provider.send(messages(1))
    assert outcomes(results) == [base.UNKNOWN]
    _until(lambda: fake.calls)
    time.sleep(0.02)
    assert len(fake.calls) == 1  # and was not asked twice


def _until(condition):
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_an_answer_that_is_none_of_the_provider_leaves_doubt(case, line):
    fake, provider = line
    fake.mode = "garbage"
    (result,) = provider.send(messages(1))
    # Nikita documents no body: any 200 is its word.
    expected = base.ACCEPTED if case.name == "nikita" else base.UNKNOWN
    assert result.outcome == expected


def test_nobody_listening_means_nothing_was_sent(case):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    provider = case.build(f"http://127.0.0.1:{port}", Transport())
    results = provider.send(messages())
    assert outcomes(results) == [base.RETRY] * 3


def test_a_connection_closed_while_idle_is_opened_again(case, line):
    fake, provider = line
    fake.mode = "hang_up"
    assert outcomes(provider.send(messages(1))) == [base.ACCEPTED]
    _until(lambda: fake.closed)
    assert outcomes(provider.send(messages(1))) == [base.ACCEPTED]
    assert len(fake.calls) == 2


def test_keys_appear_in_no_result(case, line):
    fake, provider = line
    for responder in (case.ok, case.refused, lambda call: Reply(500, "")):
        fake.responder = responder
        for result in provider.send(messages()):
            assert "k3y" not in repr(result)


def test_every_preset_is_tested_here_and_names_its_source():
    tested = {case.name for case in CASES}
    assert set(presets()) <= tested
    for preset in presets().values():
        assert preset.source.startswith("https://")
        assert not {"login", "secret", "webhook_secret"} & set(preset.values)


def test_a_number_goes_once_in_a_request_that_is_answered_by_number():
    (case,) = [case for case in CASES if case.name == "sms_ru"]
    fake = FakeProvider(case.ok)
    try:
        provider = case.build(fake.url, Transport())
        first, second, third = messages()
        twice = [first, second, Outgoing(third.uuid, first.number, "another")]
        assert outcomes(provider.send(twice)) == [base.ACCEPTED] * 3
        received = [case.texts(call) for call in fake.calls]
        assert received == [
            [(first.number[1:], first.body), (second.number[1:], second.body)],
            [(first.number[1:], "another")],
        ]
    finally:
        fake.close()


def test_a_number_unknown_in_the_answer_leaves_doubt():
    (case,) = [case for case in CASES if case.name == "sms_ru"]

    def forgetful(call):
        reply = case.ok(call)
        reply.document["sms"].pop(messages()[0].number[1:])
        return reply

    fake = FakeProvider(forgetful)
    try:
        results = case.build(fake.url, Transport()).send(messages())
        assert outcomes(results) == [base.UNKNOWN, base.ACCEPTED, base.ACCEPTED]
    finally:
        fake.close()


def test_our_own_id_is_known_even_when_the_answer_is_lost():
    (case,) = [case for case in CASES if case.name == "smsc_ru"]
    fake = FakeProvider(case.ok)
    fake.mode = "cut"
    try:
        (result,) = case.build(fake.url, Transport()).send(messages(1))
        assert (result.outcome, result.ref) == (base.UNKNOWN, "1000")
    finally:
        fake.close()


# -- questions ----------
BALANCES = {
    "smsc_ru": ({"balance": "812.50", "currency": "RUR"}, "812.50", "RUR"),
    "sms_ru": ({"status": "OK", "balance": 4122.56}, "4122.56", "RUB"),
    "mobizon": (
        {"code": 0, "data": {"balance": "3250.6", "currency": "KZT"}},
        "3250.6",
        "KZT",
    ),
    "kavenegar": (
        {"return": {"status": 200}, "entries": {"remaincredit": 125000}},
        "125000",
        "IRR",
    ),
    "twilio": ({"balance": "15.20", "currency": "USD"}, "15.20", "USD"),
    "infobip_viber": ({"balance": 47.8, "currency": "EUR"}, "47.8", "EUR"),
}


@pytest.mark.parametrize("name", BALANCES)
def test_the_balance_is_read(name):
    document, amount, currency = BALANCES[name]
    (case,) = [case for case in CASES if case.name == name]
    fake = FakeProvider(lambda call: Reply(200, document))
    try:
        balance = case.build(fake.url, Transport()).balance()
        assert (str(balance.amount), balance.currency) == (amount, currency)
    finally:
        fake.close()


@pytest.mark.parametrize("mode", ["garbage", "cut"])
def test_a_balance_that_cannot_be_read_is_no_number(mode):
    (case,) = [case for case in CASES if case.name == "mobizon"]
    fake = FakeProvider(case.ok)
    fake.mode = mode
    try:
        with pytest.raises(base.GatewayError):
            case.build(fake.url, Transport()).balance()
    finally:
        fake.close()


def test_smsc_is_asked_by_id_and_number():
    (case,) = [case for case in CASES if case.name == "smsc_ru"]
    states = {"1000": 1, "1001": 22, "1002": -1}
    fake = FakeProvider(
        lambda call: Reply(200, {"status": states[call.form["id"]], "last_date": ""})
    )
    try:
        provider = case.build(fake.url, Transport())
        numbers = {ref: f"+7916123456{ref[-1]}" for ref in states}
        found = provider.query(list(states), numbers)
    finally:
        fake.close()
    assert [call.form["phone"] for call in fake.calls] == [
        "79161234560",
        "79161234561",
        "79161234562",
    ]
    assert [(status.ref, status.state) for status in found] == [
        ("1000", base.DELIVERED),
        ("1001", base.FAILED),
        ("1002", base.SUBMITTED),
    ]


def test_mobizon_is_asked_for_many_at_once():
    (case,) = [case for case in CASES if case.name == "mobizon"]

    def answer(call):
        ids = call.form["ids"].split(",")
        data = [{"id": int(ref), "status": "DELIVRD"} for ref in ids]
        return Reply(200, {"code": 0, "data": data})

    fake = FakeProvider(answer)
    try:
        refs = [str(number) for number in range(150)]
        found = case.build(fake.url, Transport()).query(refs)
    finally:
        fake.close()
    assert [status.ref for status in found] == refs
    assert len(fake.calls) == 2


def test_a_provider_that_does_not_answer_leaves_the_states_as_they_are():
    (case,) = [case for case in CASES if case.name == "mobizon"]
    fake = FakeProvider(case.ok)
    fake.mode = "cut"
    try:
        assert case.build(fake.url, Transport()).query(["1", "2"]) == []
    finally:
        fake.close()
