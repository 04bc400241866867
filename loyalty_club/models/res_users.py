from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    loyalty_branch_ids = fields.Many2many(
        "loyalty.branch",
        "loyalty_branch_operator_rel",
        "user_id",
        "branch_id",
        "Branches",
    )
