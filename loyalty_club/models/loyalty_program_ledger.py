"""How a club turns documents into ledger entries."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytz

from odoo import api, models

from ..engine import caps


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What the ledger says a document has earned one card so far."""

    spendable: float = 0.0
    pending: float = 0.0
    trace: dict | None = None
    earned_on: date | None = None

    @property
    def total(self):
        return round(self.spendable + self.pending, 2)


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    # -- members ------------------------------------------------------------------
    def _holder(self, partner):
        """Who earns when ``partner`` buys: the company, or the contact itself."""
        if self._terms().holder_policy == "commercial":
            return partner.commercial_partner_id
        return partner

    def _card_of(self, partner):
        """The member card under which ``partner`` buys in this club, maybe empty."""
        holder = self._holder(partner)
        # Read through the customer's cards, which the ERP keeps in its cache.
        cards = (holder if isinstance(holder.id, int) else holder._origin).sudo()
        return cards.loyalty_card_ids.filtered(lambda card: card.program_id == self)[:1]

    def _cards_of(self, partners):
        """``{partner: card}`` for many customers at once."""
        holders = {partner: self._holder(partner) for partner in partners}
        cards = self.env["loyalty.card"].sudo()
        found = cards.search(
            [
                ("program_id", "=", self.id),
                ("partner_id", "in", [holder.id for holder in holders.values()]),
            ]
        )
        by_holder = {card.partner_id: card for card in found}
        return {
            partner: by_holder[holder]
            for partner, holder in holders.items()
            if holder in by_holder
        }

    def _may_enroll(self, partner):
        """Whether a first purchase makes ``partner`` a member by itself."""
        holder = self._holder(partner)
        walk_in = self.env["ir.model.data"]._xmlid_to_res_id(
            "loyalty_club.partner_till", raise_if_not_found=False
        )
        return bool(
            holder
            and holder.active
            and holder.id != walk_in
            and not holder.is_public
            and holder
            not in self.env["res.company"]
            .sudo()
            .search([("active", "=", True)])
            .partner_id
        )

    def _enroll(self, partner, **values):
        """The card of a new member; the card that exists where there is one.

        Two first purchases at the same moment end with one card: the second request is
        run again by the ERP and finds it.
        """
        self.ensure_one()
        holder = self._holder(partner)
        if card := self._card_of(partner):
            return card
        cards = self.env["loyalty.card"].sudo()
        values = {
            "program_id": self.id,
            "partner_id": holder.id,
            "branch_id": holder.loyalty_branch_id.id,
            **values,
        }
        card = cards.with_context(tracking_disable=True).create(values)
        card._update_tiers()
        card._on_member_enrolled()
        return card

    # -- documents ------------------------------------------------------------------
    @api.model
    def _document_states(self, res_model, res_ids):
        """``{(document id, card id): DocumentState}``, one query."""
        if not res_ids:
            return {}
        moves = (
            self.env["loyalty.point.move"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", res_model),
                    ("res_id", "in", list(res_ids)),
                    ("kind", "in", ("earn", "release", "reverse")),
                ],
                ["card_id", "res_id", "points", "pending_points", "trace", "date"],
                order="id",
            )
        )
        states = {}
        for move in moves:
            key = (move.res_id, move.card_id._survivor().id)
            old = states.get(key) or DocumentState(earned_on=move.date.date())
            states[key] = replace(
                old,
                spendable=round(old.spendable + move.points, 2),
                pending=round(old.pending + move.pending_points, 2),
                trace=move.trace or old.trace,
            )
        return states

    def _sync_document(self, document, card, wanted, state, *, released, day):
        """Bring what a document earned a card to what it should have earned.

        :param wanted: ``(points, trace, amount)``, points not negative
        :param state: the :class:`DocumentState` by now
        :param released: whether the points may be spent; None leaves it to the day
        :param day: local day of the document, from which periods count
        :return: whether anything was posted
        """
        points, trace, amount = wanted
        target = float(points)
        available = None
        if released is None:
            available = day + timedelta(self._terms().release_days)
            released = available <= self._today()
        if released and state.spendable <= 0 and self._is_held(card):
            released = False
        lots = self._document_lots(document, card) if state.total else ()
        common = {
            "res_model": document._name,
            "res_id": document.id,
            "company_id": document.company_id.id,
            "branch_id": document.loyalty_branch_id.id,
            "trace": trace,
        }
        grant = {
            **common,
            "day": day,
            "amount": float(amount or 0),
            "currency_id": self.currency_id.id,
            "available_date": available,
        }
        entries = []
        spendable, pending = state.spendable, state.pending
        if not released and spendable > 0:
            entries.append(
                card._entry(
                    "reverse", -spendable, lot_ids=lots, allow_debt=True, **common
                )
            )
            spendable = 0.0
        excess = round(spendable + pending - target, 2)
        if excess > 0 and pending > 0:
            part = min(excess, pending)
            entries.append(
                card._entry(
                    "reverse",
                    -part,
                    pending=True,
                    lot_ids=lots,
                    allow_debt=True,
                    **common,
                )
            )
            pending, excess = round(pending - part, 2), round(excess - part, 2)
        if excess > 0:
            entries.append(
                card._entry("reverse", -excess, lot_ids=lots, allow_debt=True, **common)
            )
        if released and pending > 0:
            entries.append(card._entry("release", pending, lot_ids=lots, **common))
        if excess < 0:
            entries.append(card._entry("earn", -excess, pending=not released, **grant))
        return bool(card._post_points(entries)) if entries else False

    def _sync_refund(self, document, source, card, target, state, source_state):
        """Bring what a refund took back to ``target``, a figure not above zero.

        Taken from what the source document earned first, pending before available.
        """
        diff = round(float(target) - state.total, 2)
        if not diff:
            return False
        common = {
            "res_model": document._name,
            "res_id": document.id,
            "company_id": document.company_id.id,
            "branch_id": document.loyalty_branch_id.id,
            "reason": source.display_name,
        }
        lots = self._document_lots(source, card)
        if diff > 0:
            pending = source_state.pending > 0
            entry = card._entry(
                "earn", diff, pending=pending, day=source_state.earned_on, **common
            )
            return bool(card._post_points([entry]))
        waiting = self.env["loyalty.point.lot"].sudo().browse(lots)
        waiting = sum(lot.remaining for lot in waiting if lot.state == "pending")
        part = min(waiting, -diff)
        entries = []
        if part:
            entries.append(
                card._entry("reverse", -part, pending=True, lot_ids=lots, **common)
            )
        if rest := round(-diff - part, 2):
            entries.append(
                card._entry("reverse", -rest, lot_ids=lots, allow_debt=True, **common)
            )
        return bool(card._post_points(entries))

    def _document_lots(self, document, card):
        lots = self.env["loyalty.point.lot"].sudo()
        return tuple(
            lots.search(
                [
                    ("res_model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("card_id", "=", card.id),
                    ("state", "!=", "closed"),
                ]
            ).ids
        )

    def _is_held(self, card):
        return self._terms().hold_if_overdue and card.partner_id._loyalty_is_overdue()

    def _purchase_number(self, card, document):
        """Which purchase of the member a document is, from 1."""
        if not card:
            return 1
        earlier = (
            self.env["loyalty.point.move"]
            .sudo()
            ._read_group(
                [
                    ("card_id", "=", card.id),
                    ("kind", "=", "earn"),
                    ("res_id", "!=", False),
                    "|",
                    ("res_model", "!=", document._name),
                    ("res_id", "!=", document.id or 0),
                ],
                ["res_model", "res_id"],
            )
        )
        past = self.env["loyalty.purchase"].sudo()
        return (
            1
            + len(earlier)
            + past.search_count(
                [
                    ("program_id", "=", self.id),
                    ("partner_id", "=", card.partner_id.id),
                    ("state", "=", "done"),
                ]
            )
        )

    # -- spending -------------------------------------------------------------------
    def _offer(
        self,
        card,
        *,
        document_amount,
        spendable_amount,
        subtotal,
        cost,
        requested=None,
        already=0.0,
    ):
        """The most points ``card`` may still spend on a document.

        Amounts in the program's currency, tax included but ``subtotal`` and ``cost``.

        :return: ``engine.caps.Offer``
        """
        self.ensure_one()

        def number(value):
            return Decimal(str(round(value or 0.0, 6)))

        tier = card.tier_id
        percent = tier.cap_doc_percent or self.cap_doc_percent
        day = tier.cap_day_points or self.cap_day_points
        margin = None
        if self.cap_min_margin:
            discount = caps.margin_discount(
                number(subtotal), number(cost), number(self.cap_min_margin)
            )
            # The discount is taken with tax, the margin is kept without.
            ratio = number(document_amount) / number(subtotal) if subtotal else 1
            margin = discount * ratio
        return caps.offer(
            balance=number(max(card.points - already, 0.0)),
            point_value=number(self.point_value) or Decimal(1),
            requested=None if requested is None else number(requested - already),
            minimum=number(self.spend_min_points),
            document_amount=number(max(document_amount, 0.0)),
            spendable_amount=number(max(spendable_amount, 0.0)),
            cap_percent=number(percent) if percent else None,
            cap_points=number(self.cap_doc_points) if self.cap_doc_points else None,
            cap_day=number(day) if day else None,
            spent_today=number(self._spent_today(card)) if day else Decimal(0),
            already=number(already),
            max_discount=margin,
        )

    def _spent_today(self, card):
        """Points the card spent today, what was returned taken off."""
        moment = self._local_moment()
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight.astimezone(pytz.utc).replace(tzinfo=None)
        spent = (
            self.env["loyalty.point.move"]
            .sudo()
            ._read_group(
                [
                    ("card_id", "=", card.id),
                    ("kind", "in", ("spend", "refund")),
                    ("date", ">=", start),
                ],
                [],
                ["points:sum"],
            )[0][0]
        )
        return max(-(spent or 0.0), 0.0)
