from odoo import api, models
from odoo.exceptions import AccessError

# A place in a slot and what it earns are taken among what is offered.
CHOSEN = {
    "delivery_slot_id",
    "delivery_slot_date",
    "delivery_slot_until",
    "delivery_slot_best",
    "delivery_slot_points",
}


class SaleOrder(models.Model):
    """Who may write an order takes a delivery time by choosing it, not by writing."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        told = {name for values in vals_list for name in values}
        given = {name.removeprefix("default_") for name in self.env.context}
        self._check_chosen(told | given)
        return super().create(vals_list)

    def write(self, vals):
        self._check_chosen(vals.keys())
        return super().write(vals)

    def _check_chosen(self, names):
        """:raise AccessError: somebody writes the choice, its place or its points"""
        if not self.env.su and CHOSEN & set(names):
            raise AccessError(
                self.env._(
                    "The delivery time of an order is chosen among the free ones: use"
                    " the button for it."
                )
            )
