import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)


class LoyaltySmsQueue(models.TransientModel):
    """The queue at a glance, and the switch that stops everything."""

    _name = "loyalty.sms.queue"
    _description = "Queue of messages"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    is_off = fields.Boolean(compute="_compute_now")
    is_sending = fields.Boolean(compute="_compute_now")
    queued_count = fields.Integer("Waiting", compute="_compute_now")
    unknown_count = fields.Integer("Unknown", compute="_compute_now")
    gateway_ids = fields.Many2many("loyalty.sms.gateway", compute="_compute_now")
    worker_ids = fields.Many2many("loyalty.sms.worker", compute="_compute_now")

    @api.depends("company_id")
    def _compute_now(self):
        workers = self.env["loyalty.sms.worker"].search([], limit=5)
        for queue in self:
            company = queue.company_id
            gateways = self.env["loyalty.sms.gateway"].search(
                [("company_id", "in", [company.id, False])]
            )
            counts = dict(
                self.env["loyalty.message"]._read_group(
                    [
                        ("company_id", "=", company.id),
                        ("state", "in", ["queued", "unknown"]),
                    ],
                    ["state"],
                    ["__count"],
                )
            )
            queue.is_off = company.sudo().loyalty_sms_is_off
            queue.is_sending = any(workers.mapped("is_alive"))
            queue.queued_count = counts.get("queued", 0)
            queue.unknown_count = counts.get("unknown", 0)
            queue.gateway_ids = gateways
            queue.worker_ids = workers

    @api.model
    def action_open(self):
        """The queue of the company that the user works in."""
        queue = self.create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Queue"),
            "res_model": self._name,
            "res_id": queue.id,
            "view_mode": "form",
            "path": "messages-queue",
        }

    def action_refresh(self):
        """Read everything again."""
        return self.action_open()

    def action_stop_all(self):
        """Nothing goes out for this company any more; what waits keeps waiting."""
        self._switch(True)
        return self.action_open()

    def action_let_go(self):
        """Messages go again, if they are still of use."""
        self._switch(False)
        self.env["loyalty.message"].sudo()._wake()
        return self.action_open()

    def _switch(self, is_off):
        if not self.env.user.has_group("loyalty_sms.group_sms_manager"):
            raise AccessError(
                self.env._("Only a campaign manager stops and starts the messages.")
            )
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You do not work for %(company)s. Choose it among your companies"
                    " first.",
                    company=self.company_id.sudo().name,
                )
            )
        self.company_id.sudo().loyalty_sms_is_off = is_off
        _logger.info(
            "messages switched %s: company %s, user %s",
            "off" if is_off else "on",
            self.company_id.id,
            self.env.uid,
        )

    def action_messages(self):
        """The messages that wait, by gateway."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_sms.loyalty_message_action_waiting"
        )

    def action_unknown(self):
        """The messages somebody must decide about."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_sms.loyalty_message_action_unknown"
        )
