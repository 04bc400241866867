from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyDeliveryTrip(models.Model):
    """What a dispatcher does with a trip by its buttons."""

    _inherit = "loyalty.delivery.trip"

    done_count = fields.Integer(compute="_compute_progress")
    load_kg = fields.Float("Load, kg", compute="_compute_progress")
    cod_due = fields.Monetary("To collect", compute="_compute_progress")

    @api.depends("stop_ids.state", "stop_ids.weight_kg", "stop_ids.cod_due")
    def _compute_progress(self):
        for trip in self:
            stops = trip.stop_ids.filtered(lambda stop: stop.state != "cancelled")
            trip.done_count = len(stops.filtered("done_at"))
            trip.load_kg = sum(stops.mapped("weight_kg"))
            trip.cod_due = sum(stops.mapped("cod_due"))

    def _step(self, state, values=None):
        self._check_dispatcher()
        self.check_access("write")
        changed = self._transition(state, values)
        self._board_changed(changed, changed.stop_ids)
        return changed

    def action_release(self):
        """The courier sees the trip, customers hear when they are visited."""
        empty = self.filtered(lambda trip: not trip.stop_ids)
        if empty:
            raise UserError(
                self.env._(
                    "Trip %(trip)s has no deliveries: plan some into it first.",
                    trip=", ".join(empty.mapped("name")),
                )
            )
        self._step("planned")

    def action_draft(self):
        """Take it back from the courier, to plan it again."""
        self._step("draft")

    def action_loaded(self):
        """The goods are in the vehicle."""
        self._step("loaded")

    def action_start(self):
        """Left the depot, for a courier who has no phone to tell it."""
        self._check_dispatcher()
        self.check_access("write")
        now = fields.Datetime.now()
        for trip in self:
            trip._transition("en_route", {"started_at": now})
            trip.stop_ids.filtered(lambda s: s.state == "planned")._transition("out")
        self._board_changed(self, self.stop_ids)

    def action_return(self):
        """Back at the depot, for a courier who has no phone to tell it."""
        open_stops = self.stop_ids.filtered(lambda s: s.state in ("out", "arrived"))
        if open_stops:
            raise UserError(
                self.env._(
                    "%(stops)s is not finished yet. Say how it went, or take it out of"
                    " the trip first.",
                    stops=", ".join(open_stops.mapped("display_name")),
                )
            )
        self._step("returned", {"returned_at": fields.Datetime.now()})

    def action_cancel(self):
        """Nobody drives it; its deliveries are ready for other trips."""
        self._check_dispatcher()
        self.check_access("write")
        for trip in self:
            trip.stop_ids.filtered(lambda s: s.state == "planned")._leave_route()
        self._step("cancelled")

    def action_times(self):
        """Count the times of the routes again, after hours or places changed."""
        self._check_dispatcher()
        self.check_access("write")
        self._renumber()
        self._recompute_times()
        self._board_changed(self, self.stop_ids)

    def action_stops(self):
        """The deliveries of the trips in the order of the route."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries of the trip"),
            "res_model": "loyalty.delivery.stop",
            "view_mode": "list,form",
            "domain": [("trip_id", "in", self.ids)],
        }
