from odoo import api, fields, models
from odoo.exceptions import AccessError

COMPANY_FIELDS = (
    "loyalty_program_id",
    "loyalty_till_product_id",
    "loyalty_prepayment_percent",
    "loyalty_self_registration",
)


class LoyaltyCompanySettings(models.TransientModel):
    """The club's settings of a company, for who runs the club but not the ERP."""

    _name = "loyalty.company.settings"
    _description = "Club settings of a company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    loyalty_program_id = fields.Many2one(
        "loyalty.program",
        "Club",
        domain="[('is_club', '=', True), ('company_id', 'in', (company_id, False))]",
        help="The club that the till and the portal use, and whose tiers give prices."
        " Empty takes the first.",
    )
    loyalty_till_product_id = fields.Many2one(
        "product.product",
        "Product of amounts alone",
        help="What the till books when only an amount is typed.",
    )
    loyalty_prepayment_percent = fields.Float("Prepayment of problem customers")
    loyalty_self_registration = fields.Boolean("Self-registration in the portal")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        self._check_administrator()
        company_sudo = self.env.company.sudo()
        for name in set(COMPANY_FIELDS) & set(fields_list):
            value = company_sudo[name]
            values[name] = value.id if isinstance(value, models.BaseModel) else value
        return values

    def action_save(self):
        """Write the settings to the company.

        :raise AccessError: the user does not administrate the club
        """
        self.ensure_one()
        self._check_administrator()
        company = self.env.company
        company.sudo().write({name: self[name] for name in COMPANY_FIELDS})
        return {"type": "ir.actions.act_window_close"}

    def _check_administrator(self):
        if not self.env.user.has_group("loyalty_club.group_loyalty_admin"):
            raise AccessError(
                self.env._("Only administrators of the club change its settings.")
            )
