from datetime import timedelta

from odoo import fields, models

from .constants import BOOKERS, STOP_FINISHED


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    delivered_lines = fields.Json(
        readonly=True,
        copy=False,
        help="What was handed over of a part delivery:"
        ' {"lines": [{"key": move, "qty": quantity}]}.',
    )
    booking_ids = fields.One2many(
        "loyalty.delivery.booking",
        "stop_id",
        "Bookings",
        readonly=True,
        groups=BOOKERS,
    )
    payment_ids = fields.One2many(
        "account.payment",
        "loyalty_delivery_stop_id",
        "Payments",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        stops = self.browse([stop.id for stop in old_states])
        finished = stops.filtered(lambda stop: stop.state in STOP_FINISHED)
        for due_at, some in finished.grouped(lambda s: s._book_from()).items():
            self.env["loyalty.delivery.booking"]._ask(some, "finish", due_at)
        (stops - finished)._forget_bookings()
        stops.filtered("cod_due").courier_id._check_cash()
        return result

    def _book_from(self):
        """When what was told of a delivery counts: after the time for corrections."""
        if self.undo_until:
            return self.undo_until
        minutes = self.company_id._delivery_undo_minutes()
        return (self.done_at or fields.Datetime.now()) + timedelta(minutes=minutes)

    def _forget_bookings(self):
        """What is open again is not booked; what was booked is taken back at once."""
        rows_sudo = (
            self.env["loyalty.delivery.booking"]
            .sudo()
            .search([("stop_id", "in", self.ids)])
        )
        rows_sudo.filtered(lambda row: row.state in ("waiting", "error"))._cancel()
        booked = rows_sudo.filtered(lambda row: row.state == "done").stop_id
        off_road = self & booked.with_env(self.env).filtered(
            lambda stop: stop.state not in ("planned", "out", "arrived")
        )
        undone = self & rows_sudo.filtered(
            lambda row: row.state == "done" and row.kind == "finish"
        ).stop_id.with_env(self.env)
        self.env["loyalty.delivery.booking"]._ask(
            off_road | undone, "finish", fields.Datetime.now()
        )

    def _next_attempt_on_road(self):
        """A later attempt that carries the same goods or has delivered them."""
        return self.search(
            [
                ("previous_stop_id", "=", self.id),
                ("trip_id", "=", self.trip_id.id),
                ("state", "in", ("planned", "out", "arrived", "delivered", "partial")),
            ],
            limit=1,
        )

    def _delivered_quantities(self):
        """What was handed over, ``{id of the move: quantity}``; None: nobody told."""
        lines = (self.delivered_lines or {}).get("lines")
        if lines is None:
            return None
        return {int(line["key"]): float(line["qty"]) for line in lines}

    def _photos(self):
        """The courier's photos that still count."""
        return self.env["loyalty.delivery.proof"].search(
            [
                ("stop_id", "=", self.id),
                ("kind", "=", "photo"),
                ("is_void", "=", False),
            ]
        )

    def _local_day(self):
        """The day at the depot on which the delivery was finished."""
        depot = self.depot_id or self.trip_id.depot_id
        moment = self.done_at or fields.Datetime.now()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=depot.tz or self.company_id.partner_id.tz), moment
        ).date()
