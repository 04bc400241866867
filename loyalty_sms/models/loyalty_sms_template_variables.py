"""Variables of events, and links that are each customer's own."""

from odoo import models

from .event_catalogue import EVENT_VARIABLES


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    def _variables(self):
        events = {variable.name: variable for variable in EVENT_VARIABLES}
        return {**super()._variables(), **events}

    def _member_values(self, partners, names, company, channel="sms"):
        values = super()._member_values(partners, names, company, channel)
        if "stop_link" in names:
            for partner in partners:
                values[partner.id]["stop_link"] = partner._stop_link(channel, company)
        if "login_link" in names:
            for partner in partners:
                values[partner.id]["login_link"] = partner._login_link(company)
        return values
