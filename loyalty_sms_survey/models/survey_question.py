from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    is_nps = fields.Boolean(
        "Is the recommendation",
        help="How likely the customer recommends us, from 0 to 10: the answers count"
        " for the Net Promoter Score.",
    )

    @api.constrains("is_nps", "question_type", "scale_min", "scale_max")
    def _check_nps_scale(self):
        for question in self.filtered("is_nps"):
            scale = (question.question_type, question.scale_min, question.scale_max)
            if scale != ("scale", 0, 10):
                raise ValidationError(
                    self.env._(
                        "“%s” is to be the recommendation: make it a scale from"
                        " 0 to 10.",
                        question.title,
                    )
                )
