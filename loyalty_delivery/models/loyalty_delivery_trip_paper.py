from odoo import models


class LoyaltyDeliveryTrip(models.Model):
    """The papers that go along with a trip."""

    _inherit = "loyalty.delivery.trip"

    def action_print_route_sheet(self):
        """The courier's list of stops, one sheet a trip."""
        return self._print("loyalty_delivery.report_route_sheet")

    def action_print_waybill(self):
        """The goods of each trip, to be signed by who hands over and who takes."""
        return self._print("loyalty_delivery.report_waybill")

    def action_print_slips(self):
        """Slips and invoices in the order of the route."""
        return self._print("loyalty_delivery.report_slips")

    def action_print_slips_for_loading(self):
        """Slips and invoices, the last stop first: as a vehicle is loaded."""
        return self._print(
            "loyalty_delivery.report_slips",
            {"last_first": True, "trip_ids": self.ids},
        )

    def _print(self, xmlid, data=None):
        self.check_access("read")
        self.env["loyalty.delivery.paper"]._check_printer()
        report = self.env.ref(xmlid)
        return report.report_action(self, data=data, config=False)

    def _route(self):
        """The stops in the order in which they are driven, without cancelled ones."""
        self.ensure_one()
        return self.stop_ids.filtered(lambda stop: stop.state != "cancelled").sorted(
            lambda stop: (stop.sequence, stop.id)
        )

    def _papers_in_order(self, last_first=False):
        """What is printed for each stop: ``[(kind, document)]``.

        The documents are for printing alone: who may see the trip may print what goes
        along with it.
        """
        papers = []
        for trip in self:
            stops = trip._route()
            for stop in stops[::-1] if last_first else stops:
                pickings_sudo = stop.sudo().picking_ids
                papers += [("slip", p) for p in pickings_sudo if p.state != "cancel"]
                orders_sudo = stop.sudo().sale_ids | pickings_sudo.sale_id
                papers += [
                    ("invoice", move)
                    for move in orders_sudo.invoice_ids
                    if move.state == "posted" and move.move_type == "out_invoice"
                ]
        return papers

    def _goods(self):
        """The goods on board, summed up: ``[{name, quantity, unit, weight}]``."""
        self.ensure_one()
        goods = {}
        for move in self._route().sudo().picking_ids.move_ids:
            if move.state == "cancel":
                continue
            key = (move.product_id, move.product_uom)
            row = goods.setdefault(
                key,
                {
                    "name": move.product_id.display_name,
                    "quantity": 0.0,
                    "unit": move.product_uom.name,
                    "weight": 0.0,
                },
            )
            row["quantity"] += move.product_uom_qty
            row["weight"] += move.product_qty * move.product_id.weight
        rows = sorted(goods.values(), key=lambda row: row["name"])
        return rows + [
            {
                "name": stop.items or stop.display_name,
                "quantity": stop.parcels,
                "unit": self.env._("pcs"),
                "weight": stop.weight_kg,
            }
            for stop in self._route()
            if not stop.sudo().picking_ids
        ]
