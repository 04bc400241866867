from decimal import Decimal

from odoo import fields, models

from ..engine import pay
from .constants import PAYERS, STOP_FINISHED


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
        """The delivery as the engine of pay wants it."""
        self.ensure_one()
        return self._pay_facts(self.state)

    def _to_pay_as_delivered(self):
        """The same before it is over: as if all goes well."""
        state = self.state if self.state in STOP_FINISHED else "delivered"
        return self._pay_facts(state)

    def _pay_facts(self, outcome):
        return pay.Stop(
            key=self.id,
            outcome=outcome,
            order=Decimal(str(self.amount_total)),
            fee=Decimal(str(self.fee_amount)),
            zone=self.zone_id.id or None,
            tier=self.tier_id.id or None,
            weight_kg=self.weight_kg,
            paid_attempt=not self.reason_id or self.reason_id.customer_fault,
        )
