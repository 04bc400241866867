from odoo import fields, models


class OnecMap(models.Model):
    _inherit = "onec.map"

    # What 1C was told once; it finds its document by them, so they never change.
    number_out = fields.Char("Number told to 1C", readonly=True)
    date_out = fields.Datetime("Date told to 1C", readonly=True)
