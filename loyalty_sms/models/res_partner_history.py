from odoo import api, fields, models
from odoo.fields import Domain

from .loyalty_message_shown import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    loyalty_message_count = fields.Integer(
        "Messages sent", compute="_compute_loyalty_message_count", groups=READERS
    )
    loyalty_feedback_average = fields.Float(
        "Average rating",
        compute="_compute_loyalty_feedback",
        digits=(2, 1),
        groups=READERS,
    )
    loyalty_feedback_count = fields.Integer(
        "Ratings", compute="_compute_loyalty_feedback", groups=READERS
    )
    loyalty_complaint_count = fields.Integer(
        "Complaints", compute="_compute_loyalty_complaint_count", groups=READERS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_loyalty_message_count(self):
        counts = dict(
            self.env["loyalty.message"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.loyalty_message_count = counts.get(partner._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_loyalty_feedback(self):
        answered = Domain("partner_id", "in", self.ids) & Domain("rating", ">", 0)
        rows = self.env["loyalty.feedback"]._read_group(
            answered, ["partner_id"], ["rating:avg", "__count"]
        )
        found = {partner: values for partner, *values in rows}
        for partner in self:
            average, count = found.get(partner._origin, (0.0, 0))
            partner.loyalty_feedback_average = average
            partner.loyalty_feedback_count = count

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_loyalty_complaint_count(self):
        counts = dict(
            self.env["loyalty.complaint"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.loyalty_complaint_count = counts.get(partner._origin, 0)

    def _loyalty_open_mine(self, action_xmlid, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(action_xmlid)
        return {
            **action,
            "name": name,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_view_loyalty_messages(self):
        """All messages to the customer."""
        return self._loyalty_open_mine(
            "loyalty_sms.loyalty_message_action",
            self.env._("Messages to %s", self.display_name),
        )

    def action_view_loyalty_feedback(self):
        """What the customer thinks of us."""
        return self._loyalty_open_mine(
            "loyalty_sms.loyalty_feedback_action",
            self.env._("Ratings by %s", self.display_name),
        )

    def action_view_loyalty_complaints(self):
        """What the customer complained about."""
        return self._loyalty_open_mine(
            "loyalty_sms.loyalty_complaint_action",
            self.env._("Complaints of %s", self.display_name),
        )

    def action_view_loyalty_timeline(self):
        """Everything with the customer, in time order."""
        return self._loyalty_open_mine(
            "loyalty_sms.loyalty_timeline_action",
            self.env._("History of %s", self.display_name),
        )
