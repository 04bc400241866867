"""What of a member's card may be written by hand, and by whom.

The ERP lets salespeople write cards, since its own flows write balances as the user who
sells. Clubs keep their balances in the ledger, so nobody needs that for members.
"""

from odoo import api, models
from odoo.exceptions import AccessError

from . import origin

# Kept by the ledger and by the tiers; a hand would only break them.
KEPT = {
    "pending_points",
    "lifetime_points",
    "ledger_length",
    "tier_id",
    "tier_since",
    "tier_metric_value",
    "tier_grace_until",
    "tier_locked",
    "tier_locked_until",
    "tier_lock_reason",
}
# Who holds the card, by which code, and whether it can be used.
IDENTITY = {"partner_id", "code", "state", "block_reason", "branch_id", "active"}


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and not origin.current():
            programs = self.env["loyalty.program"].sudo()
            for vals in vals_list:
                program = programs.browse(vals.get("program_id") or [])
                if program.is_club:
                    self._check_may_create_member(program, vals)
        return super().create(vals_list)

    def _check_may_create_member(self, program, vals):
        if KEPT & set(vals):
            self._raise_kept()
        points = vals.get("points") or 0.0
        if not points:
            return
        if not self._is_loyalty_officer() or abs(points) > program.adjust_limit:
            raise AccessError(
                self.env._(
                    "A new member of %s starts without points. Correct the points of"
                    " the card afterwards.",
                    program.name,
                )
            )

    def write(self, vals):
        """The server writes members' cards, officers their holder and code."""
        frame = origin.current()
        if not self.env.su and not frame and (KEPT | IDENTITY) & set(vals):
            members = self.sudo().filtered("is_club")
            if members and KEPT & set(vals):
                self._raise_kept()
            if members and not self._is_loyalty_officer():
                raise AccessError(
                    self.env._(
                        "Only loyalty officers change the holder, the code or the state"
                        " of the card of %s.",
                        members[0].partner_id.name or members[0].masked_code,
                    )
                )
        return super().write(vals)

    def _post_balance(self, target):
        if not self.env.su and not origin.current():
            for card in self.filtered("is_club"):
                if card._needs_approval(target - card.points):
                    raise AccessError(
                        self.env._(
                            "So large a correction of the points of %s needs a second"
                            " person. Use 'Correct points' on the card.",
                            card.display_name,
                        )
                    )
        return super()._post_balance(target)

    def _is_loyalty_officer(self):
        return self.env.user.has_group("loyalty_club.group_loyalty_officer")

    def _raise_kept(self):
        raise AccessError(
            self.env._(
                "Pending points and tiers of members are kept by the ledger. Use the"
                " buttons of the card instead."
            )
        )
