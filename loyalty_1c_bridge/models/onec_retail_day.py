from odoo import api, fields, models
from odoo.tools import SQL


class OnecRetailDay(models.Model):
    """A day of the club's till in a branch: one retail report in 1C."""

    _name = "onec.retail.day"
    _description = "Day of the till for 1C"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, index=True)
    branch_id = fields.Many2one("loyalty.branch", ondelete="restrict", index=True)
    date = fields.Date(required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    name = fields.Char(compute="_compute_name")

    _day_uniq = models.UniqueIndex(
        "(company_id, COALESCE(branch_id, 0), date, currency_id)",
        "This day of the till is there already.",
    )

    @api.depends("branch_id", "date")
    def _compute_name(self):
        for day in self:
            day.name = " ".join(filter(None, [day.branch_id.name, str(day.date)]))

    @api.model
    def _of(self, receipts):
        """Days of receipts and credit notes of the till, made where missing.

        Two tills that sell the first receipt of a day at once meet in the index.
        """
        days = self.browse()
        for company, branch, day, currency in {
            (
                receipt.company_id,
                receipt.loyalty_branch_id
                or receipt.reversed_entry_id.loyalty_branch_id,
                receipt.invoice_date or receipt.date,
                receipt.currency_id,
            )
            for receipt in receipts
        }:
            days |= self._day(company, branch, day, currency)
        return days

    def _day(self, company, branch, day, currency):
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO onec_retail_day (company_id, branch_id, date, currency_id,
                    create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', %s,
                    now() AT TIME ZONE 'UTC')
                ON CONFLICT DO NOTHING RETURNING id""",
                company.id,
                branch.id or None,
                day,
                currency.id,
                self.env.uid,
                self.env.uid,
            )
        )
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("branch_id", "=", branch.id),
                ("date", "=", day),
                ("currency_id", "=", currency.id),
            ]
        )

    def _receipts(self):
        """Posted receipts of the till of these days, and their credit notes."""
        self.ensure_one()
        moves = self.env["account.move"].sudo()
        moves = moves.search(
            [
                ("company_id", "=", self.company_id.id),
                ("invoice_date", "=", self.date),
                ("currency_id", "=", self.currency_id.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_receipt", "out_refund")),
                "|",
                ("loyalty_till_key", "!=", False),
                ("reversed_entry_id.loyalty_till_key", "!=", False),
            ],
            order="id",
        )
        return moves.filtered(
            lambda move: (
                (move.loyalty_branch_id or move.reversed_entry_id.loyalty_branch_id)
                == self.branch_id
            )
        )

    def _onec_facts(self):
        receipts = self._receipts()
        return {
            "document_name": self.name,
            "document_date": self.date,
            "amount": sum(
                receipt.amount_total * (-1 if receipt.move_type == "out_refund" else 1)
                for receipt in receipts
            ),
            "currency_id": self.currency_id.id,
        }
