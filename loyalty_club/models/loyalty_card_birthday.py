from calendar import isleap
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

# Birthdays on which the server rested; the key of the year keeps each gift once.
CATCH_UP_DAYS = 3


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model
    def _cron_birthday_gifts(self, batch_size=500):
        """Give today's birthday children the gift of their tier, once a year."""
        for program in (
            self.env["loyalty.program"]
            .sudo()
            .search([("is_club", "=", True), ("tier_ids.birthday_points", ">", 0)])
        ):
            today = program._today()
            for days_ago in range(CATCH_UP_DAYS, -1, -1):
                day = today - timedelta(days_ago)
                self._give_birthday_gifts(program, day, batch_size)

    @api.model
    def _give_birthday_gifts(self, program, today, batch_size):
        domain = self._birthday_domain(program, today)
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=self.search_count(domain))
        last_id, failures = 0, 0
        while left and failures < 5:
            cards = self.search(
                domain & Domain("id", ">", last_id), limit=batch_size, order="id"
            )
            if not cards:
                break
            try:
                cards._post_birthday_gifts(today)
                self.env.flush_all()
                last_id, failures = cards[-1].id, 0
                left = commit(len(cards))
            except (SerializationFailure, ConcurrencyError):
                self.env.cr.rollback()
                failures += 1
            self.env.invalidate_all()

    @api.model
    def _birthday_domain(self, program, today):
        """Members born on the day; on 28 February also those of the 29th, at need."""
        days = [today.day]
        if (today.month, today.day) == (2, 28) and not isleap(today.year):
            days.append(29)
        return Domain(
            [
                ("program_id", "=", program.id),
                ("state", "!=", "closed"),
                ("tier_id.birthday_points", ">", 0),
                ("partner_id.birthday.month_number", "=", today.month),
                ("partner_id.birthday.day_of_month", "in", days),
            ]
        )

    def _post_birthday_gifts(self, today):
        entries = []
        for card in self:
            tier = card.tier_id
            last_day = None
            if tier.birthday_points_days:
                last_day = today + timedelta(tier.birthday_points_days)
            entries.append(
                card._entry(
                    "bonus",
                    tier.birthday_points,
                    key=f"birthday:{today.year}:{card.id}",
                    day=today,
                    expiration_date=last_day,
                    reason=self.env._("Birthday gift"),
                )
            )
        for move in self._post_points(entries):
            if move.kind == "bonus":
                move.partner_id._loyalty_notify(
                    "birthday",
                    {
                        "points": move.points,
                        "valid_until": str(move.lot_id.expiration_date or ""),
                    },
                )
