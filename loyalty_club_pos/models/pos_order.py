from odoo import models
from odoo.tools import float_compare

from odoo.addons.loyalty_club.models.origin import origin


class PosOrder(models.Model):
    _inherit = "pos.order"

    def confirm_coupon_programs(self, coupon_data):
        """Post what a till reports to the ledger, under a lock on the cards.

        The customer has left the shop by then, and the till may have been offline:
        points that are not there any more become a debt, which a manager is told of.
        """
        cards = self.env["loyalty.card"].sudo()
        cards = cards.browse(int(key) for key in coupon_data if int(key) > 0).exists()
        cards = cards.filtered("is_ledger")
        cards._lock_points()
        before = {card: card.points for card in cards}
        with origin("pos.order", self.id, settled=True):
            result = super().confirm_coupon_programs(coupon_data)
        for card, points in before.items():
            if float_compare(card.points, min(points, 0.0), precision_digits=2) < 0:
                self._loyalty_report_debt(card)
        return result

    def _loyalty_report_debt(self, card):
        managers = self.env.ref("loyalty_club.group_loyalty_manager").sudo()
        manager = managers.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )[:1]
        card.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=manager.id or self.env.uid,
            summary=self.env._("Points spent twice at the till"),
            note=self.env._(
                "%(order)s spent points that had been spent already; %(member)s now"
                " owes %(points)s points.",
                order=self.display_name,
                member=card.display_name,
                points=-card.points,
            ),
        )
