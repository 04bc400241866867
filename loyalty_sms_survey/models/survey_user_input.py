from odoo import fields, models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _mark_done(self):
        res = super()._mark_done()
        for answer_sudo in self.sudo():
            if answer_sudo.partner_id and not answer_sudo.test_entry:
                answer_sudo._loyalty_thank()
                answer_sudo._loyalty_count_recommendation()
        return res

    def _loyalty_thank(self):
        """Give the points of the survey, once for each member."""
        survey = self.survey_id
        company = survey.loyalty_company_id or self.env.company
        program_sudo = company._loyalty_club()
        card_sudo = program_sudo and program_sudo._card_of(self.partner_id)
        if not card_sudo or survey.loyalty_points <= 0:
            return
        card_sudo._post_points(
            [
                card_sudo._entry(
                    "bonus",
                    survey.loyalty_points,
                    key=f"survey:{survey.id}:{card_sudo.id}",
                    reason=self.env._("Thanks for answering: %s", survey.title),
                    company_id=company.id,
                )
            ]
        )

    def _loyalty_count_recommendation(self):
        """An answer to the recommendation becomes a rating, once for each answer."""
        line = self.user_input_line_ids.filtered(
            lambda line: line.question_id.is_nps
            and line.answer_type == "scale"
            and not line.skipped
        )[:1]
        feedback_sudo = self.env["loyalty.feedback"].sudo()
        taken = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        if not line or feedback_sudo.search_count(taken, limit=1):
            return
        company = self.survey_id.loyalty_company_id or self.env.company
        branch = self.partner_id.loyalty_branch_id
        feedback_sudo.create(
            {
                "company_id": company.id,
                "partner_id": self.partner_id.id,
                "branch_id": branch.id if branch.company_id == company else False,
                "res_model": self._name,
                "res_id": self.id,
                "scale": "nps",
                "state": "answered",
                "source": "survey",
                "answered_at": fields.Datetime.now(),
                "nps": line.value_scale,
                "has_nps": True,
            }
        )._complain_if_bad()
