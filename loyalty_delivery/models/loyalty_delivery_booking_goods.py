import base64

from odoo import Command, models
from odoo.exceptions import UserError


class LoyaltyDeliveryBooking(models.Model):
    _inherit = "loyalty.delivery.booking"

    def _book_goods(self):
        """Bring the transfers to what was handed over."""
        stop = self.stop_id
        pickings = stop.picking_ids.filtered(lambda p: p.state != "cancel")
        wanted = self._wanted(pickings)
        for picking in pickings:
            if picking.state == "done":
                self._take_back(picking, wanted)
                self._send_again(picking, wanted)
            elif any(wanted[move] for move in self._open_moves(picking)):
                self._hand_over(picking, wanted)
            elif stop.state in ("delivered", "partial"):
                self._refuse(picking)
        if stop.state in ("delivered", "partial"):
            self._attach_signature(pickings)
            self._attach_photos(pickings)

    def _open_moves(self, picking):
        return picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))

    def _wanted(self, pickings):
        """How much of each move should have left: ``{move: quantity}``."""
        stop = self.stop_id
        moves = pickings.move_ids.filtered(lambda m: m.state != "cancel")
        if stop.state == "partial":
            return self._wanted_partly(moves)
        leaves = stop.state == "delivered" or self._is_carried()
        return {move: move.product_uom_qty if leaves else 0.0 for move in moves}

    def _wanted_partly(self, moves):
        told = self.stop_id._delivered_quantities()
        if told is None and moves:
            raise UserError(
                self.env._(
                    "%s was delivered partly, but nobody told how much of what. Set the"
                    " quantities on its transfers, validate them, then press “Book"
                    " now”.",
                    self.stop_id.display_name,
                )
            )
        return {
            move: min(told.get(move.id, 0.0), move.product_uom_qty) for move in moves
        }

    def _is_carried(self):
        """Whether goods of this delivery are in the vehicle, still to be delivered."""
        if self.company_id.delivery_stock_policy != "at_loading":
            return False
        stop = self.stop_id
        if self.kind == "load" or stop.state in ("out", "arrived"):
            return True
        return stop.state == "failed" and bool(stop._next_attempt_on_road())

    # -- goods that leave -------------------------------------------------------------
    def _hand_over(self, picking, wanted):
        moves = self._open_moves(picking)
        if picking.state in ("draft", "confirmed", "waiting"):
            picking.action_assign()
        for move in moves:
            self._set_quantity(move, wanted[move])
        rest = self.company_id.delivery_rest_policy
        picking.with_context(
            skip_backorder=True,
            skip_sms=True,
            picking_ids_not_to_backorder=picking.ids if rest == "cancel" else [],
        ).button_validate()
        if picking.state != "done":
            raise UserError(
                self.env._(
                    "Transfer %s could not be validated. Open it, validate it by hand,"
                    " then press “Book now”.",
                    picking.name,
                )
            )

    def _set_quantity(self, move, quantity):
        uom = move.product_uom
        if uom.compare(move.quantity, quantity) < 0:
            raise UserError(
                self.env._(
                    "%(transfer)s: %(wanted)s %(unit)s of %(product)s were handed over,"
                    " but only %(reserved)s are reserved. Correct the stock, press"
                    " “Check availability” on the transfer, then “Book now”.",
                    transfer=move.picking_id.name,
                    wanted=quantity,
                    unit=uom.name,
                    product=move.product_id.display_name,
                    reserved=move.quantity,
                )
            )
        if uom.is_zero(quantity):
            move.picked = False
            return
        if uom.compare(move.quantity, quantity):
            move.quantity = quantity
        move.picked = True

    def _refuse(self, picking):
        """Nothing of a transfer was taken."""
        if self.company_id.delivery_rest_policy == "cancel":
            picking.action_cancel()

    # -- goods that come back ---------------------------------------------------------
    def _take_back(self, picking, wanted):
        """Return what left, but was not handed over and is not returned yet."""
        back = {}
        for move in picking.move_ids.filtered(lambda m: m.state == "done"):
            quantity = self._away(move) - wanted[move]
            if move.product_uom.compare(quantity, 0.0) > 0:
                back[move] = quantity
        if back:
            self._announce_return(picking, self._return(picking, back))

    def _away(self, move):
        """What left by a move and has not come back."""
        returns = move.returned_move_ids.filtered(lambda m: m.state != "cancel")
        away = move.quantity
        for back in returns:
            sent = back.returned_move_ids.filtered(lambda m: m.state == "done")
            away -= back.product_uom_qty - sum(sent.mapped("quantity"))
        return away

    def _send_again(self, picking, wanted):
        """Goods that were announced to come back are with the customer after all."""
        again = picking.move_ids.filtered(
            lambda m: m.product_uom.compare(self._away(m), wanted[m]) < 0
        )
        returns = again.returned_move_ids.picking_id
        returns.filtered(lambda p: p.state not in ("done", "cancel")).action_cancel()
        for back in returns.filtered(lambda p: p.state == "done"):
            quantities = {
                move: move.quantity
                for move in back.move_ids
                if move.origin_returned_move_id in again
            }
            sent = self._return(back, quantities)
            self._hand_over(sent, {m: m.product_uom_qty for m in sent.move_ids})

    def _return(self, picking, quantities):
        returns = self.env["stock.return.picking"].create(
            {
                "picking_id": picking.id,
                "product_return_moves": [
                    Command.create(
                        {
                            "product_id": move.product_id.id,
                            "move_id": move.id,
                            "quantity": quantity,
                        }
                    )
                    for move, quantity in quantities.items()
                ],
            }
        )
        return returns._create_return()

    def _announce_return(self, picking, back):
        message = self.env._(
            "Goods of %(delivery)s come back: receive them by %(return)s, which returns"
            " %(transfer)s.",
            **{
                "delivery": self.stop_id.display_name,
                "return": back.name,
                "transfer": picking.name,
            },
        )
        if self.trip_id:
            self.trip_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Goods come back"),
                note=message,
                user_id=self._responsible().id,
            )

    # -- proof ------------------------------------------------------------------------
    def _attach_signature(self, pickings):
        """Copy the signature where the slip can be printed, which core does at once."""
        signature = self.stop_id._signature()
        printer = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if not signature or printer not in ("ok", "upgrade"):
            return
        unsigned = pickings.filtered(lambda p: p.state == "done" and not p.signature)
        unsigned.write({"signature": signature})

    def _attach_photos(self, pickings):
        """Show the courier's photos on the transfers, once."""
        photos = self.stop_id._photos()
        for picking in pickings:
            names = {f"{self.stop_id._paper_code()}-{p.id}.jpg": p for p in photos}
            known = self.env["ir.attachment"].search(
                [
                    ("res_model", "=", picking._name),
                    ("res_id", "=", picking.id),
                    ("name", "in", list(names)),
                ]
            )
            new = {n: p for n, p in names.items() if n not in known.mapped("name")}
            if new:
                picking.message_post(
                    body=self.env._("Photos from the door"),
                    attachments=[
                        (name, base64.b64decode(photo.image))
                        for name, photo in new.items()
                    ],
                )
