from odoo import fields, models


class LoyaltyBranch(models.Model):
    """A shop: its operators see its members, cards and reports."""

    _name = "loyalty.branch"
    _description = "Branch"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(help="Short name for lists and receipts.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Address")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Cash desk",
        check_company=True,
        domain="[('type', 'in', ('cash', 'bank')), ('company_id', '=', company_id)]",
        help="Where the quick till books what customers pay.",
    )
    operator_ids = fields.Many2many(
        "res.users",
        "loyalty_branch_operator_rel",
        "branch_id",
        "user_id",
        "Operators",
        help="Cashiers see the members, cards and purchases of their branches only.",
    )
    member_count = fields.Integer(compute="_compute_member_count")

    _check_company_auto = True
    _name_company_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "Two branches of a company cannot share a name."
    )

    def _compute_member_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("loyalty_branch_id", "in", self.ids)],
                ["loyalty_branch_id"],
                ["__count"],
            )
        )
        for branch in self:
            branch.member_count = counts.get(branch, 0)

    def action_view_members(self):
        """The members of the branch."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Members of %s", self.name),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("loyalty_branch_id", "=", self.id)],
            "context": {"default_loyalty_branch_id": self.id},
        }
