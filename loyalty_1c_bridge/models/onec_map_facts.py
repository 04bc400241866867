from odoo import fields, models


class OnecMap(models.Model):
    _inherit = "onec.map"

    # What 1C told of a thing that has no field here: currency and inclusion of tax of
    # a type of prices, rate of a tax ...
    facts = fields.Json(readonly=True, copy=False)
