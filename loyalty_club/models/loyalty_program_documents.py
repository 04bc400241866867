"""From a club to its members and its ledger."""

from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    # Loyalty managers need no rights on orders to see how often a program was used.
    total_order_count = fields.Integer(compute_sudo=True)

    def action_open_loyalty_cards(self):
        """Members of a club open as members, other cards as the ERP shows them."""
        action = super().action_open_loyalty_cards()
        if not self.is_club:
            return action
        members = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_club.loyalty_card_action_members"
        )
        return {**members, "domain": [("program_id", "=", self.id)], "context": {}}

    def action_view_ledger(self):
        """What happened to the points of the program."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_club.loyalty_point_move_action"
        )
        return {**action, "domain": [("program_id", "=", self.id)], "context": {}}
