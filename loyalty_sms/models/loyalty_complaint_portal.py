from odoo import api, models
from odoo.exceptions import UserError

from ..engine.gateways.base import storable


class LoyaltyComplaint(models.Model):
    _inherit = "loyalty.complaint"

    @api.model
    def _open_by_customer(self, partner, subject, text):
        """Open a complaint that a customer wrote on the own page.

        :param partner: of the user who is signed in
        :raise UserError: something is left empty
        """
        subject = storable(subject or "", 1000).strip()
        text = storable(text or "", 10000).strip()
        if not subject or not text:
            raise UserError(
                self.env._("Write in a few words what it is about, and what happened.")
            )
        partner_sudo = partner.sudo()
        complaint_sudo = self.sudo().create(
            {
                "name": subject[:120],
                "description": text[:4000],
                "partner_id": partner_sudo.id,
                "company_id": self.env.company.id,
                "branch_id": partner_sudo.loyalty_branch_id.filtered(
                    lambda branch: branch.company_id == self.env.company
                ).id,
                "source": "portal",
            }
        )
        return complaint_sudo.with_env(self.env)

    def _state_for_customer(self):
        """How it stands, in the customer's words."""
        self.ensure_one()
        words = {
            "new": self.env._("Received"),
            "progress": self.env._("We are looking into it"),
            "waiting": self.env._("Waits for your answer"),
            "solved": self.env._("Solved"),
            "rejected": self.env._("Closed"),
        }
        return words[self.state]
