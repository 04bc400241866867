"""What an order or an invoice tells the customer about the club."""

from odoo import models
from odoo.tools.misc import formatLang


class LoyaltyFactsMixin(models.AbstractModel):
    """Documents of members: facts to print, ways to the card and to spending."""

    _name = "loyalty.facts.mixin"
    _description = "Loyalty facts of a document"

    def _loyalty_facts(self):
        """``[(label, text)]`` for the block printed on the document, empty for others.

        In the language of the environment; other addons append to it.
        """
        self.ensure_one()
        if not self.loyalty_card_id:
            return []
        env, number = self.env, self._loyalty_number
        earned, spent = self.loyalty_points_earned, self._loyalty_spent()
        if earned < 0:
            first = (env._("Points taken back"), number(-earned))
        else:
            first = (env._("Points for this purchase"), number(earned))
        facts = [first] if earned else []
        if pending := self._loyalty_pending():
            facts.append((env._("of these pending"), number(pending)))
        if spent:
            facts.append((env._("Paid with points"), number(spent)))
        facts.append((env._("Your balance"), number(self.loyalty_balance)))
        if self.loyalty_progress:
            tier = self.loyalty_card_id.sudo().tier_id.name
            facts.append((tier or env._("Next tier"), self.loyalty_progress))
        return facts

    def _loyalty_spent(self):
        return self.loyalty_points_spent

    def _loyalty_pending(self):
        return 0.0

    def _loyalty_number(self, points):
        return formatLang(self.env, points, digits=0 if points == int(points) else 2)

    def action_view_member_card(self):
        """The card of the member who buys."""
        self.ensure_one()
        return self.loyalty_card_id.get_formview_action()

    def action_open_loyalty_spend(self):
        """The dialog that pays with points."""
        self.ensure_one()
        field = "order_id" if self._name == "sale.order" else "move_id"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay with points"),
            "res_model": "loyalty.points.spend",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{field}": self.id},
        }
