"""What moves points becomes events: told once a document, without reading it."""

from odoo import models

GIVEN_KINDS = ("bonus", "adjust", "transfer")


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _on_points_posted(self, moves):
        result = super()._on_points_posted(moves)
        self.env["loyalty.sms.event"]._emit_many(self._events_of(moves))
        return result

    def _events_of(self, moves):
        """Arguments of ``_emit``, one event for all lines of one document."""
        told = {}
        for row in self._events_of_each(moves):
            key, values = row[2], row[4]
            known = told.setdefault(key, row)[4]
            if known is not values:
                for name in {"earned", "spent"} & known.keys():
                    known[name] += values[name]
        yield from told.values()

    def _events_of_each(self, moves):
        for move in moves:
            if move.card_id.is_club:
                yield from self._member_events(move)
            elif move.card_id.program_type == "gift_card":
                yield from self._gift_events(move)

    def _member_events(self, move):
        """Arguments of ``_emit`` for a line of a member's ledger."""
        partner, points = move.partner_id, move.points + move.pending_points
        document, company = (move.res_model, move.res_id), move.company_id.id
        if not partner:
            return
        if move.kind == "earn" and move.res_id and points > 0:
            # Points that wait for the payment: so does the thanks.
            if move.points or move.lot_id.available_date:
                yield self._purchase_event(move, points)
        elif move.kind == "release" and move.res_id and move.points > 0:
            yield self._purchase_event(move, move.points)
        elif move.kind == "spend" and move.points < 0:
            key = f"points_spent:{move.res_model},{move.res_id}:{move.card_id.id}"
            values = {"spent": -move.points}
            yield ("points_spent", partner, key, document, values, company)
        elif move.kind == "bonus" and move.counterpart_card_id and move.points > 0:
            values = {
                "earned": move.points,
                "friend": move.counterpart_card_id.partner_id.name,
            }
            key = f"referral_reward:{move.id}"
            yield (
                "referral_reward",
                partner,
                key,
                document,
                values,
                move.company_id.id,
            )
        elif self._is_gift_of_points(move):
            values = {
                "earned": move.points,
                "valid_until": move.lot_id.expiration_date or "",
            }
            key = f"points_earned:{move.id}"
            yield ("points_earned", partner, key, document, values, company)

    @staticmethod
    def _is_gift_of_points(move):
        if move.kind not in GIVEN_KINDS or move.points <= 0:
            return False
        # The club tells of birthday gifts itself, with the day until which they hold.
        return not (move.key or "").startswith("birthday:")

    @staticmethod
    def _purchase_event(move, points):
        return (
            "purchase",
            move.partner_id,
            f"purchase:{move.res_model},{move.res_id}:{move.card_id.id}",
            (move.res_model, move.res_id),
            {"earned": points},
            move.company_id.id,
        )

    def _gift_events(self, move):
        """A gift card tells its holder, or who bought it while nobody holds it."""
        card = move.card_id
        document = (move.res_model, move.res_id)
        values = {
            "gift_card": f"*{(card.code or '')[-4:]}",
            "amount": abs(move.points),
            "gift_balance": move.balance_after,
            "valid_until": card.expiration_date or "",
        }
        holder = card.partner_id or card._gift_buyer(move)
        company = move.company_id.id
        if not holder:
            return
        if move.kind == "earn" and move.points > 0:
            key = f"gift_sold:{move.id}"
            yield (
                "gift_sold",
                card._gift_buyer(move) or holder,
                key,
                document,
                values,
                company,
            )
        elif move.kind == "spend" and move.points < 0:
            yield (
                "gift_used",
                holder,
                f"gift_used:{move.id}",
                document,
                values,
                company,
            )

    def _gift_buyer(self, move):
        """The customer of the document that sold the card."""
        if move.kind == "earn" and move.res_model in self.env and move.res_id:
            document_sudo = self.env[move.res_model].sudo().browse(move.res_id)
            if "partner_id" in document_sudo._fields:
                return document_sudo.partner_id
        return self.order_id.partner_id
