from odoo import api, fields, models
from odoo.tools import SQL, date_utils


class LoyaltySmsSpending(models.Model):
    """What batches of messages cost: rows are only added, so nobody waits for another.

    A night job replaces those of a month by one, from the messages themselves.
    """

    _name = "loyalty.sms.spending"
    _description = "Cost of queued messages"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True)
    amount = fields.Float(required=True, readonly=True)

    _month_idx = models.Index("(company_id, month)")

    @api.model
    def _note(self, costs):
        """Add costs to this month.

        :param costs: ``[(company id, currency id, amount)]``
        """
        budgets = self.env["loyalty.sms.budget"]
        totals = {}
        for company_id, currency_id, amount in costs:
            company = self.env["res.company"].browse(company_id)
            value = self._in_company_currency(company, currency_id, float(amount or 0))
            totals[company] = totals.get(company, 0.0) + value
        self.sudo().create(
            [
                {
                    "company_id": company.id,
                    "month": budgets._this_month(company),
                    "amount": amount,
                }
                for company, amount in totals.items()
                if amount
            ]
        )
        for company in totals:
            budgets._of(company)._warn()

    @api.model
    def _in_company_currency(self, company, currency_id, amount):
        currency = self.env["res.currency"].browse(currency_id)
        if not currency or currency == company.currency_id:
            return amount
        today = fields.Date.context_today(self)
        return currency._convert(
            amount, company.currency_id, company, today, round=False
        )

    @api.model
    def _cron_recount(self):
        """Count this month and the last again, with what the providers reported."""
        this_month = date_utils.start_of(fields.Date.today(), "month")
        for month in (date_utils.subtract(this_month, months=1), this_month):
            self._recount(month)

    @api.model
    def _recount(self, month):
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, currency_id,
                          SUM(COALESCE(NULLIF(cost, 0), estimated_cost))
                     FROM loyalty_message
                    WHERE create_date >= %s AND create_date < %s
                      AND state NOT IN ('suppressed', 'cancelled', 'expired')
                 GROUP BY company_id, currency_id""",
                month,
                date_utils.add(month, months=1),
            )
        )
        self.sudo().search([("month", "=", month)]).unlink()
        totals = {}
        for company_id, currency_id, amount in rows:
            company = self.env["res.company"].browse(company_id)
            value = self._in_company_currency(company, currency_id, float(amount or 0))
            totals[company_id] = totals.get(company_id, 0.0) + value
        self.sudo().create(
            [
                {"company_id": company_id, "month": month, "amount": amount}
                for company_id, amount in totals.items()
                if amount
            ]
        )
