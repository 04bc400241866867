from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..engine.liability import liability

# Kinds of 1C that keep the ledger; trade configurations have no such entry.
LEDGERS = ("bp", "bk_kz", "custom")


class OnecPointsEstimate(models.Model):
    """What the unused points of a club were worth at a month's end, booked once."""

    _name = "onec.points.estimate"
    _description = "Estimate of the points liability"
    _order = "month desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, index=True)
    program_id = fields.Many2one("loyalty.program", "Club", required=True, index=True)
    month = fields.Date(required=True, help="The first day of the month.")
    date = fields.Date("As of", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    points = fields.Float(
        digits=(16, 2), help="Points that can be used, and those that wait."
    )
    point_value = fields.Float("Worth of a point", digits=(16, 4))
    redemption_rate = fields.Float("Expected to be used, %")
    liability = fields.Monetary()
    previous = fields.Monetary("A month before")
    difference = fields.Monetary(help="What the entry of the month adds or releases.")
    move_id = fields.Many2one("account.move", "Entry", readonly=True)

    _month_uniq = models.UniqueIndex(
        "(company_id, program_id, month)",
        "The points liability of this month is estimated already.",
    )

    @api.depends("program_id", "month")
    def _compute_name(self):
        for estimate in self:
            month = estimate.month.strftime("%m.%Y") if estimate.month else ""
            estimate.name = f"{estimate.program_id.name or ''} {month}"

    # --- figures ----------------------------------------------------------------------

    @api.model
    def _figures(self, company, month):
        """Values of the estimates of a company for a month, nothing being written.

        :param month: any day of it
        :return: list of dicts of this model's fields, one a club
        """
        first = month.replace(day=1)
        last = fields.Date.end_of(first, "month")
        rule = self.env["onec.posting.rule"]._of(company, "points")
        rate = rule.redemption_rate if rule else 100.0
        clubs = self.env["loyalty.program"].sudo()
        clubs = clubs.search(
            [
                ("is_club", "=", True),
                ("company_id", "in", (False, company.id)),
            ]
        )
        balances = self._balances(company, clubs, last)
        return [
            self._prepare_figures(
                company, club, first, last, rate, balances.get(club.id, 0.0)
            )
            for club in clubs
        ]

    def _balances(self, company, clubs, day):
        """``{club id: points}`` at the end of a day of the company's time zone."""
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        end = zone.localize(datetime.combine(day, time.max))
        end = end.astimezone(pytz.utc).replace(tzinfo=None)
        groups = (
            self.env["loyalty.point.move"]
            .sudo()
            ._read_group(
                [
                    ("program_id", "in", clubs.ids),
                    ("company_id", "in", (False, company.id)),
                    ("date", "<=", end),
                ],
                ["program_id"],
                ["points:sum", "pending_points:sum"],
            )
        )
        return {club.id: points + pending for club, points, pending in groups}

    def _prepare_figures(self, company, club, first, last, rate, points):
        value = club.currency_id._convert(
            club.point_value, company.currency_id, company, last, round=False
        )
        before = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("program_id", "=", club.id),
                ("month", "<", first),
            ],
            order="month desc",
            limit=1,
        )
        worth = float(liability(points, value, rate, company.currency_id.rounding))
        return {
            "company_id": company.id,
            "program_id": club.id,
            "month": first,
            "date": last,
            "points": points,
            "point_value": value,
            "redemption_rate": rate,
            "liability": worth,
            "previous": before.liability,
            "difference": worth - before.liability,
        }

    # --- booking ----------------------------------------------------------------------

    @api.model
    def _book(self, company, month):
        """Estimate and book a month that is not booked yet; a second call does nothing.

        :return: the new estimates
        """
        first = month.replace(day=1)
        estimates = self.sudo()
        known = estimates.search(
            [("company_id", "=", company.id), ("month", "=", first)]
        )
        fresh = estimates.create(
            [
                values
                for values in self._figures(company, month)
                if values["program_id"] not in known.program_id.ids
                and (values["liability"] or values["previous"])
            ]
        )
        rule = self.env["onec.posting.rule"]._of(company, "points")
        for estimate in fresh:
            estimate._post_entry(rule)
            estimate._hand_over()
        return fresh

    def _post_entry(self, rule):
        """Book the difference here, where the template names the accounts."""
        debit, credit = rule.debit_account_id, rule.credit_account_id
        if not debit or not credit or self.currency_id.is_zero(self.difference):
            return
        if self.difference < 0:
            debit, credit = credit, debit
        amount = abs(self.difference)
        entries = self.env["account.move"].sudo().with_company(self.company_id)
        self.move_id = entries.create(
            {
                "move_type": "entry",
                "date": self.date,
                "ref": self.env._("Points liability, %s", self.name),
                "line_ids": [
                    fields.Command.create(
                        {"account_id": debit.id, "debit": amount, "name": self.name}
                    ),
                    fields.Command.create(
                        {"account_id": credit.id, "credit": amount, "name": self.name}
                    ),
                ],
            }
        )
        self.move_id.action_post()

    def _hand_over(self):
        """Show the entry among the documents for 1C, for somebody to enter it there."""
        for backend in self.env["onec.backend"]._ed_targets(self.company_id):
            if backend.kind in LEDGERS and not self.currency_id.is_zero(
                self.difference
            ):
                rows = self.env["onec.outbox"].sudo()._queue(backend, "entry", self)
                rows._block(self._onec_by_hand())

    def _onec_by_hand(self):
        """What somebody has to enter in 1C, since the format has no such document."""
        rule = self.env["onec.posting.rule"]._of(self.company_id, "points")
        debit, credit = rule.debit or "?", rule.credit or "?"
        if self.difference < 0:
            debit, credit = credit, debit
        return self.env._(
            "EnterpriseData has no document for an entry of the ledger. Enter it in 1C "
            "by hand (Operations, Manual entries): debit %(debit)s, credit %(credit)s, "
            "%(amount)s on %(date)s. Then press “Entered by hand”.",
            debit=debit,
            credit=credit,
            amount=self.currency_id.format(abs(self.difference)),
            date=self.date.strftime("%d.%m.%Y"),
        )

    def _onec_facts(self):
        return {
            "document_name": self.name,
            "document_date": self.date,
            "amount": abs(self.difference),
            "currency_id": self.currency_id.id,
        }

    @api.model
    def _cron_estimate(self):
        """Book the month that ended, for each company that has a 1C base."""
        backends = self.env["onec.backend"].sudo().search([("use_ed", "=", True)])
        for company in backends.company_id:
            month = fields.Date.subtract(fields.Date.today(), months=1)
            start = backends.filtered(lambda b, c=company: b.company_id == c).mapped(
                "date_start"
            )
            last = fields.Date.end_of(month, "month")
            if any(day and day <= last for day in start):
                self._book(company, month)

    @api.model
    def _check_accountant(self):
        if not self.env.user.has_group("loyalty_1c_bridge.group_onec_accountant"):
            raise AccessError(
                self.env._(
                    "The points liability is booked by accountants of the 1C bridge. "
                    "Ask one, or an administrator for the right."
                )
            )
