from odoo import models
from odoo.exceptions import UserError


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _adjust_points(
        self, points, reason, *, key, expiration_date=None, document=None
    ):
        """Post a correction by hand; it never makes a debt.

        :param points: signed
        :param key: the correction is posted once
        :param document: the record that asked for it, if one is kept
        :return: the ledger rows written
        """
        self.ensure_one()
        if self.state == "closed":
            raise UserError(self._blocked_message())
        return self._post_points(
            [
                self._entry(
                    "adjust",
                    points,
                    reason=reason,
                    key=key,
                    expiration_date=expiration_date or None,
                    res_model=document._name if document else None,
                    res_id=document.id if document else None,
                )
            ]
        )

    def _needs_approval(self, points):
        """Whether a second person must approve a correction by this user."""
        self.ensure_one()
        limit = self.sudo().program_id.adjust_limit
        own = self.sudo().partner_id in (
            self.env.user.partner_id | self.env.user.partner_id.commercial_partner_id
        )
        return own or round(abs(points), 2) > limit

    def action_adjust(self):
        """Open the dialog that corrects the points of this card."""
        return self._open_dialog("loyalty.card.adjust", self.env._("Correct points"))

    def action_transfer(self):
        """Open the dialog that transfers points to another member."""
        return self._open_dialog(
            "loyalty.points.transfer", self.env._("Transfer points")
        )

    def action_replace(self):
        """Open the dialog that gives this card a new code."""
        return self._open_dialog("loyalty.card.replace", self.env._("Replace the card"))

    def action_set_tier(self):
        """Open the dialog that gives a tier by hand."""
        return self._open_dialog("loyalty.tier.set", self.env._("Set the tier by hand"))

    def _open_dialog(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_card_id": self.id},
        }
