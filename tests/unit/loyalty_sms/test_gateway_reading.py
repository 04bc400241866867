"""Answers and calls of providers, as they were recorded, and those nobody wrote."""

import base64
import hashlib
import hmac
import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.loyalty_sms.engine.gateways import base, registry, webhook
from odoo.addons.loyalty_sms.engine.gateways.base import Inbound, RawRequest, Status
from odoo.addons.loyalty_sms.engine.gateways.http_config import HttpConfig
from odoo.addons.loyalty_sms.engine.gateways.http_generic import HttpProvider
from odoo.addons.loyalty_sms.engine.gateways.presets import presets
from odoo.addons.loyalty_sms.engine.gateways.transport import Answer

UUID = "5d1f0b34000040008000000000000001"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def of_preset(code, **more):
    return HttpProvider(HttpConfig(**{**presets()[code].values, **more}), None)


def kannel(**more):
    return registry.build("kannel", **more)


def whatsapp():
    return registry.build(
        "whatsapp",
        phone_number_id="1045",
        token="t",
        app_secret="s",
        verify_token="v",
    )


def call(body=b"", query=None, headers=FORM, method="POST"):
    return RawRequest(method, "/cb", query or {}, headers, body)


def form(**fields):
    return call(urlencode(fields).encode())


# -- reports ----------
@pytest.mark.parametrize(
    ("kind", "text", "state", "failure"),
    [
        ("1", "id:1 sub:001 dlvrd:001 stat:DELIVRD err:000", base.DELIVERED, None),
        ("2", "id:1 sub:001 stat:UNDELIV err:001", base.FAILED, "not_delivered"),
        ("2", "id:1 sub:001 stat:REJECTD err:008", base.FAILED, "blocked"),
        ("2", "id:1 sub:001 stat:EXPIRED err:027", base.FAILED, "expired"),
        ("4", "", base.SUBMITTED, None),
        ("8", "ACK/", base.SUBMITTED, None),
        ("16", "NACK/0x0000000b/Invalid Destination Address", base.FAILED, "number"),
        ("16", "NACK/0x00000058/Throttling error", base.FAILED, "throttled"),
        ("16", "NACK", base.FAILED, "server"),
    ],
)
def test_reports_of_kannel(kind, text, state, failure):
    query = {"uuid": UUID, "type": kind, "text": text, "ref": "77"}
    (status,) = kannel().parse_reports(call(query=query, method="GET"))
    assert (status.state, status.failure, status.uuid) == (state, failure, UUID)
    assert status.external_id == f"{UUID}:{kind}"


def test_a_message_through_kannel_says_what_kannel_needs():
    provider = kannel(login="odoo", secret="p", smsc_id="op1")
    message = base.Outgoing(
        UUID, "+37491234567", "Բարև", sender="Arev", encoding="UCS2", ttl_s=90
    )
    query = provider.parameters(message)
    assert (query["coding"], query["charset"], query["smsc"]) == (2, "UTF-8", "op1")
    assert query["validity"] == 1
    assert "dlr-url" not in query


def test_reports_of_sms_ru_are_lines_of_a_form():
    body = urlencode(
        {
            "data[0]": "sms_status\n201523-1000007\n103\n1782469893",
            "data[1]": "sms_status\n201523-1000008\n105\n1782469894",
            "data[2]": "callcheck_status\n201523-1000009\n401\n1782469895",
            "data[3]": "sms_status",
        }
    ).encode()
    provider = of_preset("sms_ru")
    found = [(s.ref, s.state) for s in provider.parse_reports(call(body))]
    assert found == [
        ("201523-1000007", base.DELIVERED),
        ("201523-1000008", base.FAILED),
    ]
    assert provider.answer(call(body)) == "100"


def test_reports_and_replies_of_smsc():
    provider = of_preset("smsc_ru")
    (status,) = provider.parse_reports(
        form(id="1000", phone="79161234567", status="1", time="22.11.2026 18:00:00")
    )
    assert (status.ref, status.state) == ("1000", base.DELIVERED)
    (status,) = provider.parse_reports(form(id="1001", status="22", err="1"))
    assert (status.state, status.failure) == (base.FAILED, "number")
    (reply,) = provider.parse_inbound(
        form(phone="79161234567", mes="СТОП", to="79030000000", sms_id="5")
    )
    assert reply == Inbound("+79161234567", "СТОП", "79030000000", "5")


def test_reports_of_kavenegar():
    provider = of_preset("kavenegar")
    (status,) = provider.parse_reports(form(messageid="8792343", status="10"))
    assert (status.ref, status.state) == ("8792343", base.DELIVERED)
    (status,) = provider.parse_reports(form(messageid="8792343", status="14"))
    assert (status.state, status.failure) == (base.FAILED, "blocked")
    assert provider.parse_reports(form(messageid="8792343", status="1")) == []


def test_reports_of_viber_through_infobip():
    document = {
        "results": [
            {
                "bulkId": "b",
                "messageId": UUID,
                "to": "37491234567",
                "price": {"pricePerMessage": 0.01, "currency": "EUR"},
                "status": {"groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET"},
                "error": {"name": "NO_ERROR"},
            },
            {
                "messageId": UUID,
                "status": {"groupName": "UNDELIVERABLE"},
                "error": {"name": "EC_USER_NOT_VIBER", "description": "no Viber"},
            },
        ]
    }
    provider = of_preset("infobip_viber")
    first, second = provider.parse_reports(
        call(json.dumps(document).encode(), {}, JSON)
    )
    assert (first.uuid, first.state, first.cost) == (
        UUID,
        base.DELIVERED,
        Decimal("0.01"),
    )
    assert (second.state, second.failure, second.text) == (
        base.FAILED,
        "number",
        "no Viber",
    )


def test_polled_states_of_mobizon():
    provider = of_preset("mobizon")
    document = {
        "code": 0,
        "data": [
            {"id": 77, "status": "DELIVRD", "segNum": 1},
            {"id": 78, "status": "ENQUEUD"},
            {"id": 79, "status": "UNDELIV"},
            {"id": 99, "status": "DELIVRD"},
        ],
        "message": "",
    }
    answer = Answer(200, {}, json.dumps(document).encode())
    found = [(s.ref, s.state) for s in provider.polled(["77", "78", "79"], answer)]
    assert found == [("77", base.DELIVERED), ("79", base.FAILED)]


def test_polled_states_by_name_of_sms_ru():
    document = {
        "status": "OK",
        "sms": {
            "000-1": {"status": "OK", "status_code": 103},
            "000-2": {"status": "ERROR", "status_code": -1},
        },
    }
    answer = Answer(200, {}, json.dumps(document).encode())
    found = of_preset("sms_ru").polled(["000-1", "000-2"], answer)
    assert [(s.ref, s.state) for s in found] == [("000-1", base.DELIVERED)]


def whatsapp_body(statuses=(), messages=(), number_id="1045"):
    value = {
        "metadata": {
            "display_phone_number": "37460111111",
            "phone_number_id": number_id,
        },
        "statuses": list(statuses),
        "messages": list(messages),
    }
    return json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()


def test_states_of_whatsapp_carry_our_uuid():
    body = whatsapp_body(
        [
            {"id": "wamid.1", "status": "delivered", "biz_opaque_callback_data": UUID},
            {
                "id": "wamid.2",
                "status": "failed",
                "errors": [{"code": 131026, "title": "Message undeliverable"}],
            },
        ]
    )
    first, second = whatsapp().parse_reports(call(body, {}, JSON))
    assert first == Status(
        base.DELIVERED, uuid=UUID, ref="wamid.1", external_id="wamid.1:delivered"
    )
    assert (second.state, second.code, second.failure) == (
        base.FAILED,
        "131026",
        "number",
    )


def test_what_is_said_of_another_number_of_the_account_is_left_out():
    body = whatsapp_body([{"id": "w", "status": "read"}], number_id="2000")
    assert whatsapp().parse_reports(call(body, {}, JSON)) == []


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": {"body": "5"}},
        {"type": "button", "button": {"text": "5", "payload": "five"}},
        {
            "type": "interactive",
            "interactive": {"button_reply": {"id": "x", "title": "5"}},
        },
    ],
)
def test_answers_on_whatsapp(message):
    said = {"from": "37491234567", "id": "w9", "context": {"id": "w1"}, **message}
    (reply,) = whatsapp().parse_inbound(call(whatsapp_body([], [said]), {}, JSON))
    assert reply == Inbound(
        "+37491234567", "5", "37460111111", "w9", "whatsapp", reply_to="w1"
    )


def test_a_template_of_whatsapp_is_filled_in_order():
    message = base.Outgoing(
        UUID, "+37491234567", "", template=("points", "hy", ["Անի", "5 000"])
    )
    document = whatsapp().document(message)
    assert document["to"] == "37491234567"
    assert document["biz_opaque_callback_data"] == UUID
    assert document["template"]["language"] == {"code": "hy"}
    (component,) = document["template"]["components"]
    assert [p["text"] for p in component["parameters"]] == ["Անի", "5 000"]


def test_free_text_too_late_is_named_so():
    error = {"error": {"code": 131047, "message": "Re-engagement message"}}
    result = whatsapp().result(UUID, Answer(400, {}, json.dumps(error).encode()))
    assert (result.outcome, result.failure) == (base.FAILED, "window")


# -- whose call it is ----------
def twilio_call(provider, secret="token", **fields):
    path = f"/loyalty_sms/cb/KEY/report?uuid={UUID}"
    text = "https://shop.example" + path
    text += "".join(name + fields[name] for name in sorted(fields))
    code = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    headers = {**FORM, "X-Twilio-Signature": base64.b64encode(code).decode()}
    body = urlencode(fields).encode()
    return RawRequest("POST", path, {"uuid": UUID}, headers, body)


def test_twilio_signs_the_address_and_the_parameters():
    provider = of_preset(
        "twilio", public_base="https://shop.example/", webhook_secret="token"
    )
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+37491"}
    request = twilio_call(provider, **fields)
    assert provider.verify(request)
    (status,) = provider.parse_reports(request)
    assert (status.uuid, status.ref, status.state) == (UUID, "SM1", base.DELIVERED)
    assert not provider.verify(twilio_call(provider, secret="other", **fields))


def test_meta_signs_the_body():
    body = whatsapp_body()
    code = hmac.new(b"s", body, "sha256").hexdigest()
    good = {**JSON, "x-hub-signature-256": f"sha256={code}"}
    assert whatsapp().verify(call(body, {}, good))
    assert not whatsapp().verify(call(body + b" ", {}, good))
    assert not whatsapp().verify(call(body, {}, JSON))


@given(st.binary(max_size=300), st.text(max_size=80))
def test_nobody_signs_by_chance(body, signature):
    headers = {**JSON, "X-Hub-Signature-256": signature}
    assert not whatsapp().verify(call(body, {}, headers))


# -- what nobody documented ----------
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["entry", "changes", "value", "statuses", "messages", "id"])
        | st.sampled_from(
            ["results", "status", "metadata", "sms", "return", "entries"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)


def providers():
    return [of_preset(code) for code in presets()] + [kannel(), whatsapp()]


@given(JSONS)
def test_any_json_is_an_answer_with_one_result_each(document):
    answer = Answer(200, {}, json.dumps(document).encode())
    batch = [base.Outgoing(f"{n:032x}", f"+3749100000{n}", "x") for n in range(3)]
    for code in presets():
        results = of_preset(code).results(batch, answer)
        assert [r.uuid for r in results] == [m.uuid for m in batch]
        assert {r.outcome for r in results} <= set(base.OUTCOMES)


@given(JSONS | st.binary(max_size=200))
def test_any_call_is_answered_and_harmless(body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    for provider in providers():
        for headers in (FORM, JSON):
            for kind in (*webhook.KINDS, "other"):
                reply = webhook.accept(provider, kind, call(data, {}, headers))
                assert reply.status in (200, 404)
                for row in reply.rows:
                    assert row["kind"] in ("report", "inbound")


def test_a_call_longer_than_any_gateways_is_refused():
    body = b"x" * (webhook.BODY_LIMIT + 1)
    assert webhook.accept(kannel(), "report", call(body)).status == 413


def test_a_call_with_more_than_a_thousand_reports_is_cut():
    statuses = [{"id": f"w{n}", "status": "read"} for n in range(1200)]
    body = whatsapp_body(statuses)
    code = hmac.new(b"s", body, "sha256").hexdigest()
    headers = {**JSON, "X-Hub-Signature-256": f"sha256={code}"}
    reply = webhook.accept(whatsapp(), "report", call(body, {}, headers))
    assert len(reply.rows) == webhook.MAX_ITEMS


def test_two_reports_of_one_call_may_be_told_apart():
    rows = [
        webhook.report_row(Status(state, uuid=UUID))
        for state in (base.SUBMITTED, base.DELIVERED)
    ]
    assert len({row["external_id"] for row in rows}) == 2


# PostgreSQL keeps no NUL and no half of a pair.
STORABLE = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])


@given(st.text(STORABLE, max_size=40), st.text(STORABLE, max_size=40))
def test_a_reply_survives_the_inbox(number, text):
    inbound = Inbound(number, text, external_id="1")
    payload = json.loads(json.dumps(webhook.inbound_row(inbound)["payload"]))
    assert webhook.inbound_of(payload) == inbound
