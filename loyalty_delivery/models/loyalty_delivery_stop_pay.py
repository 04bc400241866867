from decimal import Decimal

from odoo import fields, models

from ..engine import pay
from .constants import PAYERS


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    pay_line_ids = fields.One2many(
        "loyalty.delivery.pay.line",
        "stop_id",
        "Pay of the courier",
        readonly=True,
        groups=PAYERS,
    )

    def _to_pay(self):
        self.ensure_one()
        return pay.Stop(
            key=self.id,
            outcome=self.state,
            order=Decimal(str(self.amount_total)),
            fee=Decimal(str(self.fee_amount)),
            zone=self.zone_id.id or None,
            tier=self.tier_id.id or None,
            weight_kg=self.weight_kg,
            paid_attempt=not self.reason_id or self.reason_id.customer_fault,
        )
