from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyMemberMerge(models.TransientModel):
    """Two records of one person become one, with all points and documents."""

    _name = "loyalty.member.merge"
    _description = "Merge two members"

    partner_id = fields.Many2one("res.partner", "Stays", required=True)
    other_id = fields.Many2one(
        "res.partner",
        "Is merged into it",
        required=True,
        domain="[('id', '!=', partner_id)]",
    )
    outcome = fields.Char(compute="_compute_outcome")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        ids = self.env.context.get("active_ids") or []
        if self.env.context.get("active_model") == "res.partner" and len(ids) == 2:
            values.update(partner_id=ids[0], other_id=ids[1])
        return values

    @api.depends("partner_id", "other_id")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = False
            if wizard.partner_id and wizard.other_id:
                wizard.outcome = self.env._(
                    "%(stays)s will have %(total)s points: %(own)s of the own and"
                    " %(other)s of %(goes)s. Orders, invoices and the history are"
                    " joined, %(goes)s is deleted, and that card stops working.",
                    stays=wizard.partner_id.display_name,
                    goes=wizard.other_id.display_name,
                    own=f"{wizard.partner_id.loyalty_points:g}",
                    other=f"{wizard.other_id.loyalty_points:g}",
                    total=f"{self._total():g}",
                )

    def _total(self):
        return self.partner_id.loyalty_points + self.other_id.loyalty_points

    def action_swap(self):
        """Keep the other one."""
        self.ensure_one()
        self.write({"partner_id": self.other_id.id, "other_id": self.partner_id.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge two members"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_merge(self):
        """Merge by the ERP's own procedure, which the cards follow."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_loyalty_officer"):
            raise AccessError(self.env._("Only loyalty officers merge members."))
        partners = self.partner_id | self.other_id
        partners.check_access("read")
        self._check_mergeable(partners)
        survivor = self.partner_id
        # The officer compared the two; without rights on contacts the ERP would refuse.
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            partners.ids, survivor.sudo()
        )
        survivor.sudo().message_post(
            body=self.env._("Two members were merged by %s.", self.env.user.name)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": survivor.id,
            "views": [(False, "form")],
        }

    def _check_mergeable(self, partners):
        if len(partners) != 2:
            raise UserError(self.env._("Choose two different members."))
        partners_sudo = partners.sudo().with_context(active_test=False)
        staff = partners_sudo.user_ids.filtered(lambda user: not user.share)
        own = self.env["res.company"].sudo()
        own = own.search([("partner_id", "in", partners.ids)], limit=1)
        if staff or own or any(partners_sudo.mapped("is_public")):
            raise UserError(
                self.env._(
                    "Users of the system and own companies are not merged here. Ask an"
                    " administrator."
                )
            )
        if not all(partners_sudo.mapped("is_loyalty_member")):
            raise UserError(
                self.env._(
                    "Both must be members of the club. Contacts without a card are"
                    " merged in Contacts."
                )
            )
