from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..engine import ledger
from .loyalty_card_ledger import _decimal


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _transfer_points(self, target, points, reason, key=None):
        """Move points of this card to another member's card of the same club.

        The points keep their last day: the soonest to expire leave first, and arrive
        as lots with the same dates.

        :param target: the card that receives the points
        :param points: strictly positive
        :param key: a transfer with a key that is known already is not repeated
        :return: the ledger rows of both cards; none for a repeated key
        :raise UserError: the cards may not exchange points, or too few are there
        """
        self.ensure_one()
        target.ensure_one()
        moves = self.env["loyalty.point.move"].sudo()
        if key and moves.search_count([("key", "=", key)], limit=1):
            return moves
        source_sudo, target_sudo = self.sudo(), target.sudo()
        (source_sudo | target_sudo)._lock_points()
        source_sudo._check_transfer(target_sudo, points)
        source_sudo._check_spendable(points)
        lots = source_sudo.lot_ids.filtered(lambda lot: lot.state == "open")
        taken = ledger.spend(
            [
                ledger.Lot(lot.id, _decimal(lot.remaining), lot.expiration_date or None)
                for lot in lots
            ],
            _decimal(points),
        )
        entries = []
        for lot in lots.browse(taken):
            entries += self._transferred_lot(target, lot, float(taken[lot.id]), reason)
        entries[0] = replace(entries[0], key=key)
        return self._post_points(entries)

    def _check_transfer(self, target, points):
        program = self.program_id
        if float_compare(points, 0, precision_digits=2) <= 0:
            raise UserError(self.env._("Enter how many points to transfer."))
        if self == target:
            raise UserError(
                self.env._(
                    "Choose another member: %s cannot receive the own points.",
                    self.display_name,
                )
            )
        if not program.is_club or target.program_id != program:
            raise UserError(
                self.env._(
                    "%(target)s is no member card of %(program)s. Points move between"
                    " members of one club only.",
                    target=target.display_name,
                    program=program.name,
                )
            )
        if not program.transfer_allowed:
            raise UserError(
                self.env._(
                    "Members of %s may not transfer points. A manager can allow it on"
                    " the program.",
                    program.name,
                )
            )
        for card in self | target:
            if card.state != "active":
                raise UserError(card._blocked_message())
            if not card.active:
                raise UserError(self.env._("%s is archived.", card.display_name))

    def _transferred_lot(self, target, lot, points, reason):
        common = {"company_id": lot.company_id.id, "reason": reason}
        return [
            self._entry(
                "transfer",
                -points,
                lot_ids=(lot.id,),
                counterpart_card_id=target.id,
                **common,
            ),
            target._entry(
                "transfer",
                points,
                day=lot.earned_date,
                expiration_date=lot.expiration_date,
                counterpart_card_id=self.id,
                **common,
            ),
        ]
