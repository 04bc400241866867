"""Messages as people read them: codes masked, states in words."""

from odoo import api, fields, models
from odoo.tools import format_datetime

SENT_STATES = ("accepted", "submitted", "delivered", "read")
READERS = "loyalty_sms.group_sms_user,loyalty_club.group_loyalty_officer"
MASK = "•" * 6


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    body_shown = fields.Text(
        "Text",
        compute="_compute_body_shown",
        search="_search_body_shown",
        groups=READERS,
        help="Texts that hold a code are not shown; the administrator opens the message"
        " to read them.",
    )
    status_text = fields.Char("How it stands", compute="_compute_status_text")
    origin_text = fields.Char("Sent by", compute="_compute_origin_text")

    @api.depends("body", "is_secret")
    @api.depends_context("lang")
    def _compute_body_shown(self):
        masked = self.env._("%s (holds a code)", MASK)
        for message in self:
            message_sudo = message.sudo()
            message.body_shown = masked if message.is_secret else message_sudo.body

    @api.model
    def _search_body_shown(self, operator, value):
        if operator not in ("ilike", "not ilike", "=", "!=", "in", "not in"):
            return NotImplemented
        # Whoever may not read a code may not find it by trying either.
        found_sudo = self.sudo()._search(
            [("is_secret", "=", False), ("body", operator, value)]
        )
        return [("id", "in", found_sudo)]

    @api.depends("state", "reason", "not_before", "error_text")
    @api.depends_context("lang", "tz")
    def _compute_status_text(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        now = fields.Datetime.now()
        for message in self:
            text = states.get(message.state, "")
            if message.reason:
                text = self.env._(
                    "%(state)s: %(reason)s",
                    state=text,
                    reason=reasons[message.reason],
                )
            elif message.state == "queued" and (message.not_before or now) > now:
                text = self.env._(
                    "Waits until %s",
                    format_datetime(self.env, message.not_before, dt_format="short"),
                )
            elif message.state in ("failed", "unknown") and message.error_text:
                text = self.env._(
                    "%(state)s: %(reason)s", state=text, reason=message.error_text
                )
            message.status_text = text

    @api.depends("campaign_id", "rule_id", "res_model")
    @api.depends_context("lang")
    def _compute_origin_text(self):
        for message in self:
            message_sudo = message.sudo()
            message.origin_text = (
                message_sudo.campaign_id.name or message_sudo.rule_id.name or ""
            )

    def action_open_document(self):
        """The document that the message is about."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_open_customer(self):
        """The customer with all messages."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
