from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import prefixes
from .constants import CHANNELS, MESSAGE_CLASSES


class LoyaltySmsRoute(models.Model):
    """Which gateways take a message, the first of them first."""

    _name = "loyalty.sms.route"
    _description = "Message route"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, help="Decides between routes that fit equally well."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty for all companies.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="sms")
    country_id = fields.Many2one("res.country", help="Empty for all countries.")
    prefix = fields.Char(
        help="Beginning of the numbers with the country's code, as +37491; the longest"
        " that fits is taken."
    )
    message_class = fields.Selection(
        MESSAGE_CLASSES, "Class", help="Empty for all classes."
    )
    line_ids = fields.One2many("loyalty.sms.route.line", "route_id", "Gateways")
    gateway_names = fields.Char("Way", compute="_compute_gateway_names")

    @api.depends("line_ids.gateway_id.name", "line_ids.sequence")
    def _compute_gateway_names(self):
        for route in self:
            gateways = route.line_ids.sorted("sequence").gateway_id
            route.gateway_names = " → ".join(gateways.mapped("name"))

    @api.constrains("prefix")
    def _check_prefix(self):
        for route in self:
            if route.prefix and not prefixes.is_prefix(route.prefix):
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” is not the beginning of a number: write the"
                        " country's code and digits, as +37491.",
                        prefix=route.prefix,
                    )
                )

    @api.model
    def _resolve(self, company, channel, number, message_class):
        """Gateways for a message, the preferred first.

        The next is for what the one before surely did not take, never for what it may
        have sent. Without a route, all gateways of the channel that the company may
        use; those that are stopped come last, so that messages wait with the rest.

        :param number: E.164; an address for e-mail
        :return: ``loyalty.sms.gateway``, empty when nothing leads there
        """
        return self._resolve_many(company, channel, [number], message_class)[number]

    @api.model
    def _resolve_many(self, company, channel, numbers, message_class):
        """As :meth:`_resolve` for many numbers, with two queries for all of them.

        :return: ``{number: gateways}``
        """
        routes = self.sudo().search(
            [
                ("company_id", "in", [company.id, False]),
                ("channel", "=", channel),
                ("message_class", "in", [message_class, False]),
                ("line_ids.gateway_id.active", "=", True),
            ]
        )
        table = [route._rule(channel) for route in routes]
        anywhere = self._without_route(company, channel)
        answers = {}
        found = {}
        for number in numbers:
            best = prefixes.best(table, number)
            if best not in answers:
                answers[best] = (
                    routes.browse(best)._gateways(company, channel)
                    if best
                    else anywhere
                )
            found[number] = answers[best].with_env(self.env)
        return found

    def _rule(self, channel):
        """What the engine needs to compare this route with others."""
        return prefixes.Rule(
            self.id,
            prefix=self.prefix or "",
            country=self.country_id.code or "",
            is_own=bool(self.company_id),
            has_class=bool(self.message_class),
            sequence=self.sequence,
        )

    def _gateways(self, company, channel):
        gateways = self.line_ids.sorted("sequence").gateway_id.filtered(
            lambda gateway: gateway.active
            and gateway.channel == channel
            and gateway.company_id.id in (company.id, False)
        )
        return gateways.sorted("is_paused")

    @api.model
    def _without_route(self, company, channel):
        gateways = (
            self.env["loyalty.sms.gateway"]
            .sudo()
            .search(
                [
                    ("channel", "=", channel),
                    ("company_id", "in", [company.id, False]),
                ]
            )
        )
        # A demo phone beside a real gateway would swallow what that one did not take.
        real = gateways.filtered(lambda gateway: gateway.kind != "demo")
        return (real or gateways).sorted("is_paused")
