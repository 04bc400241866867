from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class LoyaltyDeliverySettle(models.TransientModel):
    """Count a courier's cash without knowing how much there should be."""

    _name = "loyalty.delivery.settle"
    _description = "Settle a courier"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    courier_id = fields.Many2one(
        "loyalty.delivery.courier",
        required=True,
        domain="[('company_id', '=', company_id)]",
    )
    trip_ids = fields.Many2many(
        "loyalty.delivery.trip",
        string="Trips",
        compute="_compute_trip_ids",
        store=True,
        readonly=False,
        domain="[('courier_id', '=', courier_id), ('state', '=', 'returned')]",
    )
    till_name = fields.Char("Till", compute="_compute_till_name")
    note_ids = fields.One2many("loyalty.delivery.settle.note", "settle_id", "Notes")
    counted = fields.Monetary(
        compute="_compute_counted", store=True, readonly=False, required=True
    )
    settlement_id = fields.Many2one("loyalty.delivery.settlement", readonly=True)
    expected = fields.Monetary(related="settlement_id.expected")
    difference = fields.Monetary(related="settlement_id.difference")
    reason = fields.Char("Reason of the difference")

    @api.depends("courier_id")
    def _compute_trip_ids(self):
        for settle in self:
            back = self.env["loyalty.delivery.trip"].search(
                [
                    ("courier_id", "=", settle.courier_id.id),
                    ("state", "=", "returned"),
                    ("settlement_id", "=", False),
                ]
            )
            settle.trip_ids = [Command.set(back.ids)]

    @api.depends("company_id")
    def _compute_till_name(self):
        for settle in self:
            settle.till_name = settle.company_id._delivery_till(self.env.user).name

    @api.depends("note_ids.value", "note_ids.number")
    def _compute_counted(self):
        for settle in self:
            if settle.note_ids:
                settle.counted = sum(n.value * n.number for n in settle.note_ids)

    def action_count(self):
        """The cash is counted: from now on it is compared."""
        self.ensure_one()
        if not self.settlement_id:
            till = self.company_id._delivery_till(self.env.user)
            if not till:
                raise UserError(
                    self.env._(
                        "There is no till for the cash. A manager chooses one in the"
                        " settings of deliveries."
                    )
                )
            settlements = self.env["loyalty.delivery.settlement"]
            self.settlement_id = settlements._count(
                self.courier_id, self.trip_ids, self.counted, till, self._notes()
            )
        return self._reopen()

    def _notes(self):
        return ", ".join(f"{note.number} × {note.value:g}" for note in self.note_ids)

    def action_settle(self):
        """Book the cash and close the trips."""
        self.ensure_one()
        self.settlement_id._settle(self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.delivery.settlement",
            "res_id": self.settlement_id.id,
            "views": [(False, "form")],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle a courier"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
