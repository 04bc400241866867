"""Prices of messages as they are queued, and the budget that marketing keeps to."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _enqueue(self, vals_list):
        written = super()._enqueue(self._within_budget(vals_list))
        if any(vals.get("estimated_cost") for vals in vals_list):
            self._note_spending(written.ids)
        return written

    @api.model
    def _within_budget(self, vals_list):
        """The same values; marketing beyond the month's budget is not sent.

        What the customer waits for goes out always, and counts.
        """
        left = {}
        kept = []
        for vals in vals_list:
            if self._is_limited(vals):
                company_id = vals["company_id"]
                if company_id not in left:
                    company = self.env["res.company"].browse(company_id)
                    left[company_id] = self.env["loyalty.sms.budget"]._left(company)
                if left[company_id] is not None:
                    cost = self._cost_of(vals)
                    if left[company_id] <= 0 or cost > left[company_id]:
                        vals = {**vals, "state": "suppressed", "reason": "budget"}
                    else:
                        left[company_id] -= cost
            kept.append(vals)
        return kept

    def _is_limited(self, vals):
        queued = vals.get("state", "queued") == "queued"
        return queued and vals.get("message_class") == "marketing"

    def _cost_of(self, vals):
        company = self.env["res.company"].browse(vals["company_id"])
        return self.env["loyalty.sms.spending"]._in_company_currency(
            company, vals.get("currency_id"), vals.get("estimated_cost") or 0.0
        )

    @api.model
    def _note_spending(self, ids):
        if not ids:
            return
        costs = self.env.execute_query(
            SQL(
                """SELECT company_id, currency_id, SUM(estimated_cost)
                     FROM loyalty_message
                    WHERE id = ANY(%s) AND state = 'queued' AND estimated_cost > 0
                 GROUP BY company_id, currency_id""",
                list(ids),
            )
        )
        if costs:
            self.env["loyalty.sms.spending"]._note(costs)

    @api.model
    def _price_routed(self, ids):
        """Give messages that found their gateway the price of its tariff."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, gateway_id, channel, number, GREATEST(segments, 1)
                     FROM loyalty_message
                    WHERE id = ANY(%s) AND COALESCE(estimated_cost, 0) = 0""",
                list(ids),
            )
        )
        by_gateway = defaultdict(list)
        for id_, gateway_id, channel, number, segments in rows:
            by_gateway[gateway_id, channel].append((id_, number or "", segments))
        priced = []
        today = fields.Date.context_today(self)
        for (gateway_id, channel), some in by_gateway.items():
            gateway = self.env["loyalty.sms.gateway"].browse(gateway_id)
            numbers = list({number for _id, number, _segments in some})
            prices = self.env["loyalty.sms.tariff"]._prices(
                gateway, numbers, channel, today
            )
            for id_, number, segments in some:
                price, currency = prices[number]
                if price:
                    priced.append((id_, float(price) * segments, currency.id))
        if priced:
            self.env.execute_query(
                SQL(
                    "UPDATE loyalty_message m SET estimated_cost = v.cost,"
                    " currency_id = v.currency_id"
                    " FROM (VALUES %s) v(id, cost, currency_id)"
                    " WHERE m.id = v.id RETURNING m.id",
                    SQL(", ").join(priced),
                )
            )
            self._note_spending([row[0] for row in priced])
