import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.constants import PAYMENT_METHODS, STOP_OPEN

STATE_OF = {"deliver": "delivered", "fail": "failed"}


class LoyaltyDeliveryDesk(models.TransientModel):
    """Confirm by paper: what a courier without a phone wrote on the route sheet."""

    _name = "loyalty.delivery.desk"
    _description = "Confirm by the route sheet"

    scanned = fields.Char("Scan or type the code", help="The QR of the route sheet.")
    stop_id = fields.Many2one(
        "loyalty.delivery.stop", "Delivery", compute="_compute_stop_id", store=True
    )
    currency_id = fields.Many2one(related="stop_id.currency_id")
    state = fields.Selection(related="stop_id.state", string="Status")
    address = fields.Text(related="stop_id.address")
    cod_due = fields.Monetary(related="stop_id.cod_due")
    outcome = fields.Selection(
        [("deliver", "Delivered"), ("fail", "Failed")],
        required=True,
        default="deliver",
    )
    collected = fields.Monetary(
        compute="_compute_collected", store=True, readonly=False
    )
    payment_method = fields.Selection(PAYMENT_METHODS, "Paid by", default="cash")
    reason_id = fields.Many2one("loyalty.delivery.reason", "Why")
    note = fields.Char()
    done = fields.Text("Confirmed so far", readonly=True)

    @api.depends("scanned")
    def _compute_stop_id(self):
        for desk in self:
            desk.stop_id = self.env["loyalty.delivery.stop"]._of_paper(desk.scanned)

    @api.depends("stop_id", "outcome")
    def _compute_collected(self):
        for desk in self:
            desk.collected = desk.stop_id.cod_due if desk.outcome == "deliver" else 0.0

    def action_confirm(self):
        """Confirm this one and wait for the next code."""
        self.ensure_one()
        stop = self.stop_id
        stop._check_dispatcher()
        self._check_confirmable()
        trip = stop.trip_id
        now = fields.Datetime.now()
        if trip.state in ("planned", "loaded"):
            trip._drive(now)
        event_sudo = self._log_event(now)
        stop._transition(
            STATE_OF[self.outcome],
            {
                "done_at": now,
                "arrived_at": stop.arrived_at or now,
                "cod_collected": self.collected,
                "payment_method": self.payment_method if self.collected else False,
                "reason_id": self.reason_id.id if self.outcome == "fail" else False,
                "note": self.note or stop.note,
                "done_event_id": event_sudo.id,
            },
        )
        line = f"{stop.display_name}: {dict(self._outcomes())[self.outcome]}"
        following = self.create({"done": "\n".join(filter(None, (line, self.done)))})
        return following._show()

    def _outcomes(self):
        return self._fields["outcome"]._description_selection(self.env)

    def _check_confirmable(self):
        if not self.stop_id:
            raise UserError(
                self.env._(
                    "No delivery has the code “%s”. Scan it again, or type the number"
                    " under the picture.",
                    self.scanned or "",
                )
            )
        if self.stop_id.state not in STOP_OPEN or not self.stop_id.trip_id:
            raise UserError(
                self.env._(
                    "%s is finished already or on no trip. Nothing was changed.",
                    self.stop_id.display_name,
                )
            )
        if self.outcome == "fail" and not self.reason_id:
            raise UserError(self.env._("Choose why it failed, then confirm."))

    def _log_event(self, now):
        """What was confirmed at the desk stands among what phones told."""
        stop = self.stop_id
        return (
            self.env["loyalty.delivery.event"]
            .sudo()
            .create(
                {
                    "client_uuid": str(uuid.uuid4()),
                    "kind": self.outcome,
                    "trip_id": stop.trip_id.id,
                    "stop_id": stop.id,
                    "company_id": stop.company_id.id,
                    "client_time": now,
                    "server_time": now,
                    "payload": {"desk": self.env.user.name, "cod": self.collected},
                    "outcome": "applied",
                }
            )
        )

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm by the route sheet"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
