from odoo import fields, models


class OnecBackendCredentials(models.TransientModel):
    """Shows a new address and password. It is never saved: they live on the screen."""

    _name = "onec.backend.credentials"
    _description = "Address and password for 1C"

    address = fields.Char(store=False, readonly=True)
    login = fields.Char(store=False, readonly=True)
    password = fields.Char(store=False, readonly=True)
