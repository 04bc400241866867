"""Calls of gateways which are proved, and hold what no gateway should say."""

import json
from decimal import Decimal

from odoo.tests import tagged

from ..engine.gateways import base, webhook
from .queue_common import QueueCommon


@tagged("post_install", "-at_install")
class TestHostileCalls(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.talker = cls.env["loyalty.sms.gateway"].create(
            {
                "name": "Talker",
                "kind": "http",
                "company_id": cls.company.id,
                "http_report_format": "json",
                "http_report_uuid_path": "id",
                "http_report_ref_path": "ref",
                "http_report_items_path": "reports",
                "http_report_state_path": "state",
                "http_report_text_path": "text",
                "http_report_cost_path": "cost",
                "http_report_map": "ok = delivered\nno = failed",
                "http_inbound_format": "json",
                "http_inbound_items_path": "texts",
                "http_inbound_number_path": "from",
                "http_inbound_text_path": "text",
                "http_inbound_id_path": "id",
                "http_signature": "none",
            }
        )
        cls.inbox = cls.env["loyalty.message.inbox"]

    def _call(self, document, kind="report"):
        """The gateway calls; what it says is applied."""
        call = base.RawRequest(
            "POST",
            "/",
            headers={"Content-Type": "application/json"},
            body=json.dumps(document).encode(),
        )
        reply = webhook.accept(self.talker._provider(), kind, call)
        self.assertEqual(reply.status, 200)
        self.talker._take_calls(reply.rows)
        self.messages._apply_inbox()
        self.env.invalidate_all()

    def test_what_the_database_cannot_keep_stops_no_other_report(self):
        good, bad = self._queue(2, gateway_id=self.talker.id, state="accepted")
        self._call(
            {
                "reports": [
                    {
                        "id": bad.uuid,
                        "state": "no",
                        "ref": "r" * 9000,
                        "text": "NUL \0 and half a pair \ud800",
                        "cost": "1E+400",
                    },
                    {"id": good.uuid, "state": "ok", "cost": "1E-400"},
                    {"ref": "\0" + "ü" * 5000, "state": "ok"},
                ]
            }
        )
        self.assertEqual((good.state, bad.state), ("delivered", "failed"))
        self.assertEqual(bad.error_text, "NUL  and half a pair ?")
        self.assertEqual(len(bad.gateway_ref), 200)
        self.assertFalse(good.cost or bad.cost)

    def test_a_customers_text_with_nul_is_received(self):
        texts = [
            {"from": "+37491234567", "text": "Hello \0\ud83d", "id": "1" * 9000},
            {"from": "+37491234567", "text": "ab " * 30000, "id": "2"},
        ]
        for text in texts:
            text["text"] = text["text"][:60000]
            self._call({"texts": [text]}, "inbound")
        received = self.env["loyalty.sms.inbound"].search(
            [("gateway_id", "=", self.talker.id)], order="id"
        )
        self.assertEqual(received[0].text, "Hello ?")
        self.assertEqual(len(received[1].text), webhook.TEXT_LIMIT)
        # Said again, they are known.
        self._call({"texts": texts[:1]}, "inbound")
        self.assertEqual(len(received.search([("id", "in", received.ids)])), 2)
        self.assertEqual(
            self.inbox.search_count([("gateway_id", "=", self.talker.id)]), 2
        )

    def test_an_answer_with_nul_is_written_down(self):
        message = self._queue()
        self._settled(
            base.FAILED, code="\0", text="\0 no \ud800", ref="r" * 9000, failure="text"
        )
        self.assertRecordValues(message, [{"state": "failed", "error_text": " no ?"}])

    def test_a_gateway_is_not_believed_about_another_companys_message(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._queue(company_id=other.id, state="accepted")
        own = self._queue(state="accepted")
        shared = self._queue(
            company_id=other.id, gateway_id=self.talker.id, state="accepted"
        )
        self._call(
            {
                "reports": [
                    {"id": message.uuid, "state": "no"}
                    for message in (foreign, own, shared)
                ]
            }
        )
        self.assertEqual(foreign.state, "accepted")
        # In one company another gateway may have sent it first.
        self.assertEqual((own.state, shared.state), ("failed", "failed"))
        self.talker.company_id = False
        self.talker.flush_recordset()
        self._call({"reports": [{"id": foreign.uuid, "state": "ok"}]})
        self.assertEqual(foreign.state, "delivered")

    def test_a_report_does_not_move_a_message_back(self):
        message = self._queue(gateway_id=self.talker.id, state="read")
        for state in ("ok", "no"):
            self._call({"reports": [{"id": message.uuid, "state": state}]})
        self.assertEqual(message.state, "read")

    def test_thousands_of_fields_are_no_error(self):
        self.talker.write(
            {
                "http_signature": "field",
                "http_signature_name": "sign",
                "webhook_secret": "secret",
            }
        )
        body = "&".join(f"f{number}=1" for number in range(3000)).encode()
        call = base.RawRequest("POST", "/", body=body)
        reply = webhook.accept(self.talker._provider(), "report", call)
        self.assertEqual(reply, webhook.REFUSED)

    def test_prices_beyond_reason_are_none(self):
        status = base.Status("delivered", uuid="0" * 32, cost=Decimal("0.05"))
        row = {**webhook.report_row(status), "gateway_id": self.talker.id}
        self.assertEqual(self.inbox._store([row]), 1)
        self.assertEqual(
            self.inbox.search([("uuid", "=", "0" * 32)]).payload["cost"], "0.05"
        )
