from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class OnecReconcileMany(models.TransientModel):
    """Statements of all customers who moved, in one reading of 1C's ledger."""

    _name = "onec.reconcile.many"
    _description = "Reconcile many customers"

    backend_id = fields.Many2one(
        "onec.backend",
        "1C base",
        required=True,
        default=lambda self: self.env["onec.reconcile"].new().backend_id,
    )
    date_from = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
    )
    date_to = fields.Date(required=True, default=fields.Date.context_today)
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        help="Empty: everybody with documents in the period.",
    )

    def action_run(self):
        """Make the statements and compare them.

        :return: action with the statements, those with differences first
        """
        self.ensure_one()
        self.env["onec.backend"]._check_group()
        self.backend_id.check_access("read")
        partners = self.partner_ids or self._moved()
        if not partners:
            raise UserError(self.env._("Nobody has documents in this period."))
        acts = self.env["onec.reconcile"].create(
            [
                {
                    "backend_id": self.backend_id.id,
                    "partner_id": partner.id,
                    "date_from": self.date_from,
                    "date_to": self.date_to,
                }
                for partner in partners
            ]
        )
        acts.action_compare()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_1c_bridge.onec_reconcile_action"
        )
        return {
            **action,
            "domain": [("id", "in", acts.ids)],
            "context": {"search_default_differs": 1},
        }

    def _moved(self):
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                Domain("company_id", "child_of", self.backend_id.company_id.id)
                & Domain("parent_state", "=", "posted")
                & Domain("account_id.account_type", "=", "asset_receivable")
                & Domain("date", ">=", self.date_from)
                & Domain("date", "<=", self.date_to)
                & Domain("partner_id", "!=", False),
                ["partner_id"],
            )
        )
        partners = self.env["res.partner"].union(*(row[0] for row in groups))
        return partners.commercial_partner_id
