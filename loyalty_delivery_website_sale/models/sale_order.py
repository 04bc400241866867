from odoo import models
from odoo.exceptions import UserError, ValidationError

# A customer at the payment page keeps the place so long.
PAYMENT_MINUTES = 60


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _check_cart_is_ready_to_be_paid(self):
        """The delivery time is there, and its place is kept while it is paid."""
        super()._check_cart_is_ready_to_be_paid()
        if not self.is_own_courier or self.only_services or self.state == "sale":
            return
        paying = self.sudo().transaction_ids.filtered(
            lambda tx: tx.state in ("pending", "authorized", "done")
        )
        if paying:
            return
        if not self.delivery_slot_id:
            if self._delivery_offers():
                raise ValidationError(
                    self.env._("Choose a delivery time before you pay.")
                )
            return
        try:
            self._delivery_hold(PAYMENT_MINUTES)
        except UserError as error:
            raise ValidationError(str(error)) from error
