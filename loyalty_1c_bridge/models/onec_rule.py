from odoo import fields, models

from .constants import OTYPES


class OnecRule(models.Model):
    """Who is master of a field."""

    _name = "onec.rule"
    _description = "1C ownership of a field"
    _order = "backend_id, otype, field_name"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    otype = fields.Selection(OTYPES, "What", required=True)
    # Name of the field of the incoming record: name, description, barcode, price ...
    field_name = fields.Char("Field", required=True)
    owner = fields.Selection(
        [
            ("1c", "1C always"),
            ("odoo", "Here always"),
            ("if_empty", "1C, where empty here"),
            ("ask", "1C, and ask when changed here too"),
        ],
        required=True,
        default="1c",
    )

    _field_uniq = models.UniqueIndex(
        "(backend_id, otype, field_name)", "This field has a rule already."
    )
