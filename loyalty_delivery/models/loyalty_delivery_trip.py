from odoo import api, fields, models
from odoo.exceptions import UserError

from .constants import PROFILES, TRIP_SOURCES, TRIP_STATES


class LoyaltyDeliveryTrip(models.Model):
    """A courier's route on a day: its stops in order, planned and as driven."""

    _name = "loyalty.delivery.trip"
    _description = "Delivery trip"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, planned_start, id"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    state = fields.Selection(
        TRIP_STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    courier_id = fields.Many2one(
        "loyalty.delivery.courier",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    depot_id = fields.Many2one(
        "loyalty.delivery.depot", required=True, check_company=True
    )
    profile = fields.Selection(
        PROFILES, "Means of transport", required=True, default="car"
    )
    vehicle_name = fields.Char("Vehicle")
    stop_ids = fields.One2many("loyalty.delivery.stop", "trip_id", "Stops")
    stop_count = fields.Integer(compute="_compute_stop_count")
    planned_start = fields.Datetime(copy=False)
    planned_end = fields.Datetime(copy=False)
    started_at = fields.Datetime("Left", readonly=True, copy=False)
    returned_at = fields.Datetime("Back", readonly=True, copy=False)
    planned_m = fields.Integer("Planned metres", readonly=True, copy=False)
    planned_s = fields.Integer("Planned seconds", readonly=True, copy=False)
    matrix_source = fields.Char("Distances from", readonly=True, copy=False)
    geometry = fields.Json(
        readonly=True,
        copy=False,
        help="Lines of the route on the map, one list of places a leg.",
    )
    version = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="Counts changes of the route: who plans on an older one is refused.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        unnamed = [values for values in vals_list if not values.get("name")]
        numbers = self.env["ir.sequence"]._next_of_code(self._name, len(unnamed))
        for values, number in zip(unnamed, numbers, strict=True):
            values["name"] = number
        return super().create(vals_list)

    def _compute_stop_count(self):
        counts = dict(
            self.env["loyalty.delivery.stop"]._read_group(
                [("trip_id", "in", self.ids)], ["trip_id"], ["__count"]
            )
        )
        for trip in self:
            trip.stop_count = counts.get(trip, 0)

    def _transition(self, state, values=None):
        """Go to another state, with ``values`` written at the same time.

        Trips that are in ``state`` already stay as they are.

        :return: the trips that changed
        :raise UserError: nothing is changed when one of them may not
        """
        changing = self.filtered(lambda trip: trip.state != state)
        for trip in changing:
            if trip.state not in TRIP_SOURCES[state]:
                names = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "Trip %(trip)s is “%(now)s” and cannot become “%(wanted)s”.",
                        trip=trip.name,
                        now=names[trip.state],
                        wanted=names[state],
                    )
                )
        old_states = {trip: trip.state for trip in changing}
        changing.check_access("write")
        changing.sudo().write({**(values or {}), "state": state})
        changing._on_transition(old_states)
        return changing

    def _on_transition(self, old_states):
        """The states changed; for addons and other files to extend.

        :param old_states: ``{trip: state before}``
        """
