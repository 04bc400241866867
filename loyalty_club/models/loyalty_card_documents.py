"""From a member's card to the documents behind it."""

from odoo import api, fields, models

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    open_lot_count = fields.Integer("Open lots", compute="_compute_open_lot_count")
    member_order_count = fields.Integer(
        "Orders",
        compute="_compute_member_order_count",
        groups="sales_team.group_sale_salesman",
    )
    member_invoice_count = fields.Integer(
        "Invoices",
        compute="_compute_member_invoice_count",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("lot_ids.state")
    def _compute_open_lot_count(self):
        counts = dict(
            self.env["loyalty.point.lot"]._read_group(
                [("card_id", "in", self.ids), ("state", "!=", "closed")],
                ["card_id"],
                ["__count"],
            )
        )
        for card in self:
            card.open_lot_count = counts.get(card._origin, 0)

    @api.depends("partner_id")
    def _compute_member_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("partner_id.commercial_partner_id", "in", self._holders().ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for card in self:
            card.member_order_count = sum(
                count
                for partner, count in counts.items()
                if card.partner_id in partner | partner.commercial_partner_id
            )

    @api.depends("partner_id")
    def _compute_member_invoice_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [
                    ("move_type", "in", SALE_TYPES),
                    ("commercial_partner_id", "in", self._holders().ids),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for card in self:
            card.member_invoice_count = sum(
                count
                for partner, count in counts.items()
                if card.partner_id in partner | partner.commercial_partner_id
            )

    def _holders(self):
        return self.partner_id.commercial_partner_id

    def get_formview_id(self, access_uid=None):
        """Cards of a club open as members, all others as the ERP shows them."""
        if len(self) == 1 and self.sudo().is_club:
            return self.env.ref("loyalty_club.loyalty_card_view_form_member").id
        return super().get_formview_id(access_uid=access_uid)

    # -- actions ------------------------------------------------------------------
    def _action_of(self, xml_id, domain, **values):
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        return {**action, "domain": domain, "context": {}, **values}

    def action_view_ledger(self):
        """The ledger of the card."""
        self.ensure_one()
        return self._action_of(
            "loyalty_club.loyalty_point_move_action", [("card_id", "=", self.id)]
        )

    def action_view_lots(self):
        """The points of the card by when they expire."""
        self.ensure_one()
        return self._action_of(
            "loyalty_club.loyalty_point_lot_action",
            [("card_id", "=", self.id)],
            context={"search_default_not_closed": 1},
        )

    def action_view_orders(self):
        """Quotations and orders of the member."""
        self.ensure_one()
        return self._action_of(
            "sale.action_quotations_with_onboarding",
            [("partner_id", "child_of", self.partner_id.id)],
            context={"default_partner_id": self.partner_id.id},
        )

    def action_view_invoices(self):
        """Invoices, receipts and credit notes of the member."""
        self.ensure_one()
        return self._action_of(
            "account.action_move_out_invoice_type",
            [
                ("move_type", "in", SALE_TYPES),
                ("partner_id", "child_of", self.partner_id.id),
            ],
            context={
                "default_move_type": "out_invoice",
                "default_partner_id": self.partner_id.id,
            },
        )
