from odoo import fields, models

from .constants import STOP_FINISHED


class LoyaltyDeliveryStop(models.Model):
    """What the courier did at the door, as the phone told it."""

    _inherit = "loyalty.delivery.stop"

    done_event_id = fields.Many2one(
        "loyalty.delivery.event",
        "Confirmed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    undo_until = fields.Datetime("Can be taken back until", readonly=True, copy=False)
    event_ids = fields.One2many(
        "loyalty.delivery.event", "stop_id", "What the courier told", readonly=True
    )
    proof_ids = fields.One2many(
        "loyalty.delivery.proof",
        "stop_id",
        "Proofs",
        domain=[("is_void", "=", False)],
    )

    def _take_back(self):
        """The courier takes back what was confirmed: at the door, or on the way."""
        self.ensure_one()
        proofs = self.env["loyalty.delivery.proof"].search(
            [("stop_id", "=", self.id), ("event_id", "=", self.done_event_id.id)]
        )
        proofs.is_void = True
        self._transition(
            "arrived" if self.arrived_at else "out",
            {
                "cod_collected": 0,
                "payment_method": False,
                "reason_id": False,
                "note": False,
                "signed_by": False,
                "done_at": False,
                "delivered_lines": False,
                "done_event_id": False,
                "undo_until": False,
            },
        )

    def _has_later_attempt(self):
        """Whether somebody planned the delivery anew since it failed."""
        return bool(self._following())

    def _delivered_values(self, quantities):
        """Of a part delivery, as ``delivered_lines`` has it.

        :param quantities: ``{key of an item: quantity}``; what is missing stayed
        """
        items = self._items()
        told = [{**item, "qty": quantities.get(item["key"], 0)} for item in items]
        if not all(item["key"].startswith("move:") for item in told):
            return {"items": told}
        return {
            "lines": [
                {"key": int(item["key"].removeprefix("move:")), "qty": item["qty"]}
                for item in told
            ]
        }

    def _signature(self):
        """The customer's signature as an image in base64, if one was given."""
        signed = self.sudo().proof_ids.filtered(lambda each: each.kind == "signature")
        return signed[-1:].image

    def _is_finished(self):
        return self.state in STOP_FINISHED

    def _items(self):
        """What is handed over: ``[{key, name, qty, unit}]``.

        The key tells a stock move (``move:ID``), a line of an order (``line:ID``) or a
        line of the contents (``item:N``).
        """
        self.ensure_one()
        moves = self.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        if moves:
            return [
                {
                    "key": f"move:{move.id}",
                    "name": move.product_id.display_name,
                    "qty": move.product_uom_qty,
                    "unit": move.product_uom.name,
                }
                for move in moves
            ]
        lines = self.sale_ids.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0
        )
        if lines and not self.items:
            return [
                {
                    "key": f"line:{line.id}",
                    "name": line.product_id.display_name,
                    "qty": line.product_uom_qty,
                    "unit": line.product_uom_id.name,
                }
                for line in lines
            ]
        texts = filter(None, map(str.strip, (self.items or "").splitlines()))
        return [
            {"key": f"item:{number}", "name": text, "qty": 1, "unit": ""}
            for number, text in enumerate(texts)
        ]
