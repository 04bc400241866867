from odoo import api, fields, models
from odoo.exceptions import UserError

from .constants import (
    GEO_QUALITIES,
    LOCKS,
    PAYMENT_METHODS,
    PRIORITIES,
    STOP_SOURCES,
    STOP_STATES,
)


class LoyaltyDeliveryStop(models.Model):
    """A delivery to one door: the journal of deliveries.

    Who, where, when and how much are a copy made for the courier: what changes later
    on the customer or the order does not change what was agreed and driven.
    """

    _name = "loyalty.delivery.stop"
    _description = "Delivery"
    _order = "date desc, trip_id, sequence, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    attempt_no = fields.Integer("Attempt", default=1, readonly=True, copy=False)
    previous_stop_id = fields.Many2one(
        "loyalty.delivery.stop", "Attempt before", readonly=True, copy=False, index=True
    )
    state = fields.Selection(
        STOP_STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    depot_id = fields.Many2one("loyalty.delivery.depot", check_company=True)

    # What is delivered.
    picking_ids = fields.Many2many(
        "stock.picking",
        "loyalty_delivery_stop_picking_rel",
        "stop_id",
        "picking_id",
        "Transfers",
        copy=False,
        check_company=True,
    )
    sale_ids = fields.Many2many(
        "sale.order",
        "loyalty_delivery_stop_sale_rel",
        "stop_id",
        "order_id",
        "Orders",
        copy=False,
        check_company=True,
    )
    items = fields.Text("Contents", help="What the courier hands over, a line each.")
    weight_kg = fields.Float("Weight, kg", digits="Stock Weight")
    volume_m3 = fields.Float("Volume, m³", digits="Volume")
    parcels = fields.Integer(default=1)
    amount_total = fields.Monetary("Amount")
    cod_due = fields.Monetary("To collect", help="What the customer pays at the door.")
    cod_collected = fields.Monetary("Collected", readonly=True, copy=False)
    payment_method = fields.Selection(
        PAYMENT_METHODS, "Paid by", readonly=True, copy=False
    )
    fee_amount = fields.Monetary(
        "Delivery price", help="What the customer pays for it."
    )
    perk_amount = fields.Monetary(
        "Given by the tier", help="What the delivery would have cost without the tier."
    )

    # To whom and where.
    partner_id = fields.Many2one("res.partner", "Customer", index=True)
    contact_name = fields.Char()
    phone = fields.Char()
    address = fields.Text()
    door_note = fields.Char(help="Entrance, floor, code, where to leave it.")
    latitude = fields.Float(digits=(10, 7))
    longitude = fields.Float(digits=(10, 7))
    geo_quality = fields.Selection(
        GEO_QUALITIES, "Position", required=True, default="none", readonly=True
    )
    zone_id = fields.Many2one(
        "loyalty.delivery.zone", index="btree_not_null", check_company=True
    )
    tier_id = fields.Many2one("loyalty.tier", readonly=True)

    # When.
    slot_id = fields.Many2one(
        "loyalty.delivery.slot", index="btree_not_null", check_company=True
    )
    window_start = fields.Datetime("Not before")
    window_end = fields.Datetime("Not after")
    promised_start = fields.Datetime(
        readonly=True, copy=False, help="What the customer was told first."
    )
    promised_end = fields.Datetime(readonly=True, copy=False)
    service_s = fields.Integer("Seconds at the door", default=300)
    priority = fields.Selection(PRIORITIES, required=True, default="0")

    # By whom, and how it went.
    trip_id = fields.Many2one(
        "loyalty.delivery.trip", index="btree_not_null", copy=False, check_company=True
    )
    courier_id = fields.Many2one(
        related="trip_id.courier_id", store=True, index="btree_not_null"
    )
    sequence = fields.Integer("Place in the route", copy=False)
    lock = fields.Selection(LOCKS, required=True, default="none", copy=False)
    leg_m = fields.Integer("Metres to it", readonly=True, copy=False)
    leg_s = fields.Integer("Seconds to it", readonly=True, copy=False)
    plan_eta = fields.Datetime("Planned arrival", readonly=True, copy=False)
    eta = fields.Datetime("Expected arrival", readonly=True, copy=False)
    arrived_at = fields.Datetime("Arrived", readonly=True, copy=False)
    done_at = fields.Datetime("Finished", readonly=True, copy=False)
    reason_id = fields.Many2one("loyalty.delivery.reason", readonly=True, copy=False)
    note = fields.Char("Courier's note", readonly=True, copy=False)
    signed_by = fields.Char(readonly=True, copy=False)

    _name_attempt_uniq = models.Constraint(
        "UNIQUE(name, attempt_no, company_id)",
        "Each attempt of a delivery has its own number.",
    )
    _window = models.Constraint(
        "CHECK (window_end > window_start)", "A window ends after it begins."
    )
    _place = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude goes from -90 to 90, longitude from -180 to 180.",
    )
    _cod = models.Constraint(
        "CHECK (cod_collected BETWEEN 0 AND 1e12 AND cod_due BETWEEN 0 AND 1e12)",
        "What a courier collects is not negative, and less than a million millions.",
    )
    _day_idx = models.Index("(company_id, date, state)")
    _route_idx = models.Index("(trip_id, sequence) WHERE trip_id IS NOT NULL")
    _open_idx = models.Index(
        "(company_id, date)"
        " WHERE state IN ('draft', 'ready', 'planned', 'out', 'arrived')"
    )

    @api.model_create_multi
    def create(self, vals_list):
        unnamed = [values for values in vals_list if not values.get("name")]
        sequence = self.env["ir.sequence"]
        for values in unnamed:
            values["name"] = sequence.next_by_code("loyalty.delivery.stop")
        return super().create(vals_list)

    @api.depends("name", "attempt_no")
    def _compute_display_name(self):
        for stop in self:
            stop.display_name = (
                f"{stop.name}/{stop.attempt_no}" if stop.attempt_no > 1 else stop.name
            )

    def _transition(self, state, values=None):
        """Go to another state, with ``values`` written at the same time.

        Deliveries that are in ``state`` already stay as they are.

        :return: the deliveries that changed
        :raise UserError: nothing is changed when one of them may not
        """
        changing = self.filtered(lambda stop: stop.state != state)
        for stop in changing:
            if stop.state not in STOP_SOURCES[state]:
                names = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "Delivery %(stop)s is “%(now)s” and cannot become"
                        " “%(wanted)s”.",
                        stop=stop.display_name,
                        now=names[stop.state],
                        wanted=names[state],
                    )
                )
        old_states = {stop: stop.state for stop in changing}
        changing.check_access("write")
        changing.sudo().write({**(values or {}), "state": state})
        changing._on_transition(old_states)
        return changing

    def _on_transition(self, old_states):
        """The states changed; for addons and other files to extend.

        :param old_states: ``{stop: state before}``
        """
