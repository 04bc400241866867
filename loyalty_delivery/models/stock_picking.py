from odoo import api, fields, models

from .constants import STOP_OPEN


class StockPicking(models.Model):
    _inherit = "stock.picking"

    delivery_stop_ids = fields.Many2many(
        "loyalty.delivery.stop",
        "loyalty_delivery_stop_picking_rel",
        "picking_id",
        "stop_id",
        "Deliveries",
        copy=False,
        groups="loyalty_delivery.group_delivery_dispatcher",
    )
    delivery_stop_id = fields.Many2one(
        "loyalty.delivery.stop",
        "Delivery",
        compute="_compute_delivery_stop_id",
        compute_sudo=True,
        help="The open delivery, or the last one.",
    )
    delivery_stop_text = fields.Char(
        "Delivery status", compute="_compute_delivery_stop_id", compute_sudo=True
    )

    @api.depends("delivery_stop_ids.state")
    def _compute_delivery_stop_id(self):
        for picking in self:
            stops = picking.delivery_stop_ids.filtered(
                lambda stop: stop.state != "cancelled"
            ).sorted("id")
            still_open = stops.filtered(lambda stop: stop.state in STOP_OPEN)
            picking.delivery_stop_id = (still_open or stops)[-1:]
            picking.delivery_stop_text = picking.delivery_stop_id._status_text()

    def action_view_delivery(self):
        """The deliveries of these transfers."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_delivery.loyalty_delivery_stop_action"
        )
        domain = [("picking_ids", "in", self.ids)]
        return dict(action, domain=domain, context={"create": False})

    # -- which transfers are delivered ------------------------------------------------
    def _delivery_wanted(self):
        """Those that the company's couriers take to a customer, and can take now.

        In a warehouse of several steps only the last one goes out of the door.
        """
        return self.filtered(
            lambda picking: (
                picking.state == "assigned"
                and picking.picking_type_code == "outgoing"
                and picking.carrier_id.delivery_type == "own_courier"
                and picking.partner_id
                and not any(picking.move_ids.mapped("origin_returned_move_id"))
                and not picking.move_ids.move_dest_ids.filtered(
                    lambda move: (
                        move.state != "cancel"
                        and move.picking_id.picking_type_code == "outgoing"
                    )
                )
            )
        )

    def _delivery_collect(self):
        """Make deliveries of transfers that are ready; those that have one keep it."""
        together = self.browse(self.ids)  # read together, wherever they came from
        wanted = together._delivery_wanted()
        return self.env["loyalty.delivery.stop"].sudo()._collect(wanted.sudo())

    def _delivery_withdraw(self, reason):
        """These transfers are not delivered any more."""
        stops = self.env["loyalty.delivery.stop"].sudo()
        stops.search(
            [("picking_ids", "in", self.ids), ("state", "in", STOP_OPEN)]
        )._withdraw(self.sudo(), self.env["sale.order"], reason)

    # -- what they carry --------------------------------------------------------------
    def _delivery_moves(self):
        """``[(move, quantity that goes to the customer)]`` in the move's unit."""
        moves = []
        for move in self.move_ids:
            if move.state in ("draft", "cancel"):
                continue
            quantity = move.quantity if move.state == "done" else move.product_uom_qty
            for back in move.returned_move_ids:
                if back.state == "done":
                    quantity -= back.product_uom._compute_quantity(
                        back.quantity, move.product_uom
                    )
            if move.product_uom.compare(quantity, 0) > 0:
                moves.append((move, quantity))
        return moves

    def _delivery_item_lines(self):
        text = self.env["loyalty.delivery.stop"]._quantity_text
        return [
            f"{text(quantity, move.product_uom)} {move.product_id.display_name}"
            for move, quantity in self._delivery_moves()
        ]

    def _delivery_volume(self):
        return sum(
            move.product_uom._compute_quantity(quantity, move.product_id.uom_id)
            * move.product_id.volume
            for move, quantity in self._delivery_moves()
        )

    def _delivery_parcels(self):
        """Packages, and one more for what lies loose."""
        count = 0
        for picking in self:
            packages = picking.move_line_ids.result_package_id
            loose = picking.move_line_ids.filtered(
                lambda line: not line.result_package_id
            )
            count += len(packages) + bool(loose or not packages)
        return max(count, 1)

    def _delivery_goods_amounts(self):
        """What the goods cost the customer: ``{order: amount}`` in its currency."""
        amounts = {}
        for move, quantity in self._delivery_moves():
            line = move.sale_line_id
            if not line:
                continue
            amounts.setdefault(line.order_id, 0.0)
            amounts[line.order_id] += line.price_total * move._delivery_share(quantity)
        return amounts

    def _delivery_goods_value(self):
        """What the goods are sold for, when no order tells it."""
        return sum(
            move.product_uom._compute_quantity(quantity, move.product_id.uom_id)
            * move.product_id.lst_price
            for move, quantity in self._delivery_moves()
        )

    # -- what happens to them ---------------------------------------------------------
    def write(self, vals):
        carriers = {picking: picking.carrier_id for picking in self}
        result = super().write(vals)
        if "carrier_id" in vals:
            changed = self.filtered(lambda p: p.carrier_id != carriers[p])
            changed.filtered(
                lambda p: p.carrier_id.delivery_type != "own_courier"
            )._delivery_withdraw(self.env._("Another delivery method was chosen."))
            changed._delivery_collect()
        if {"partner_id", "scheduled_date"} & set(vals):
            self._delivery_changed()
        return result

    def action_cancel(self):
        result = super().action_cancel()
        self.filtered(lambda picking: picking.state == "cancel")._delivery_withdraw(
            self.env._("The transfer was cancelled.")
        )
        return result

    def _action_done(self):
        result = super()._action_done()
        # What came back before it was driven is not delivered.
        origins = self.move_ids.origin_returned_move_id.picking_id
        origins._delivery_changed()
        return result

    def unlink(self):
        self._delivery_withdraw(self.env._("The transfer was deleted."))
        return super().unlink()

    def _delivery_changed(self):
        """Read these transfers' open deliveries again."""
        if self:
            stops = self.env["loyalty.delivery.stop"].sudo()
            stops.search(
                [("picking_ids", "in", self.ids), ("state", "in", STOP_OPEN)]
            )._refresh()
