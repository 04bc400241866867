"""Each adapter beside a provider that answers as the real one documents."""

import base64
import json
from dataclasses import dataclass, replace

from fake_provider import Reply

from odoo.addons.loyalty_sms.engine.gateways.http_config import HttpConfig
from odoo.addons.loyalty_sms.engine.gateways.http_generic import HttpProvider
from odoo.addons.loyalty_sms.engine.gateways.kannel import KannelConfig, KannelProvider
from odoo.addons.loyalty_sms.engine.gateways.presets import presets
from odoo.addons.loyalty_sms.engine.gateways.whatsapp_cloud import (
    WhatsappConfig,
    WhatsappProvider,
)

LOGIN, KEY = "shop", "k3y/&"
BASIC = base64.b64encode(f"{LOGIN}:{KEY}".encode()).decode()


@dataclass
class Case:
    """An adapter and its provider.

    ``texts(call)`` are ``(digits, text)`` of what was asked to be sent. ``answers`` has
    replies of the provider by kind: ``ok(call)``, ``refused(call)`` with the number of
    nobody, ``credit`` without money, ``denied`` with a wrong key.
    """

    name: str
    build: object
    texts: object
    ok: object
    refused: object
    failure: str = "number"
    credit: object = None
    denied: object = None
    denied_failure: str = "account"
    batch: int = 1
    ref: object = None


def preset(code, **changes):
    """A maker of the adapter of a preset which speaks to our own loopback."""

    def build(url, transport, **more):
        values = dict(presets()[code].values)
        for name in ("url", "query_url", "balance_url"):
            if values.get(name):
                host = values[name].split("/")[2]
                values[name] = values[name].replace(f"https://{host}", url)
        config = HttpConfig(**values, login=LOGIN, secret=KEY)
        return HttpProvider(replace(config, **changes, **more), transport)

    return build


def plain(number):
    return number.lstrip("+0")


# -- Nikita: message-id is ours, the answer a bare 200 ----------
def nikita_texts(call):
    assert call.path == "/broker-api/send"
    return [
        (m["recipient"], m["sms"]["content"]["text"]) for m in call.json["messages"]
    ]


NIKITA = Case(
    "nikita",
    preset("nikita"),
    nikita_texts,
    ok=lambda call: Reply(200, "OK"),
    refused=lambda call: Reply(400, "Bad Request"),
    failure="server",
    denied=lambda call: Reply(
        200 if call.headers.get("Authorization") == f"Basic {BASIC}" else 401
    ),
    batch=100,
    ref=lambda message: message.uuid,
)


# -- SMSC: our number is the id; errors come with 200 ----------
def smsc_error(code, words):
    return lambda call: Reply(200, {"error": words, "error_code": code, "id": 5})


def smsc(code):
    return Case(
        code,
        preset(code),
        lambda call: [(call.form["phones"], call.form["mes"])],
        ok=lambda call: Reply(200, {"id": int(call.form["id"]), "cnt": 1}),
        refused=smsc_error(7, "invalid number"),
        credit=smsc_error(3, "no money"),
        denied=smsc_error(2, "authorise error"),
        ref=lambda message: str(message.client_ref),
    )


# -- SMS.ru: results by number ----------
def smsru_numbers(call):
    return [
        (name[3:-1], value)
        for name, value in call.form.items()
        if name.startswith("to[")
    ]


def smsru_ok(call):
    if call.form["api_id"] != KEY:
        return Reply(200, {"status": "ERROR", "status_code": 200})
    taken = {
        number: {"status": "OK", "status_code": 100, "sms_id": f"id-{number}"}
        for number, _text in smsru_numbers(call)
    }
    return Reply(
        200, {"status": "OK", "status_code": 100, "sms": taken, "balance": 4122.56}
    )


def smsru_partly(call):
    reply = smsru_ok(call)
    last = list(reply.document["sms"])[-1]
    reply.document["sms"][last] = {
        "status": "ERROR",
        "status_code": 207,
        "status_text": "cannot be sent to",
    }
    return reply


SMS_RU = Case(
    "sms_ru",
    preset("sms_ru"),
    smsru_numbers,
    ok=smsru_ok,
    refused=smsru_partly,
    credit=lambda call: Reply(
        200, {"status": "ERROR", "status_code": 201, "status_text": "no money"}
    ),
    denied=lambda call: Reply(200, {"status": "ERROR", "status_code": 300}),
    batch=100,
    ref=lambda message: f"id-{message.number[1:]}",
)


# -- Mobizon ----------
def mobizon_ok(call):
    assert call.query["apiKey"] == KEY
    return Reply(
        200, {"code": 0, "data": {"messageId": "77", "status": 2}, "message": ""}
    )


MOBIZON = Case(
    "mobizon",
    preset("mobizon"),
    lambda call: [(call.form["recipient"], call.form["text"])],
    ok=mobizon_ok,
    refused=lambda call: Reply(
        200, {"code": 2, "data": [], "message": "recipient is wrong"}
    ),
    denied=lambda call: Reply(200, {"code": 8, "data": [], "message": "no such key"}),
    ref=lambda message: "77",
)


# -- Kavenegar: lists of JSON in a form, results in their order ----------
def kavenegar_texts(call):
    assert "/v1/k3y%2F%26/" in call.path
    numbers, texts = (json.loads(call.form[name]) for name in ("receptor", "message"))
    assert len(json.loads(call.form["sender"])) == len(numbers)
    return list(zip(map(plain, numbers), texts, strict=True))


def kavenegar_ok(call):
    entries = [
        {"messageid": place, "status": 1, "statustext": "queued", "cost": 120}
        for place, _text in enumerate(kavenegar_texts(call), 1)
    ]
    return Reply(200, {"return": {"status": 200, "message": "ok"}, "entries": entries})


def kavenegar_partly(call):
    reply = kavenegar_ok(call)
    reply.document["entries"][-1].update(status=14, statustext="blocked")
    return reply


def kavenegar_error(code):
    # The status of the answer is the status of HTTP, too.
    return lambda call: Reply(
        code, {"return": {"status": code, "message": "no"}, "entries": None}
    )


KAVENEGAR = Case(
    "kavenegar",
    preset("kavenegar"),
    kavenegar_texts,
    ok=kavenegar_ok,
    refused=kavenegar_partly,
    failure="blocked",
    credit=kavenegar_error(418),
    denied=kavenegar_error(403),
    batch=100,
)


# -- smsoffice.ge ----------
def smsoffice(success, code, words):
    return lambda call: Reply(
        200, {"Success": success, "Message": words, "Output": None, "ErrorCode": code}
    )


SMSOFFICE = Case(
    "smsoffice_ge",
    preset("smsoffice_ge"),
    lambda call: [(call.form["destination"], call.form["content"])],
    ok=smsoffice(True, 0, "received"),
    refused=smsoffice(False, 10, "no valid numbers"),
    credit=smsoffice(False, 20, "balance is insufficient"),
    denied=smsoffice(False, 80, "key is incorrect"),
)


# -- Twilio ----------
def twilio_ok(call):
    assert call.path == f"/2010-04-01/Accounts/{LOGIN}/Messages.json"
    if call.headers.get("Authorization") != f"Basic {BASIC}":
        return Reply(401, {"code": 20003, "message": "Authenticate", "status": 401})
    return Reply(201, {"sid": "SM1", "status": "queued", "error_code": None})


TWILIO = Case(
    "twilio",
    preset("twilio"),
    lambda call: [(plain(call.form["To"]), call.form["Body"])],
    ok=twilio_ok,
    refused=lambda call: Reply(
        400, {"code": 21211, "message": "not a valid number", "status": 400}
    ),
    denied=lambda call: Reply(401, {"code": 20003, "message": "Authenticate"}),
    ref=lambda message: "SM1",
)


# -- Viber through Infobip ----------
def infobip_item(message, group, name):
    (destination,) = message["destinations"]
    return {
        "to": destination["to"],
        "messageId": destination["messageId"],
        "status": {"groupName": group, "name": name, "description": name},
    }


def infobip_ok(call):
    assert call.headers["Authorization"] == f"App {KEY}"
    items = [
        infobip_item(m, "PENDING", "PENDING_ACCEPTED") for m in call.json["messages"]
    ]
    return Reply(200, {"bulkId": "b", "messages": items[::-1]})


def infobip_partly(call):
    reply = infobip_ok(call)
    last = call.json["messages"][-1]
    reply.document["messages"][0] = infobip_item(
        last, "REJECTED", "REJECTED_DESTINATION"
    )
    return reply


def infobip_denied(call):
    error = {"messageId": "UNAUTHORIZED", "text": "Invalid login details"}
    return Reply(401, {"requestError": {"serviceException": error}})


INFOBIP = Case(
    "infobip_viber",
    preset("infobip_viber"),
    lambda call: [
        (m["destinations"][0]["to"], m["content"]["text"])
        for m in call.json["messages"]
    ],
    ok=infobip_ok,
    refused=infobip_partly,
    denied=infobip_denied,
    batch=100,
    ref=lambda message: message.uuid,
)


# -- Kannel ----------
def kannel_build(url, transport):
    config = KannelConfig(url=f"{url}/cgi-bin/sendsms", login=LOGIN, secret=KEY)
    return KannelProvider(config, transport)


KANNEL = Case(
    "kannel",
    kannel_build,
    lambda call: [(plain(call.query["to"]), call.query["text"])],
    ok=lambda call: Reply(202, "0: Accepted for delivery"),
    refused=lambda call: Reply(400, "Sender missing and no global set, rejected"),
    failure="sender",
    denied=lambda call: Reply(403, "Authorization failed for sendsms"),
)


# -- WhatsApp ----------
def whatsapp_build(url, transport):
    config = WhatsappConfig(
        phone_number_id="1045", token=KEY, app_secret="s", verify_token="v", url=url
    )
    return WhatsappProvider(config, transport)


def whatsapp_ok(call):
    assert call.path == "/v23.0/1045/messages"
    if call.headers.get("Authorization") != f"Bearer {KEY}":
        return whatsapp_error(401, 190, "Invalid OAuth access token")(call)
    document = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": call.json["to"], "wa_id": call.json["to"]}],
        "messages": [{"id": "wamid.HBgL"}],
    }
    return Reply(200, document)


def whatsapp_error(status, code, words):
    error = {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code}
    return lambda call: Reply(status, {"error": error})


WHATSAPP = Case(
    "whatsapp",
    whatsapp_build,
    lambda call: [(call.json["to"], call.json["text"]["body"])],
    ok=whatsapp_ok,
    refused=whatsapp_error(400, 131026, "Message undeliverable"),
    credit=whatsapp_error(400, 131042, "Business eligibility payment issue"),
    denied=whatsapp_error(401, 190, "Invalid OAuth access token"),
    ref=lambda message: "wamid.HBgL",
)

CASES = [
    NIKITA,
    smsc("smsc_ru"),
    smsc("smsc_kz"),
    SMS_RU,
    MOBIZON,
    KAVENEGAR,
    SMSOFFICE,
    TWILIO,
    INFOBIP,
    KANNEL,
    WHATSAPP,
]
