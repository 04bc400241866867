from odoo import api, fields, models
from odoo.exceptions import AccessError


class LoyaltySmsSettings(models.TransientModel):
    """Settings of messages of a company, for who runs campaigns but not the ERP."""

    _name = "loyalty.sms.settings"
    _description = "Message settings of a company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    loyalty_double_opt_in = fields.Boolean(
        "Consents are confirmed",
        help="A consent to offers counts when the customer confirms it by a reply or a"
        " link. Turn it on where the law asks for it.",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        self._check_manager()
        values["loyalty_double_opt_in"] = self.env.company.sudo().loyalty_double_opt_in
        return values

    def action_save(self):
        """Write the settings to the company.

        :raise AccessError: the user does not manage campaigns
        """
        self.ensure_one()
        self._check_manager()
        company_sudo = self.env.company.sudo()
        company_sudo.loyalty_double_opt_in = self.loyalty_double_opt_in
        return {"type": "ir.actions.act_window_close"}

    def _check_manager(self):
        if not self.env.user.has_group("loyalty_sms.group_sms_manager"):
            raise AccessError(
                self.env._("Only campaign managers change the settings of messages.")
            )
