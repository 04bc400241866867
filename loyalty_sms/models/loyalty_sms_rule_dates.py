"""Rules of dates: who has the day today, by the customer's own calendar."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import dates, zones
from .event_catalogue import EVENTS

# An hour that was missed is made up for within so many days.
CATCH_UP_DAYS = 3


class LoyaltySmsRule(models.Model):
    _inherit = "loyalty.sms.rule"

    @api.model
    def _cron_dates(self):
        """Find the customers of today for each rule of dates; hourly, each once."""
        by_date = [event.code for event in EVENTS if event.by_date]
        rules = self.sudo().search([("event", "in", by_date)])
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(rules))
        for rule in rules:
            for company in rule._companies():
                rule.with_company(company)._find_dates(company)
            if not commit(1):
                return
        self.env["loyalty.stock.request"].sudo()._tell_arrivals()
        commit()

    def _companies(self):
        """Companies with a club whose customers the rule tells."""
        clubs_sudo = self.env["loyalty.program"].sudo().search([("is_club", "=", True)])
        # A club of no company is the club of all of them.
        shared = clubs_sudo.filtered(lambda club: not club.company_id)
        companies_sudo = self.env["res.company"].sudo()
        of_clubs = clubs_sudo.company_id
        if shared:
            of_clubs = companies_sudo.search([("active", "=", True)])
        companies = self.company_id or of_clubs
        return companies.filtered(lambda company: company._loyalty_club())

    def _find_dates(self, company):
        """Emit the event of the rule for who has the day; harmless to repeat.

        :return: how many were found
        """
        self.ensure_one()
        self.env.flush_all()
        found = getattr(self, f"_find_{self.event}")(company)
        rows = self.env.execute_query(
            SQL(
                """WITH %(local)s, found AS (%(found)s)
                   INSERT INTO loyalty_sms_event (create_date, code, dedupe_key,
                          company_id, partner_id, rule_id, res_model, res_id, payload)
                   SELECT %(now)s, %(code)s,
                          concat_ws(':', %(code)s, %(rule)s, found.partner_id,
                                    found.period),
                          %(company)s, found.partner_id, %(rule)s, found.res_model,
                          found.res_id, found.payload
                     FROM found
                   ON CONFLICT (dedupe_key) DO NOTHING RETURNING id""",
                local=self._local_days(company),
                found=found,
                now=fields.Datetime.now(),
                code=self.event,
                rule=self.id,
                company=company.id,
            )
        )
        return len(rows)

    def _local_days(self, company):
        """CTE ``local (partner_id, card_id, day)``: members, and today where they are.

        A zone of several that are possible is the company's: a day is told once.
        """
        states = SQL(", ").join(
            SQL("(%s, %s, %s)", country, state, zone)
            for (country, state), zone in zones.STATES.items()
        )
        countries = SQL(", ").join(
            SQL("(%s, %s)", country, zone) for country, zone in zones.single().items()
        )
        return SQL(
            """local AS (
                   SELECT p.id AS partner_id, card.id AS card_id,
                          ((%(now)s::timestamp AT TIME ZONE 'UTC')
                           AT TIME ZONE COALESCE(
                              CASE WHEN p.tz_is_own THEN p.tz END, of_state.zone,
                              of_country.zone, %(zone)s))::date AS day
                     FROM res_partner p
                     JOIN loyalty_card card ON card.partner_id = p.id
                      AND card.program_id = %(club)s AND card.active
                     LEFT JOIN res_country c ON c.id = p.country_id
                     LEFT JOIN res_country_state s ON s.id = p.state_id
                     LEFT JOIN (VALUES %(states)s) AS of_state (country, state, zone)
                       ON of_state.country = c.code AND of_state.state = s.code
                     LEFT JOIN (VALUES %(countries)s) AS of_country (country, zone)
                       ON of_country.country = c.code
                    WHERE p.active)""",
            now=fields.Datetime.now(),
            zone=company.sudo().partner_id.tz or "UTC",
            club=company._loyalty_club().id,
            states=states,
            countries=countries,
        )

    # -- what is found ------------------------------------------------------------
    def _find_birthday(self, company):
        return self._find_yearly("birthday")

    def _find_anniversary(self, company):
        return self._find_yearly("wedding_date")

    def _find_yearly(self, name):
        """Dates remembered on one of the days that it is somewhere now."""
        today = fields.Date.today()
        wanted = []
        for day in (today + timedelta(days=days) for days in (-1, 0, 1)):
            occasion = dates.occasion(day, self.delay)
            wanted += [
                (day, key, occasion.year) for key in dates.remembered_on(occasion)
            ]
        return SQL(
            """SELECT local.partner_id, wanted.year::varchar AS period,
                      NULL::varchar AS res_model, NULL::int AS res_id,
                      jsonb_build_object('years',
                          wanted.year - extract(year FROM p.%(date)s)::int) AS payload
                 FROM local
                 JOIN res_partner p ON p.id = local.partner_id
                 JOIN (VALUES %(wanted)s) AS wanted (day, key, year)
                   ON wanted.day = local.day
                  AND wanted.key = to_char(p.%(date)s, 'MMDD')
                WHERE extract(year FROM p.%(date)s) < wanted.year""",
            date=SQL.identifier(name),
            wanted=SQL(", ").join(SQL("(%s::date, %s, %s)", *row) for row in wanted),
        )

    def _find_points_expiring(self, company):
        """Points whose last day is near: told once for each month in which they end."""
        return SQL(
            """SELECT local.partner_id,
                      to_char(min(lot.expiration_date), 'YYYY-MM') AS period,
                      NULL::varchar AS res_model, NULL::int AS res_id,
                      jsonb_build_object('earned', sum(lot.remaining),
                          'valid_until', min(lot.expiration_date)) AS payload
                 FROM local
                 JOIN loyalty_point_lot lot ON lot.card_id = local.card_id
                WHERE lot.state = 'open' AND lot.remaining > 0
                  AND lot.expiration_date BETWEEN local.day AND local.day + %(days)s
                GROUP BY local.partner_id""",
            days=abs(self.delay),
        )

    def _find_balance(self, company):
        """Everybody with points, on one day of the month: ``delay``, or the first."""
        return SQL(
            """SELECT local.partner_id, to_char(local.day, 'YYYY-MM') AS period,
                      NULL::varchar AS res_model, NULL::int AS res_id,
                      '{}'::jsonb AS payload
                 FROM local
                 JOIN loyalty_card card ON card.id = local.card_id
                WHERE card.points > 0 AND extract(day FROM local.day) = %(day)s""",
            day=max(self.delay, 1),
        )

    def _find_win_back(self, company):
        """Who bought last as many days ago, or some days more after a rest."""
        return SQL(
            """SELECT local.partner_id, max(move.date)::date::varchar AS period,
                      NULL::varchar AS res_model, NULL::int AS res_id,
                      '{}'::jsonb AS payload
                 FROM local
                 JOIN loyalty_point_move move ON move.card_id = local.card_id
                WHERE move.kind = 'earn'
                GROUP BY local.partner_id, local.day
               HAVING max(move.date)::date
                      BETWEEN local.day - %(days)s - %(more)s
                          AND local.day - %(days)s""",
            days=max(self.delay, 1),
            more=CATCH_UP_DAYS,
        )

    def _find_debt_reminder(self, company):
        """Invoices past their day by as many days, with what is still to pay."""
        base = company.get_base_url()
        return SQL(
            """SELECT local.partner_id, move.id::varchar AS period,
                      'account.move' AS res_model, move.id AS res_id,
                      jsonb_build_object('document', move.name,
                          'debt', move.amount_residual,
                          'due_date', move.invoice_date_due,
                          'pay_link', %(base)s || '/my/invoices/' || move.id) AS payload
                 FROM local
                 JOIN account_move move ON move.partner_id = local.partner_id
                WHERE move.company_id = %(company)s AND move.state = 'posted'
                  AND move.move_type IN ('out_invoice', 'out_receipt')
                  AND move.payment_state IN ('not_paid', 'partial')
                  AND move.amount_residual > 0
                  AND move.invoice_date_due
                      BETWEEN local.day - %(days)s - %(more)s
                          AND local.day - %(days)s""",
            base=base,
            company=company.id,
            days=self.delay,
            more=CATCH_UP_DAYS,
        )
