"""Two members become one: their cards, lots, debts, tiers and documents."""

from odoo import fields, models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    merged_into_id = fields.Many2one(
        "loyalty.card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The card that took over the points, the documents and the history.",
    )

    def _survivor(self):
        """The card that lives on: this one, or the one it was merged into."""
        return self.merged_into_id or self

    def _with_merged(self):
        """These cards and those that were merged into them."""
        cards = self.with_context(active_test=False)
        return self | cards.search([("merged_into_id", "in", self.ids)])

    def _merge_into(self, target):
        """Carry everything of these cards over to ``target`` and retire them.

        Balance = ledger = lots holds for all of them afterwards. A code that is still
        in somebody's pocket tells where its points went.
        """
        sources = self - target
        if not sources:
            return
        target._absorb(sources)
        target._inherit_tier(sources)
        sources._repoint_open_documents(target)
        history = ("code_ids", "tier_change_ids")
        for name in history:
            sources[name].sudo().write({"card_id": target.id})
        earlier = self.with_context(active_test=False).search(
            [("merged_into_id", "in", sources.ids)]
        )
        (earlier | sources).write({"merged_into_id": target.id})
        target.write(
            {
                "lifetime_points": target.lifetime_points
                + sum(sources.mapped("lifetime_points")),
                "tier_dirty": True,
            }
        )
        for card in sources:
            card._retire_code(target)
        self.flush_model()

    def _retire_code(self, target):
        code = self.code
        self.write({"code": self._generate_code(), "state": "closed", "active": False})
        self.flush_recordset()
        self.env["loyalty.card.code"].create(
            {
                "code": code,
                "card_id": target.id,
                "reason": "merged",
                "note": self.partner_id.name,
                "blocked_by_id": self.env.uid,
            }
        )
        target.message_post(
            body=self.env._(
                "Card %(code)s of %(member)s was merged into this one.",
                code=self._mask_code(code),
                member=self.partner_id.name,
            )
        )

    def _inherit_tier(self, sources):
        """The higher tier is kept, and with it what was set by hand."""
        self.ensure_one()
        best = max(sources, key=lambda card: card.tier_id.threshold)
        if not best.tier_id or best.tier_id.threshold <= self.tier_id.threshold:
            return
        old = self.tier_id
        self.write(
            {
                "tier_id": best.tier_id.id,
                "tier_since": best.tier_since,
                "tier_grace_until": best.tier_grace_until,
                "tier_locked": best.tier_locked,
                "tier_locked_until": best.tier_locked_until,
                "tier_lock_reason": best.tier_lock_reason,
            }
        )
        self.env["loyalty.tier.change"].create(
            self._tier_change(old, best.tier_id, "merge", best.tier_metric_value)
        )

    def _repoint_open_documents(self, target):
        """Drafts that wanted to spend from these cards spend from ``target``."""
        order_lines = self.env["sale.order.line"].search(
            [("coupon_id", "in", self.ids), ("state", "in", ("draft", "sent"))]
        )
        order_lines.write({"coupon_id": target.id})
        for order in self.env["sale.order"].search(
            [("applied_coupon_ids", "in", self.ids), ("state", "in", ("draft", "sent"))]
        ):
            applied = order.applied_coupon_ids
            order.applied_coupon_ids = (applied - self) | target
        self._repoint_wishes(order_lines.order_id, target)
        invoice_lines = self.env["account.move.line"].search(
            [("loyalty_card_id", "in", self.ids), ("parent_state", "=", "draft")]
        )
        invoice_lines.write({"loyalty_card_id": target.id})

    def _repoint_wishes(self, orders, target):
        for order in orders:
            wishes = dict(order.loyalty_requested_points or {})
            wanted = [wishes.pop(str(card.id), 0.0) for card in self]
            if any(wanted):
                wishes[str(target.id)] = wishes.get(str(target.id), 0.0) + sum(wanted)
                order.loyalty_requested_points = wishes

    def _on_points_posted(self, moves):
        """What comes back to a card that was merged away goes on to its survivor."""
        res = super()._on_points_posted(moves)
        for card in moves.card_id.filtered("merged_into_id"):
            if card.points or card.pending_points:
                card.merged_into_id._absorb(card)
        return res
