from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.gateways.base import GatewayError, number_of_test

# States of messages by which a gateway is judged, and how far back.
HEALTH_HOURS = 24


class LoyaltySmsGateway(models.Model):
    """How a gateway does: read from its messages, and asked of the provider."""

    _inherit = "loyalty.sms.gateway"

    balance = fields.Float(readonly=True, copy=False, digits=(16, 2))
    balance_currency = fields.Char(readonly=True, copy=False)
    balance_at = fields.Datetime("Balance of", readonly=True, copy=False)
    low_balance = fields.Float("Warn below", help="0 for no warning.")
    count_sent = fields.Integer("Sent today", compute="_compute_health")
    count_delivered = fields.Integer("Delivered", compute="_compute_health")
    count_failed = fields.Integer("Failed", compute="_compute_health")
    count_waiting = fields.Integer("Waiting", compute="_compute_health")
    count_unknown = fields.Integer("Unknown", compute="_compute_health")
    last_error = fields.Char(compute="_compute_health")
    health = fields.Selection(
        [
            ("new", "Nothing sent yet"),
            ("good", "Working"),
            ("warning", "Look at it"),
            ("bad", "Failing"),
            ("paused", "Stopped"),
        ],
        compute="_compute_health",
    )
    test_number = fields.Char(
        "Number for tests", help="Number or address that the test is sent to."
    )

    @api.depends("is_paused")
    def _compute_health(self):
        counts = {gateway_id: row for gateway_id, *row in self._health_rows()}
        for gateway in self:
            row = counts.get(gateway.id or gateway._origin.id, (0, 0, 0, 0, 0, None))
            sent, delivered, failed, waiting, unknown, last_error = row
            gateway.count_sent = sent
            gateway.count_delivered = delivered
            gateway.count_failed = failed
            gateway.count_waiting = waiting
            gateway.count_unknown = unknown
            gateway.last_error = last_error
            gateway.health = gateway._judge_health()

    def _health_rows(self):
        ids = tuple(self._origin.ids)
        if not ids:
            return []
        self.env["loyalty.message"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT m.gateway_id,
                       count(*) FILTER (WHERE m.state IN
                           ('accepted', 'submitted', 'delivered', 'read')),
                       count(*) FILTER (WHERE m.state IN ('delivered', 'read')),
                       count(*) FILTER (WHERE m.state = 'failed'),
                       count(*) FILTER (WHERE m.state IN ('queued', 'sending')),
                       count(*) FILTER (WHERE m.state = 'unknown'),
                       (array_agg(COALESCE(m.error_text, m.error_code)
                                  ORDER BY m.id DESC) FILTER (
                           WHERE COALESCE(m.error_text, m.error_code) <> ''))[1]
                  FROM loyalty_message m
                 WHERE m.gateway_id IN %s AND m.create_date > %s
              GROUP BY m.gateway_id
                """,
                ids,
                fields.Datetime.subtract(fields.Datetime.now(), hours=HEALTH_HOURS),
            )
        )

    def _judge_health(self):
        if self.is_paused:
            return "paused"
        finished = self.count_sent + self.count_failed + self.count_unknown
        if not finished:
            return "warning" if self.last_error else "new"
        if not self.count_sent:
            return "bad"
        trouble = self.count_failed + self.count_unknown
        is_poor = (
            self.low_balance and self.balance_at and (self.balance < self.low_balance)
        )
        return "warning" if is_poor or trouble * 5 > finished else "good"

    # -- actions ----------------------------------------------------------------------
    def action_test(self):
        """Send one message through the queue, to the number of the test."""
        self.ensure_one()
        self.check_access("write")
        number = number_of_test(self.test_number or "", self.channel)
        if not number:
            raise UserError(
                self.env._(
                    "Enter the number to test with first, with the country's code:"
                    " +37491123456. For e-mail, an address."
                )
            )
        message = (
            self.env["loyalty.message"]
            .sudo()
            ._enqueue(
                [
                    {
                        "company_id": (self.company_id or self.env.company).id,
                        "gateway_id": self.id,
                        "channel": self.channel,
                        "number": number,
                        "message_class": "transactional",
                        "subject": self.env._("Test"),
                        "body": self.env._("Test of %(gateway)s.", gateway=self.name),
                        "priority": 1,
                    }
                ]
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The test is in the queue: look at %s."),
                "links": [
                    {
                        "label": self.env._("message %(number)s", number=message.id),
                        "url": f"/odoo/loyalty-messages/{message.id}",
                    }
                ],
            },
        }

    def action_balance(self):
        """Ask the provider for the money left."""
        self.ensure_one()
        self.check_access("write")
        try:
            found = self._provider().balance()
        except GatewayError as error:
            raise UserError(
                self.env._(
                    "%(gateway)s gave no balance. %(why)s Look at the key and at the"
                    " address of the balance.",
                    gateway=self.name,
                    why=self._explain(error),
                )
            ) from error
        if not found:
            raise UserError(
                self.env._("%(gateway)s does not tell its balance.", gateway=self.name)
            )
        self.sudo().write(
            {
                "balance": float(found.amount),
                "balance_currency": found.currency,
                "balance_at": fields.Datetime.now(),
            }
        )

    def action_toggle_pause(self):
        """Stop sending through this gateway, or go on."""
        self.check_access("write")
        for gateway in self:
            gateway.is_paused = not gateway.is_paused

    def action_messages(self):
        """Messages of this gateway."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_sms.loyalty_message_action"
        )
        return {**action, "domain": [("gateway_id", "=", self.id)], "context": {}}
