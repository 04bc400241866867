from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .variables import SURVEY_LINK


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    survey_id = fields.Many2one(
        "survey.survey",
        ondelete="restrict",
        help="Each customer gets an own link to it, where the text says"
        " {{ survey_link }}.",
    )

    @api.constrains("survey_id", "body", "email_body", "viber_body")
    def _check_survey(self):
        for template in self:
            if "survey_link" in template._used_variables() and not template.survey_id:
                raise ValidationError(
                    self.env._(
                        "“%s” has a link to a survey: choose which.", template.name
                    )
                )

    def _variables(self):
        return {**super()._variables(), SURVEY_LINK.name: SURVEY_LINK}

    def _value_sources(self):
        return [*super()._value_sources(), ({"survey_link"}, "_values_of_surveys")]

    def _values_of_surveys(self, partners, names, company):
        links = self.survey_id._loyalty_links(partners, company)
        return {partner_id: {"survey_link": link} for partner_id, link in links.items()}
