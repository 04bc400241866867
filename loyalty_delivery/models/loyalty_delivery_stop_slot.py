"""Deliveries in a slot: their time, and the points for choosing it."""

from odoo import api, fields, models

from ..engine import slots


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    slot_best = fields.Boolean(
        "Of the places kept for the best tiers", readonly=True, copy=False
    )
    flex_points = fields.Integer(
        "Points for the slot",
        readonly=True,
        copy=False,
        help="Given to the customer when it is delivered.",
    )

    @api.model
    def _prepare_values(self, key, pickings, orders):
        values = super()._prepare_values(key, pickings, orders)
        if values["slot_id"]:
            values["slot_best"] = any(orders.mapped("delivery_slot_best"))
            values["flex_points"] = max(orders.mapped("delivery_slot_points"))
        return values

    def _take_slot(self, order):
        """The customer chose another time: what is not driven yet moves there."""
        slot, day = order.delivery_slot_id, order.delivery_slot_date
        tz = slot.zone_id._tz()
        for stop in self.filtered(lambda s: s.state in ("draft", "ready", "planned")):
            if stop.state == "planned":
                stop._transition("ready", {"trip_id": False, "sequence": 0})
            start = slots.moment(day, slot.hour_from, tz)
            end = slots.moment(day, slot.hour_to, tz)
            stop.write(
                {
                    "slot_id": slot.id,
                    "date": day,
                    "window_start": start,
                    "window_end": end,
                    "promised_start": start,
                    "promised_end": end,
                    "slot_best": order.delivery_slot_best,
                    "flex_points": order.delivery_slot_points,
                }
            )

    def write(self, vals):
        """Another slot or another day brings its own time."""
        alone = {"slot_id", "date"} & set(vals) and not (
            {"window_start", "window_end", "state"} & set(vals)
        )
        days = {stop: stop.date for stop in self} if alone else {}
        result = super().write(vals)
        for stop, day in days.items():
            if stop.slot_id:
                stop._onchange_slot_id()
            elif stop.window_start and stop.date != day:
                shift = stop.date - day
                stop.write(
                    {
                        "window_start": stop.window_start + shift,
                        "window_end": stop.window_end and stop.window_end + shift,
                    }
                )
        return result

    @api.onchange("slot_id", "date")
    def _onchange_slot_id(self):
        slot = self.slot_id
        if slot and self.date:
            tz = slot.zone_id._tz()
            self.window_start = slots.moment(self.date, slot.hour_from, tz)
            self.window_end = slots.moment(self.date, slot.hour_to, tz)

    # -- points -----------------------------------------------------------------------
    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        stops = self.browse([stop.id for stop in old_states])
        stops.filtered("flex_points")._post_flex_points()
        return result

    def _post_flex_points(self):
        """Give the points for what was delivered, take them back for what was not.

        The key names the delivery and how often that was corrected: a repeated event
        posts nothing.
        """
        moves_sudo = self.env["loyalty.point.move"].sudo()
        posted = moves_sudo.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("key", "=like", "delivery-flex:%"),
            ]
        ).grouped("res_id")
        for stop in self.sudo():
            club = stop.company_id._loyalty_club()
            card = club and club._card_of(stop.partner_id)
            if not card or not card.active:
                continue
            moves = posted.get(stop.id, moves_sudo)
            given = sum(moves.mapped("points"))
            is_due = stop.state in ("delivered", "partial")
            wanted = stop.flex_points if is_due else 0.0
            if wanted == given:
                continue
            card._post_points(
                [
                    card._entry(
                        "bonus",
                        wanted - given,
                        res_model=stop._name,
                        res_id=stop.id,
                        company_id=stop.company_id.id,
                        allow_debt=wanted < given,
                        reason=self.env._("Delivery time of %s", stop.name),
                        key=f"delivery-flex:{stop.id}:{len(moves)}",
                    )
                ]
            )
