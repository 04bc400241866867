import hashlib
import hmac
import json

from odoo.tests import HttpCase, tagged

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

UUID = "0123456789abcdef0123456789abcdef"
FORM = "application/x-www-form-urlencoded"


@tagged("post_install", "-at_install")
class TestWebhooks(LoyaltyCommon, HttpCase):
    """Calls from outside: what is proved is written down, the rest leaves no trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        gateways = cls.env["loyalty.sms.gateway"]
        gateways.search([]).active = False
        cls.kannel, cls.signed, cls.whatsapp, cls.form_signed = gateways.create(
            [
                {"name": "Kannel", "kind": "kannel"},
                {
                    "name": "Signed",
                    "kind": "http",
                    "http_report_format": "json",
                    "http_report_uuid_path": "id",
                    "http_report_items_path": "reports",
                    "http_report_state_path": "state",
                    "http_report_map": "DELIVRD = delivered\nUNDELIV = failed",
                    "http_signature": "hmac_sha256",
                    "http_signature_name": "X-Signature",
                    "webhook_secret": "shared",
                },
                {
                    "name": "WhatsApp",
                    "kind": "whatsapp",
                    "channel": "whatsapp",
                    "whatsapp_phone_number_id": "1045",
                    "whatsapp_verify_token": "welcome",
                    "webhook_secret": "app",
                },
                {
                    "name": "Signed form",
                    "kind": "http",
                    "http_body_format": "form",
                    "http_report_ref_path": "id",
                    "http_report_state_path": "status",
                    "http_report_map": "1 = delivered",
                    "http_signature": "hmac_sha1",
                    "http_signature_name": "X-Signature",
                    "webhook_secret": "shared",
                },
            ]
        )
        cls.inbox = cls.env["loyalty.message.inbox"]
        cls.before = cls.inbox.search([])

    def _rows(self):
        self.env.invalidate_all()
        return self.inbox.search([]) - self.before

    def _call(self, gateway, kind="report", query="", key=None, **options):
        path = f"/loyalty_sms/cb/{key or gateway.webhook_key}/{kind}"
        return self.url_open(f"{path}?{query}" if query else path, **options)

    def _post(self, gateway, body, signature=None, kind="report", content=FORM, **more):
        headers = {"Content-Type": content, **more}
        if signature:
            headers["X-Signature"] = signature
        return self._call(gateway, kind, data=body, headers=headers)

    def _sign(self, body, secret="shared", digest=hashlib.sha256):
        return hmac.new(secret.encode(), body, digest).hexdigest()

    def _reports(self, uuid=UUID, state="DELIVRD"):
        return json.dumps({"reports": [{"id": uuid, "state": state}]}).encode()

    # -- what is taken ----------------------------------------------------------------
    def test_a_report_of_kannel_is_written_down(self):
        query = f"uuid={UUID}&type=1&text=id:1+stat:DELIVRD&ref=77"
        response = self._call(self.kannel, query=query)
        self.assertEqual((response.status_code, response.text), (200, ""))
        self.assertRecordValues(
            self._rows(),
            [
                {
                    "gateway_id": self.kannel.id,
                    "kind": "report",
                    "state": "delivered",
                    "uuid": UUID,
                    "gateway_ref": "77",
                    "applied_at": False,
                }
            ],
        )

    def test_a_message_of_a_customer_is_written_down(self):
        query = "from=%2B37491234567&to=1234&text=%D4%B2%D5%A1%D5%B2&id=m-1"
        self._call(self.kannel, "inbound", query)
        row = self._rows()
        self.assertEqual((row.kind, row.external_id), ("inbound", "m-1"))
        self.assertEqual(row.payload["number"], "+37491234567")
        self.assertEqual(row.payload["text"], "Բաղ")

    def test_signed_json_is_taken(self):
        body = self._reports()
        response = self._post(
            self.signed, body, self._sign(body), content="application/json"
        )
        self.assertEqual((response.status_code, response.text), (200, "OK"))
        self.assertEqual(self._rows().state, "delivered")

    def test_a_signed_form_is_checked_byte_by_byte(self):
        body = b"id=9&status=1&words=a+b%20c"
        good = self._sign(body, digest=hashlib.sha1)
        self.assertEqual(self._post(self.form_signed, body, good).status_code, 200)
        self.assertEqual(self._rows().gateway_ref, "9")
        # The same parameters in other bytes are not what was signed.
        other = b"id=9&status=1&words=a%20b%20c"
        self.assertEqual(self._post(self.form_signed, other, good).status_code, 404)

    def test_reports_are_applied_to_the_message(self):
        message = self.env["loyalty.message"]._enqueue(
            [
                {
                    "company_id": self.company.id,
                    "uuid": UUID,
                    "gateway_id": self.kannel.id,
                    "number": "+37491234567",
                    "body": "Barev",
                }
            ]
        )
        message.sudo().write({"state": "accepted"})
        message.flush_recordset()
        self._call(self.kannel, query=f"uuid={UUID}&type=1")
        self.env["loyalty.message"]._apply_inbox()
        message.invalidate_recordset()
        self.assertEqual(message.state, "delivered")

    # -- what is refused --------------------------------------------------------------
    def test_a_bad_signature_leaves_no_trace(self):
        body = self._reports()
        for signature in (None, "", "00", self._sign(body, "other"), "ß"):
            response = self._post(
                self.signed,
                body,
                signature and signature.encode(),
                content="application/json",
            )
            self.assertEqual((response.status_code, response.text), (404, ""))
        self.assertFalse(self._rows())

    def test_a_wrong_key_looks_like_a_wrong_kind(self):
        answers = {
            (response.status_code, response.text)
            for response in (
                self._call(self.kannel, key="x" * 43, query=f"uuid={UUID}&type=1"),
                self._call(self.kannel, key="x" * 4000, query=f"uuid={UUID}&type=1"),
                self._call(self.kannel, "other", f"uuid={UUID}&type=1"),
                self._call(self.kannel, "verify", f"uuid={UUID}&type=1"),
            )
        }
        self.assertEqual(answers, {(404, "")})
        self.assertFalse(self._rows())

    def test_another_gateways_key_does_not_sign_for_this_one(self):
        body = self._reports()
        response = self._post(
            self.whatsapp, body, self._sign(body), content="application/json"
        )
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self._rows())

    def test_other_methods_are_refused(self):
        url = self.base_url() + f"/loyalty_sms/cb/{self.kannel.webhook_key}/report"
        for method in ("PUT", "DELETE", "PATCH"):
            response = self.opener.request(method, url, timeout=10)
            self.assertEqual(response.status_code, 405)
        self.assertFalse(self._rows())

    def test_a_megabyte_is_not_read(self):
        body = b"uuid=" + UUID.encode() + b"&type=1&x=" + b"a" * 1024 * 1024
        self.assertEqual(self._post(self.kannel, body).status_code, 413)
        self.assertFalse(self._rows())

    def test_the_largest_body_is_taken(self):
        start = b"uuid=" + UUID.encode() + b"&type=1&x="
        body = start + b"a" * (64 * 1024 - len(start))
        self.assertEqual(self._post(self.kannel, body).status_code, 200)
        self.assertEqual(len(self._rows()), 1)
        self.assertEqual(self._post(self.kannel, body + b"a").status_code, 413)

    def test_a_replay_counts_once(self):
        body = self._reports()
        for _each in range(3):
            response = self._post(
                self.signed, body, self._sign(body), content="application/json"
            )
            self.assertEqual((response.status_code, response.text), (200, "OK"))
        self.assertEqual(len(self._rows()), 1)

    def test_an_old_signed_time_is_a_replay(self):
        self.signed.http_signature_time_name = "X-Time"
        body = self._reports()
        stamp = "1700000000"
        signature = self._sign(stamp.encode() + b"." + body)
        response = self._post(
            self.signed,
            body,
            signature,
            content="application/json",
            **{"X-Time": stamp},
        )
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self._rows())

    def test_unknown_ids_get_the_same_answer_and_change_nothing(self):
        known = self._call(self.kannel, query=f"uuid={UUID}&type=1")
        unknown = self._call(self.kannel, query=f"uuid={'f' * 32}&type=1")
        self.assertEqual(
            (known.status_code, known.text), (unknown.status_code, unknown.text)
        )
        states = self.env["loyalty.message"].search([]).mapped("state")
        self.env["loyalty.message"]._apply_inbox()
        self.env.invalidate_all()
        self.assertEqual(self.env["loyalty.message"].search([]).mapped("state"), states)

    def test_what_is_no_report_is_answered_and_forgotten(self):
        for query in ("", "uuid=&type=1", f"uuid={UUID}&type=64", "type=1"):
            self.assertEqual(self._call(self.kannel, query=query).status_code, 200)
        for body in (b"{}", b"[]", b"nonsense", b"[" * 5000, b'{"reports": [1, null]}'):
            self._post(self.signed, body, self._sign(body), content="application/json")
        self.assertFalse(self._rows())

    def test_calls_from_elsewhere_are_refused_where_addresses_are_listed(self):
        self.kannel.allowed_ips = "192.0.2.0/24"
        response = self._call(self.kannel, query=f"uuid={UUID}&type=1")
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self._rows())

    def test_a_switched_off_gateway_is_still_heard(self):
        self.kannel.is_paused = True
        self._call(self.kannel, query=f"uuid={UUID}&type=1")
        self.assertEqual(len(self._rows()), 1)

    # -- WhatsApp ---------------------------------------------------------------------
    def test_meta_reads_its_challenge_back(self):
        query = "hub.mode=subscribe&hub.verify_token={}&hub.challenge=1158201444"
        response = self._call(self.whatsapp, "verify", query.format("welcome"))
        self.assertEqual((response.status_code, response.text), (200, "1158201444"))
        self.assertIn("text/plain", response.headers["Content-Type"])
        response = self._call(self.whatsapp, "verify", query.format("guess"))
        self.assertEqual((response.status_code, response.text), (404, ""))

    def test_meta_tells_states_and_replies_at_one_address(self):
        value = {
            "metadata": {
                "display_phone_number": "37460111111",
                "phone_number_id": "1045",
            },
            "statuses": [
                {
                    "id": "wamid.1",
                    "status": "read",
                    "biz_opaque_callback_data": UUID,
                }
            ],
            "messages": [
                {
                    "from": "37491234567",
                    "id": "wamid.2",
                    "type": "text",
                    "text": {"body": "STOP"},
                }
            ],
        }
        document = {"entry": [{"changes": [{"value": value, "field": "messages"}]}]}
        body = json.dumps(document).encode()
        signature = "sha256=" + self._sign(body, "app")
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature,
        }
        response = self._call(self.whatsapp, "report", data=body, headers=headers)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self._rows().mapped("kind"), ["report", "inbound"])
        self.assertEqual(
            self._rows().mapped("external_id"), ["wamid.1:read", "wamid.2"]
        )
