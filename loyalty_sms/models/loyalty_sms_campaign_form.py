"""What the page of a campaign shows beside its own fields."""

from odoo import api, fields, models

COUNTS = {
    "audience_count": "total",
    "audience_reachable": "reachable",
    "audience_no_consent": "no_consent",
    "audience_no_number": "no_number",
    "audience_duplicate": "duplicate",
    "audience_capped": "capped",
    "audience_quiet": "quiet",
}


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    audience_count = fields.Integer("Customers", compute="_compute_audience_counts")
    audience_reachable = fields.Integer("Reachable", compute="_compute_audience_counts")
    audience_no_consent = fields.Integer(
        "No consent", compute="_compute_audience_counts"
    )
    audience_no_number = fields.Integer("No number", compute="_compute_audience_counts")
    audience_duplicate = fields.Integer(
        "Same number", compute="_compute_audience_counts"
    )
    audience_capped = fields.Integer(
        "Too many already", compute="_compute_audience_counts"
    )
    audience_quiet = fields.Integer(
        "Quiet hours now", compute="_compute_audience_counts"
    )
    template_body = fields.Text(related="template_id.body", string="Text")
    template_b_body = fields.Text(related="template_b_id.body", string="Text B")
    quiet_note = fields.Char("Hours", compute="_compute_quiet_note")
    calendar_date = fields.Datetime(
        "On the calendar", compute="_compute_calendar_date", store=True
    )

    @api.depends("audience_id", "channel", "message_class")
    def _compute_audience_counts(self):
        for campaign in self:
            counts = {}
            # Later the list that was made counts, not what the audience would be now.
            if campaign.audience_id and campaign.state == "draft":
                counts = campaign.audience_id._origin._counts(
                    campaign.channel, campaign.message_class
                )
            for name, key in COUNTS.items():
                campaign[name] = counts.get(key, 0)

    @api.depends("message_class", "company_id")
    @api.depends_context("lang")
    def _compute_quiet_note(self):
        for campaign in self:
            limits = self.env["loyalty.sms.limit"]._for(
                campaign.company_id, campaign.message_class or "marketing"
            )
            window = limits._window(campaign.company_id)
            if not window:
                campaign.quiet_note = self.env._(
                    "Messages of this class leave at any time."
                )
                continue
            campaign.quiet_note = self.env._(
                "Messages of this class leave from %(start)s to %(end)s on the"
                " customer's clock. At other hours they wait for the next morning.",
                start=f"{window.start:%H:%M}",
                end=f"{window.end:%H:%M}",
            )

    @api.depends("schedule_date", "started_at", "create_date")
    def _compute_calendar_date(self):
        for campaign in self:
            campaign.calendar_date = (
                campaign.started_at
                or campaign.schedule_date
                or campaign.create_date
                or fields.Datetime.now()
            )

    def action_view_messages(self):
        """The messages of the campaign."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Messages of %s", self.name),
            "res_model": "loyalty.message",
            "view_mode": "list,form",
            "domain": [("campaign_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_export_report(self):
        """The report as an Excel file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_sms/campaign/{self.id}/report.xlsx",
            "target": "download",
        }
