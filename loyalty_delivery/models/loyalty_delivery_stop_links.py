"""What a delivery holds while it is open: no two of them for the same goods."""

from odoo import api, models

from .constants import STOP_OPEN


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    @api.model_create_multi
    def create(self, vals_list):
        unnamed = [values for values in vals_list if not values.get("name")]
        for values, number in zip(unnamed, self._numbers(len(unnamed)), strict=True):
            values["name"] = number
        stops = super().create(vals_list)
        linked = [
            stop.id
            for stop, values in zip(stops, vals_list, strict=True)
            if values.get("picking_ids") or values.get("sale_ids")
        ]
        self.browse(linked)._sync_claims()
        return stops

    @api.model
    def _numbers(self, count):
        """Journal numbers for new deliveries, drawn together."""
        return self.env["ir.sequence"].sudo()._next_of_code(self._name, count)

    def write(self, vals):
        result = super().write(vals)
        if "picking_ids" in vals or "sale_ids" in vals:
            self._sync_claims()
        return result

    def _on_transition(self, old_states):
        result = super()._on_transition(old_states)
        self.filtered(
            lambda stop: (
                (stop.state in STOP_OPEN) != (old_states.get(stop) in STOP_OPEN)
            )
        )._sync_claims()
        return result

    def _sync_claims(self):
        """Hold what is linked while a delivery is open, let go of the rest."""
        if not self:
            return
        claim_sudo = self.env["loyalty.delivery.stop.claim"].sudo()
        stops_sudo = self.sudo()
        old = claim_sudo.search([("stop_id", "in", self.ids)])
        held = {
            (row.stop_id.id, row.picking_id.id, row.order_id.id): row for row in old
        }
        wanted = set()
        for stop in stops_sudo.filtered(lambda stop: stop.state in STOP_OPEN):
            pickings = stop.picking_ids
            wanted |= {(stop.id, picking.id, False) for picking in pickings}
            if not pickings:
                wanted |= {(stop.id, False, order.id) for order in stop.sale_ids}
        claim_sudo.union(
            *(row for key, row in held.items() if key not in wanted)
        ).unlink()
        claim_sudo.create(
            [
                {"stop_id": stop, "picking_id": picking, "order_id": order}
                for stop, picking, order in sorted(wanted - held.keys())
            ]
        )
