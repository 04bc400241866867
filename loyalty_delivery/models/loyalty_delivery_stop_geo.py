from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.roads import address as spelling


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    geo_address_id = fields.Many2one(
        "loyalty.delivery.geo.address",
        "Known address",
        readonly=True,
        index="btree_not_null",
        copy=False,
    )

    def action_locate(self):
        """Look for the positions, also of deliveries that have one by now."""
        self.check_access("write")
        self._locate()
        unknown = self.filtered(lambda stop: stop.geo_quality in ("zip", "none"))
        if not unknown:
            return False
        if len(unknown) == len(self) == 1:
            message = self.env._(
                "The position of %(stop)s is not known better than this yet. Set it on"
                " the map, or wait for the address service.",
                stop=self.display_name,
            )
        else:
            message = self.env._(
                "%(unknown)s of %(all)s positions are not known to the street yet. Set"
                " them on the map, or wait for the address service.",
                unknown=len(unknown),
                all=len(self),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _locate(self):
        """Set positions from what is known here, and queue the others.

        Nobody outside is asked meanwhile: pins, deliveries of the past, the list of
        addresses, road networks, the customer's record and the middle of the area, in
        this order. A constant number of queries for any number of deliveries.
        """
        for company, stops in self.grouped("company_id").items():
            stops = stops.filtered(lambda stop: not stop._is_pinned_here())
            texts = {stop: stop._geo_text() for stop in stops}
            address = self.env["loyalty.delivery.geo.address"]
            records = address._of(
                company,
                {text: stop._geo_area() for stop, text in texts.items() if text},
            )
            for stop, text in texts.items():
                known = records.get(text) or address
                if stop.geo_address_id != known:
                    stop.sudo().geo_address_id = known
            address.browse({record.id for record in records.values()}).sudo()._find()
            for stop in stops:
                stop._take_place(stop.geo_address_id)
            stops._tell_customers()

    def _is_pinned_here(self):
        """Whether the position was set by hand, for this very address."""
        if self.geo_quality != "manual":
            return False
        known, text = self.geo_address_id, self._geo_text()
        return not (known and text) or known.key == spelling.key(text)

    def _geo_partner(self):
        return self.address_id or self.partner_id

    def _geo_text(self):
        """The address to look for, as it is written on the delivery."""
        self.ensure_one()
        if self.address and self.address.strip():
            return self.address.strip()
        partner = self._geo_partner()
        parts = [
            partner.street,
            " ".join(filter(None, [partner.zip, partner.city])),
            partner.country_id.name,
        ]
        return ", ".join(filter(None, parts)) if partner.street else ""

    def _geo_area(self):
        partner = self._geo_partner()
        return {
            "zip": partner.zip,
            "city": partner.city,
            "country_id": partner.country_id.id or self.company_id.country_id.id,
        }

    def _take_place(self, address):
        """Copy the position of an address, where it differs."""
        self.ensure_one()
        values = {"geo_quality": address.quality or "none"}
        if values["geo_quality"] != "none":
            values |= {"latitude": address.latitude, "longitude": address.longitude}
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _pin(self, latitude, longitude):
        """Set the position by hand; it is remembered for the address.

        :raise UserError: this is no place on earth
        """
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or not (
            latitude or longitude
        ):
            raise UserError(
                self.env._(
                    "%(latitude)s, %(longitude)s is not a place: latitude goes from -90"
                    " to 90, longitude from -180 to 180.",
                    latitude=latitude,
                    longitude=longitude,
                )
            )
        self.write(
            {"latitude": latitude, "longitude": longitude, "geo_quality": "manual"}
        )
        for stop in self:
            address_sudo = stop._ensure_address().sudo()
            address_sudo._place_at((latitude, longitude), "manual", "pin")
            address_sudo._show_on_stops()

    def _learn(self, latitude, longitude, accuracy):
        """Note where the courier was when this was delivered.

        :param accuracy: metres, as the phone tells
        :return: whether the address is now known from deliveries
        """
        self.ensure_one()
        if not (latitude or longitude):
            return False
        address_sudo = self._ensure_address().sudo()
        if not address_sudo:
            return False
        return address_sudo._learn(latitude, longitude, accuracy, self.id)

    def _on_transition(self, old_states):
        """A door is learned from where its deliveries are confirmed."""
        result = super()._on_transition(old_states)
        for stop in self:
            event = stop.done_event_id
            if stop.state in ("delivered", "partial") and event:
                stop._learn(event.latitude, event.longitude, event.accuracy_m)
        return result

    def _ensure_address(self):
        self.ensure_one()
        text, known = self._geo_text(), self.geo_address_id
        if text and known.key != spelling.key(text):
            found = self.env["loyalty.delivery.geo.address"]._of(
                self.company_id, {text: self._geo_area()}
            )
            self.sudo().geo_address_id = found.get(text)
        return self.geo_address_id

    def _tell_customers(self):
        """Write a good position on customers who have none, and whose address it is."""
        for stop in self:
            partner = stop._geo_partner()
            if (
                stop.geo_quality in ("learned", "house")
                and partner
                and not (partner.partner_latitude or partner.partner_longitude)
                and stop._is_partner_address()
            ):
                partner.sudo().write(
                    {
                        "partner_latitude": stop.latitude,
                        "partner_longitude": stop.longitude,
                    }
                )

    def _is_partner_address(self):
        """Whether the delivery goes to the address of its customer."""
        street = (self._geo_partner().street or "").strip().casefold()
        text = self._geo_text().casefold()
        return bool(street) and street in text
