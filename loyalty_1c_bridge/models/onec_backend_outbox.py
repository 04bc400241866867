from odoo import api, fields, models, tools
from odoo.fields import Domain

# Fields that decide whether a base gets documents.
CHOICE = {"active", "use_ed", "use_odata", "odata_hand_over", "company_id"}
TRADE = ("ut", "unf", "rt", "custom")


class OnecBackend(models.Model):
    """Which bases get the documents of a company."""

    _inherit = "onec.backend"

    send_bank = fields.Boolean(
        "Hand over bank payments",
        default=True,
        tracking=True,
        help="Turn off where the accountant loads statements of the bank into 1C: the "
        "payments are there already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        self.env.registry.clear_cache()
        for company in backends.company_id:
            self.env["onec.posting.rule"]._seed(company)
        return backends

    def write(self, vals):
        result = super().write(vals)
        if CHOICE & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _ed_targets(self, company):
        """Bases that get the finished documents of ``company`` as EnterpriseData.

        A branch without a base of its own belongs to the books of its parent.
        """
        targets = self.env["onec.backend"].sudo()
        return targets.browse(self._ed_target_ids(company.id))

    @tools.ormcache("company_id")
    def _ed_target_ids(self, company_id):
        company = self.env["res.company"].sudo().browse(company_id)
        while company:
            found = self.sudo().search(
                Domain("company_id", "=", company.id)
                & (
                    Domain("use_ed", "=", True)
                    | Domain([("use_odata", "=", True), ("odata_hand_over", "=", True)])
                )
            )
            if found or not company.parent_id:
                return tuple(found.ids)
            company = company.parent_id
        return ()

    def _has_loyalty(self):
        """Whether this kind of 1C keeps cards, points and programs of its own."""
        return self.kind in TRADE
