from odoo import fields, models


class OnecMap(models.Model):
    _inherit = "onec.map"

    # {field: short hash of the value 1C sent last}: tells who changed a field since.
    seen = fields.Json(readonly=True, copy=False)
    # Of a property: {id of a value: its text}, as the classifier lists them.
    value_texts = fields.Json(readonly=True, copy=False)
