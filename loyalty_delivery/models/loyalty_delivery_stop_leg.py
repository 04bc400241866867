from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyDeliveryStop(models.Model):
    """Between cities: a leg that brings goods to another depot first."""

    _inherit = "loyalty.delivery.stop"

    leg_depot_id = fields.Many2one(
        "loyalty.delivery.depot",
        "Brings to depot",
        readonly=True,
        copy=True,
        check_company=True,
        help="This stop is a leg: what it carries is delivered from that depot.",
    )
    after_leg_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Waits for leg",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    onward_ids = fields.One2many(
        "loyalty.delivery.stop", "after_leg_id", "Delivered onward", readonly=True
    )

    def _send_by_leg(self, depot, date=None):
        """Bring these deliveries to ``depot`` by one leg for each depot they are at.

        :return: the legs, ready to be planned
        :raise UserError: one of them is driven already, or is there; nothing changes
        """
        for stop in self:
            if stop.state not in ("draft", "ready") or stop.depot_id == depot:
                raise UserError(
                    self.env._(
                        "%(stop)s cannot go to %(depot)s by a leg: it is planned or"
                        " driven already, or starts there.",
                        stop=stop.display_name,
                        depot=depot.name,
                    )
                )
        legs = self.browse()
        for origin, stops in self.grouped("depot_id").items():
            self.check_access("create")
            leg_sudo = self.sudo().create(
                stops._prepare_leg_values(origin, depot, date)
            )
            leg = leg_sudo.with_env(self.env)
            stops.filtered(lambda s: s.state == "ready")._transition("draft")
            stops.check_access("write")
            stops.sudo().write({"depot_id": depot.id, "after_leg_id": leg.id})
            legs |= leg
        return legs

    def _prepare_leg_values(self, origin, depot, date):
        return {
            "state": "ready",
            "date": date or min(self.mapped("date")),
            "company_id": self.company_id.id,
            "depot_id": origin.id,
            "leg_depot_id": depot.id,
            "partner_id": depot.partner_id.id,
            "contact_name": depot.name,
            "address": depot.partner_id.contact_address or depot.name,
            "latitude": depot.latitude,
            "longitude": depot.longitude,
            "geo_quality": "manual",
            "items": ", ".join(self.mapped("display_name")),
            "weight_kg": sum(self.mapped("weight_kg")),
            "volume_m3": sum(self.mapped("volume_m3")),
            "parcels": sum(self.mapped("parcels")),
        }

    def _missing_parts(self):
        if self.leg_depot_id:
            return []
        parts = super()._missing_parts()
        if self.after_leg_id and self.after_leg_id.state != "delivered":
            parts.append(
                self.env._(
                    "The goods: %(leg)s brings them to %(depot)s first.",
                    leg=self.after_leg_id.display_name,
                    depot=self.depot_id.name,
                )
            )
        return parts

    @api.depends("after_leg_id.state")
    def _compute_missing(self):
        return super()._compute_missing()

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        arrived = self.browse([stop.id for stop in old_states]).filtered(
            lambda stop: stop.leg_depot_id
        )
        if waiting := arrived.onward_ids:
            waiting.invalidate_recordset(["missing"])
            waiting._check_ready()
        return result

    def _follow_up(self):
        result = super()._follow_up()
        if self.leg_depot_id and self.state == "failed":
            self.onward_ids.after_leg_id = self._following()[:1] or self
        return result
