from odoo import fields, models


class LoyaltySmsRouteLine(models.Model):
    """A gateway in its turn on a route."""

    _name = "loyalty.sms.route.line"
    _description = "Gateway of a route"
    _order = "sequence, id"
    _check_company_auto = True
    _rec_name = "gateway_id"

    route_id = fields.Many2one(
        "loyalty.sms.route", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="route_id.company_id", store=True, precompute=True
    )
    channel = fields.Selection(related="route_id.channel")
    sequence = fields.Integer(default=10)
    gateway_id = fields.Many2one(
        "loyalty.sms.gateway",
        required=True,
        ondelete="cascade",
        check_company=True,
        domain="[('channel', '=', channel)]",
    )
    is_paused = fields.Boolean(related="gateway_id.is_paused")
