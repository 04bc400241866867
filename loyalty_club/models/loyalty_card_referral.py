"""What a member earns by the purchases of referred friends."""

from odoo import models
from odoo.tools import float_round

from .loyalty_card_ledger import EARNING_KINDS


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _on_points_posted(self, moves):
        result = super()._on_points_posted(moves)
        earned = moves.filtered(
            lambda move: move.kind in EARNING_KINDS and move.res_id and move.points
        )
        referred = earned.filtered(lambda move: move.partner_id.loyalty_referrer_id)
        documents = {(m.card_id, m.res_model, m.res_id) for m in referred}
        for card, res_model, res_id in sorted(
            documents, key=lambda document: (document[0].id, *document[1:])
        ):
            card.sudo()._sync_referral(res_model, res_id)
        return result

    def _sync_referral(self, res_model, res_id):
        """Bring what a friend's document gave the referrer to what it should give.

        The rate is that of the referrer's tier at the first time, so that a refund
        takes back what was given.
        """
        referrer = self.program_id._card_of(self.partner_id.loyalty_referrer_id)
        if not referrer or referrer == self:
            return
        moves = self.env["loyalty.point.move"].sudo()
        document = [("res_model", "=", res_model), ("res_id", "=", res_id)]
        given = moves.search(
            [
                ("card_id", "=", referrer.id),
                ("counterpart_card_id", "=", self.id),
                ("kind", "=", "bonus"),
            ]
        )
        own = given.filtered(
            lambda move: move.res_model == res_model and move.res_id == res_id
        )
        earned = sum(
            moves.search(
                [*document, ("card_id", "=", self.id), ("kind", "in", EARNING_KINDS)]
            ).mapped("points")
        )
        known = (own or given)[:1].trace or {}
        rate = referrer.tier_id.referral_rate
        if own or earned < 0:
            rate = float(known.get("referral_rate", 0.0))
        target = float_round(
            earned * rate / 100, precision_digits=2, rounding_method="DOWN"
        )
        difference = round(target - sum(own.mapped("points")), 2)
        if not difference:
            return
        self._post_points(
            [
                referrer._entry(
                    "bonus",
                    difference,
                    res_model=res_model,
                    res_id=res_id,
                    counterpart_card_id=self.id,
                    allow_debt=True,
                    trace={
                        "referral_rate": rate,
                        "points": str(abs(difference)),
                        "base": str(abs(difference)),
                        "factors": [],
                    },
                    reason=self.env._("By a friend's purchase"),
                )
            ]
        )
