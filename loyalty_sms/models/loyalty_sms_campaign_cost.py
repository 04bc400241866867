"""What a campaign will cost, and who must agree to it."""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_compare

# Texts are as long as names and tiers make them: so many are written for the estimate.
SAMPLE = 500


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    cost_estimate = fields.Monetary(
        "Estimated cost",
        readonly=True,
        copy=False,
        help="Of the customers in the list, without the control group, before consents"
        " and limits: the true cost is not higher.",
    )
    segments_min = fields.Integer("Segments, least", readonly=True, copy=False)
    segments_avg = fields.Float(
        "Segments a message", digits=(8, 2), readonly=True, copy=False
    )
    segments_max = fields.Integer("Segments, most", readonly=True, copy=False)
    cost_details = fields.Json(readonly=True, copy=False)
    cost_summary = fields.Char(compute="_compute_cost_summary")
    needs_second = fields.Boolean(compute="_compute_needs_second")

    @api.depends("cost_details", "cost_estimate")
    @api.depends_context("lang")
    def _compute_cost_summary(self):
        for campaign in self:
            details = campaign.cost_details
            campaign.cost_summary = details and campaign._describe_cost(details)

    def _describe_cost(self, details):
        shares = " · ".join(
            self.env._("%(segments)s segments: %(share)s %%", segments=key, share=share)
            if int(key) > 1
            else self.env._("one segment: %(share)s %%", share=share)
            for key, share in sorted(
                details["shares"].items(), key=lambda item: int(item[0])
            )
        )
        return self.env._(
            "%(count)s messages of %(least)s to %(most)s segments. %(shares)s (from"
            " %(sample)s texts written as they will be sent).",
            least=self.segments_min,
            most=self.segments_max,
            count=details["count"],
            shares=shares or self.env._("no text could be written"),
            sample=details["sample"],
        )

    @api.depends("cost_estimate", "company_id.loyalty_campaign_approval_amount")
    def _compute_needs_second(self):
        for campaign in self:
            limit = campaign.company_id.loyalty_campaign_approval_amount
            campaign.needs_second = bool(limit) and (
                float_compare(campaign.cost_estimate, limit, precision_digits=2) > 0
            )

    # -- estimate ---------------------------------------------------------------
    def _estimate_cost(self):
        """Write texts for a sample of the list, and count and price their segments."""
        self.ensure_one()
        rows = self._sample()
        count = self._count_recipients("state = 'todo' AND NOT is_control")
        rendered = self._render([(row, None) for row in rows])
        prices = self._prices_of({row["number"] for row in rows})
        segments, costs = [], []
        for row in rows:
            text = rendered[row["partner_id"]]
            if text.problem:
                continue
            gateway, price, currency = prices[row["number"]]
            segments.append(max(text.segments, 1))
            costs.append(self._in_currency(segments[-1] * price, currency))
        number = len(segments)
        self.sudo().write(
            {
                "cost_estimate": sum(costs) / number * count if number else 0.0,
                "segments_min": min(segments, default=0),
                "segments_avg": sum(segments) / number if number else 0.0,
                "segments_max": max(segments, default=0),
                "cost_details": {
                    "count": count,
                    "sample": number,
                    "shares": {
                        str(key): round(100 * value / number, 1)
                        for key, value in sorted(Counter(segments).items())
                    },
                },
            }
        )

    def _sample(self):
        """Recipients by lot, as :meth:`_next_recipients` gives them."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT id, partner_id, variant, is_control, position, number
                     FROM loyalty_sms_campaign_recipient
                    WHERE campaign_id = %s AND state = 'todo' AND NOT is_control
                 ORDER BY position LIMIT %s""",
                self.id,
                SAMPLE,
            )
        )

    def _prices_of(self, numbers):
        """Way and price of each number.

        :return: ``{number: (gateway id, price of a segment, currency id)}``
        """
        routes = self.env["loyalty.sms.route"]._resolve_many(
            self.company_id, self.channel, list(numbers), self.message_class
        )
        by_gateway, found = {}, {}
        for number, gateways in routes.items():
            by_gateway.setdefault(gateways[:1], []).append(number)
        for gateway, some in by_gateway.items():
            if not gateway:
                found.update((number, (False, 0.0, False)) for number in some)
                continue
            prices = self.env["loyalty.sms.tariff"]._prices(
                gateway, some, self.channel, fields.Date.context_today(self)
            )
            for number in some:
                price, currency = prices[number]
                found[number] = (gateway.id, float(price or 0), currency.id)
        return found

    def _in_currency(self, amount, currency_id):
        """An amount in the company's currency, of today."""
        currency = self.env["res.currency"].browse(currency_id)
        if not currency or currency == self.currency_id:
            return amount
        return currency._convert(
            amount,
            self.currency_id,
            self.company_id,
            fields.Date.context_today(self),
            round=False,
        )

    # -- approval -----------------------------------------------------------------
    def _check_approver(self):
        if not self.needs_second or self.env.user not in self._authors():
            return
        raise UserError(
            self.env._(
                "%(campaign)s costs about %(cost)s; above %(limit)s a second campaign"
                " manager approves. You wrote it or handed it in: ask another manager.",
                campaign=self.name,
                cost=self._format_money(self.cost_estimate),
                limit=self._format_money(
                    self.company_id.loyalty_campaign_approval_amount
                ),
            )
        )

    def _authors(self):
        """Who may not approve the campaign when a second person must."""
        return self.create_uid | self.submitted_by_id | self.user_id

    def _approvers(self):
        """Managers of the company who may approve it."""
        managers = self.env.ref("loyalty_sms.group_sms_manager").sudo().all_user_ids
        managers = managers.filtered(
            lambda user: user.active
            and not user.share
            and self.company_id in user.company_ids
        )
        return managers - self._authors() if self.needs_second else managers

    def _ask_approvers(self):
        """Leave the approvers a to-do, where they are not the one who hands in."""
        for user in self._approvers() - self.env.user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Approve the campaign %s", self.name),
                note=self.env._(
                    "%(count)s customers, estimated cost %(cost)s",
                    count=self.recipient_count,
                    cost=self._format_money(self.cost_estimate),
                ),
            )
