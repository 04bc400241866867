"""Whether a delivery can be planned, and how much it matters that it is."""

import re

from odoo import api, fields, models

from .constants import GEO_GOOD, STOP_STATES

# What readiness depends on; other parts write these too.
READY_FIELDS = {
    "latitude",
    "longitude",
    "geo_quality",
    "window_start",
    "window_end",
    "depot_id",
    "address",
}
# What leaving a delivery out is worth, against Problem's cost of a day.
PRIZE = 1_000_000
PRIZE_OF_PRIORITY = {"0": 0, "1": 2_000_000, "2": 10_000_000}


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    address_id = fields.Many2one(
        "res.partner",
        "Delivery address",
        index="btree_not_null",
        help="The door note is remembered for this address.",
    )
    cancel_reason = fields.Char("Why it was cancelled", readonly=True, copy=False)
    missing = fields.Text(
        compute="_compute_missing", help="What must be filled in before it is planned."
    )
    prize = fields.Integer(
        compute="_compute_prize",
        store=True,
        help="The planner leaves out deliveries with a low figure first when a day is"
        " too full.",
    )
    phone_digits = fields.Char(
        compute="_compute_phone_digits", store=True, index="trigram"
    )
    phone_search = fields.Char(
        "Phone number", compute="_compute_phone_search", search="_search_phone_search"
    )

    @api.depends("priority", "attempt_no", "promised_end", "tier_id")
    def _compute_prize(self):
        for stop in self:
            tier_sudo = stop.tier_id.sudo()
            stop.prize = (
                PRIZE
                + PRIZE_OF_PRIORITY[stop.priority or "0"]
                + 500_000 * (tier_sudo.priority == "1")
                + 500_000 * bool(stop.promised_end)
                + 1_000_000 * min(max(stop.attempt_no - 1, 0), 3)
            )

    # -- phone ------------------------------------------------------------------------
    @api.depends("phone")
    def _compute_phone_digits(self):
        for stop in self:
            stop.phone_digits = re.sub(r"\D", "", stop.phone or "") or False

    def _compute_phone_search(self):
        for stop in self:
            stop.phone_search = stop.phone

    def _search_phone_search(self, operator, value):
        """Any notation: 091 23-45-67 finds +374 91 234567."""
        if operator not in ("ilike", "=", "like", "=ilike") or not isinstance(
            value, str
        ):
            return NotImplemented
        digits = re.sub(r"\D", "", value).lstrip("0")
        return [("phone_digits", "ilike", digits or "none")]

    # -- readiness --------------------------------------------------------------------
    @api.depends(*READY_FIELDS)
    def _compute_missing(self):
        for stop in self:
            stop.missing = "\n".join(stop._missing_parts()) or False

    def _missing_parts(self):
        self.ensure_one()
        parts = []
        if not self.address:
            parts.append(self.env._("The address: fill it in on the customer or here."))
        if self.geo_quality not in GEO_GOOD or not (self.latitude or self.longitude):
            parts.append(
                self.env._("The position: put the delivery's pin on the map by hand.")
            )
        if not self.window_start or not self.window_end:
            parts.append(self.env._("The time: not before and not after."))
        if not self.depot_id:
            parts.append(
                self.env._("The depot: set one up under Configuration, then choose it.")
            )
        return parts

    def _check_ready(self):
        """Drafts get ready when nothing is missing, and are drafts again when it is."""
        ready = self.filtered(lambda s: s.state == "draft" and not s.missing)
        ready._transition("ready")
        self.filtered(lambda s: s.state == "ready" and s.missing)._transition("draft")

    @api.model_create_multi
    def create(self, vals_list):
        """Deliveries made by hand, and by others without a state, are completed."""
        stops = super().create(vals_list)
        stops.browse(
            [
                stop.id
                for stop, values in zip(stops, vals_list, strict=True)
                if "state" not in values
            ]
        )._after_creation()
        return stops

    def write(self, vals):
        result = super().write(vals)
        if READY_FIELDS & set(vals) and "state" not in vals:
            if {"latitude", "longitude"} & set(vals):
                self.filtered(lambda stop: not stop.zone_id)._find_zones()
            self._check_ready()
        return result

    def _find_zones(self):
        """The zone of each by its position, or by the address's code and city."""
        zones = self.env["loyalty.delivery.zone"]
        for company, stops in self.grouped("company_id").items():
            found = zones._find_many(
                [
                    (
                        stop.latitude,
                        stop.longitude,
                        stop.address_id.zip,
                        stop.address_id.city,
                    )
                    for stop in stops
                ],
                company,
            )
            for stop, zone in zip(stops, found, strict=True):
                if zone:
                    stop.zone_id = zone
                    stop.service_s = zone.sudo().service_s

    # -- address ----------------------------------------------------------------------
    @api.model
    def _address_text(self, address):
        """One line: as a courier reads it, and as the place is looked for."""
        parts = (
            address.street,
            address.street2,
            address.zip,
            address.city,
        )
        return ", ".join(part.strip() for part in parts if part and part.strip())

    @api.model
    def _address_values(self, address, customer):
        return {
            "contact_name": address.name or customer.name,
            "phone": address.phone or customer.phone,
            "address": self._address_text(address),
            "door_note": address.delivery_note,
        }

    def _address_change(self):
        """What to write when the document goes to another address now."""
        self.ensure_one()
        address = (self.picking_ids.partner_id or self.sale_ids.partner_shipping_id)[:1]
        if not address or address == self.address_id:
            return {}
        return {
            "address_id": address.id,
            "latitude": 0.0,
            "longitude": 0.0,
            "geo_quality": "none",
            "zone_id": False,
            **self._address_values(address, self.partner_id),
        }

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id:
            key = self.partner_id.address_get(["delivery"])["delivery"]
            self.address_id = self.env["res.partner"].browse(key)

    @api.onchange("address_id")
    def _onchange_address_id(self):
        if self.address_id:
            self.update(self._address_values(self.address_id, self.partner_id))

    def _status_text(self):
        """“D00012 · On its way · 14:00–16:00”, empty without a delivery."""
        if not self:
            return False
        self.ensure_one()
        return f"{self.display_name} · {self._state_label()}"

    def _state_label(self):
        names = dict(self._fields["state"]._description_selection(self.env))
        return names.get(self.state, dict(STOP_STATES)[self.state])
