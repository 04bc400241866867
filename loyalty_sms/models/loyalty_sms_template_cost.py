"""What a template would cost."""

from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models


class Estimate(NamedTuple):
    """Cost of a template for some customers.

    ``histogram`` is ``{segments: messages}``, ``problems`` ``{reason: customers}``;
    ``total`` is in the company's currency, without the ``unpriced`` messages for which
    no tariff says anything.
    """

    messages: int
    segments_min: int
    segments_avg: float
    segments_max: int
    histogram: dict
    total: float
    unpriced: int
    problems: dict


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    def _estimate(self, partners, channel="sms", values_by_partner=None):
        """Write the text for each of ``partners``, and price its segments.

        :return: :class:`Estimate`
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        rendered = self._render_for(partners, channel, values_by_partner)
        email = channel == "email"
        numbers = {
            partner.id: partner.email_normalized if email else partner.phone_sanitized
            for partner in partners
        }
        prices = self._ways(
            company, channel, set(filter(None, numbers.values())), self.message_class
        )
        histogram, problems = Counter(), Counter()
        total, unpriced = 0.0, 0
        for partner_id, text in rendered.items():
            number = numbers[partner_id]
            problem = text.problem or (not number and "no_number")
            if problem:
                problems[problem] += 1
                continue
            histogram[text.segments] += 1
            cost = prices[number] * text.segments
            total += cost
            unpriced += not cost
        lengths = list(histogram.elements())
        return Estimate(
            messages=len(lengths),
            segments_min=min(lengths, default=0),
            segments_avg=sum(lengths) / len(lengths) if lengths else 0.0,
            segments_max=max(lengths, default=0),
            histogram=dict(sorted(histogram.items())),
            total=company.currency_id.round(total),
            unpriced=unpriced,
            problems=dict(problems),
        )

    @api.model
    def _ways(self, company, channel, numbers, message_class):
        """``{number: price of a segment}`` in the company's currency, by tariff."""
        routes = self.env["loyalty.sms.route"]._resolve_many(
            company, channel, list(numbers), message_class
        )
        convert = self.env["loyalty.sms.spending"]._in_company_currency
        by_gateway = {}
        for number, gateways in routes.items():
            by_gateway.setdefault(gateways[:1], []).append(number)
        found = {}
        for gateway, some in by_gateway.items():
            prices = gateway and self.env["loyalty.sms.tariff"]._prices(
                gateway, some, channel, fields.Date.context_today(self)
            )
            for number in some:
                price, currency = prices[number] if gateway else (0.0, None)
                found[number] = convert(company, currency and currency.id, price)
        return found

    @api.model
    def editor_price(self, partner_id, message_class, company_id=False):
        """Price of a segment to a customer, or to most numbers of the country.

        :return: ``{"amount": float, "currency_id": id, "digits": int}``, or False
            where no tariff says
        """
        self._check_editor()
        company = self._editor_company(company_id)
        partner = self.env["res.partner"].browse(partner_id or [])
        partner.check_access("read")
        number = partner.phone_sanitized or f"+{company.country_id.phone_code or ''}"
        amount = self._ways(company, "sms", [number], message_class)[number]
        if not amount:
            return False
        currency = company.currency_id
        digits = max(currency.decimal_places, 2)
        return {"amount": amount, "currency_id": currency.id, "digits": digits}
