from odoo import api, fields, models

from .constants import BOOKERS

SETTLED = ("settled", "cancelled")


class LoyaltyDeliveryCourier(models.Model):
    """The cash a courier carries until it is handed in."""

    _inherit = "loyalty.delivery.courier"

    # Not for cashiers: they count before they know.
    cash_carried = fields.Monetary(
        "Carries", compute="_compute_cash_carried", compute_sudo=True, groups=BOOKERS
    )

    @api.depends_context("uid")
    def _compute_cash_carried(self):
        carried = dict(
            self.env["loyalty.delivery.stop"]._read_group(
                [
                    ("courier_id", "in", self.ids),
                    ("trip_id.state", "not in", SETTLED),
                    ("payment_method", "=", "cash"),
                ],
                ["courier_id"],
                ["cod_collected:sum"],
            )
        )
        for courier in self:
            courier.cash_carried = carried.get(courier, 0.0)

    def _check_cash(self):
        """Tell the dispatcher when somebody carries more than allowed, or no more."""
        alerts = self.env["loyalty.delivery.alert"]
        for courier_sudo in self.sudo():
            courier_sudo.invalidate_recordset(["cash_carried"])
            money = courier_sudo.currency_id
            limit = courier_sudo.cash_limit
            carried = courier_sudo.cash_carried
            if limit and money.compare_amounts(carried, limit) > 0:
                alerts._raise(
                    "cash_limit",
                    courier=courier_sudo,
                    detail=self.env._(
                        "%(carried)s, allowed are %(limit)s",
                        carried=money.format(carried),
                        limit=money.format(limit),
                    ),
                )
            else:
                alerts._resolve("cash_limit", couriers=courier_sudo)
