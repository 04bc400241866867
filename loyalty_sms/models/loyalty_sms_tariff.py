from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import prefixes, tariffs


class LoyaltySmsTariff(models.Model):
    """Price of a segment towards numbers that begin alike, from a date on."""

    _name = "loyalty.sms.tariff"
    _description = "Price of messages"
    _order = "gateway_id, prefix, valid_from desc"
    _rec_name = "prefix"
    _check_company_auto = True

    gateway_id = fields.Many2one(
        "loyalty.sms.gateway", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="gateway_id.company_id", store=True, precompute=True
    )
    prefix = fields.Char(
        help="Beginning of the numbers with the country's code, as +37491; empty for"
        " all. The longest that fits is taken."
    )
    operator = fields.Char(help="For people: whose numbers these are.")
    price = fields.Float(
        "Price of a segment",
        required=True,
        digits=(16, 5),
        aggregator=None,
        help="Of a whole message where the channel has no segments.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    valid_from = fields.Date("From", required=True, default=fields.Date.context_today)

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "A message cannot cost less than nothing."
    )
    _once_a_day = models.UniqueIndex(
        "(gateway_id, COALESCE(prefix, ''), valid_from)",
        "This gateway has a price for these numbers from this day on already.",
    )

    @api.depends("gateway_id")
    def _compute_currency_id(self):
        for tariff in self:
            tariff.currency_id = (
                tariff.gateway_id.currency_id or self.env.company.currency_id
            )

    @api.constrains("prefix")
    def _check_prefix(self):
        for tariff in self:
            if tariff.prefix and not prefixes.is_prefix(tariff.prefix):
                raise ValidationError(
                    self.env._(
                        "“%(prefix)s” is not the beginning of a number: write the"
                        " country's code and digits, as +37491.",
                        prefix=tariff.prefix,
                    )
                )

    @api.model
    def _price(self, gateway, number, channel="sms", date=None):
        """Price of a segment to ``number``.

        :return: ``(price, currency)``; ``(0.0, currency of the gateway)`` when no price
            is known
        """
        return self._prices(gateway, [number], channel, date)[number]

    @api.model
    def _prices(self, gateway, numbers, channel="sms", date=None):
        """As :meth:`_price` for many numbers, with one query.

        :return: ``{number: (price, currency)}``
        """
        day = date or fields.Date.context_today(self)
        found = self.sudo().search_fetch(
            [("gateway_id", "=", gateway.id), ("valid_from", "<=", day)],
            ["prefix", "price", "currency_id", "valid_from"],
        )
        table = tariffs.table(
            (prefixes.digits(t.prefix), t.valid_from, (t.price, t.currency_id))
            for t in found
        )
        nothing = 0.0, gateway.currency_id or self.env.company.currency_id
        return {
            number: tariffs.lookup(table, prefixes.digits(number), nothing)
            for number in numbers
        }
