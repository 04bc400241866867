from odoo import fields, models


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    loyalty_points = fields.Float(
        "Points for finishing",
        digits=(16, 2),
        help="Given once to each member who finishes the survey by a link of a message,"
        " or signed in.",
    )
    loyalty_company_id = fields.Many2one(
        "res.company",
        "Points of the club of",
        default=lambda self: self.env.company,
        help="Members of this company's club get the points.",
    )

    _loyalty_points_positive = models.Constraint(
        "CHECK (loyalty_points IS NULL OR loyalty_points >= 0)",
        "Points for finishing a survey are not negative.",
    )

    def _loyalty_new_answer(self, partner):
        """Values of an answer that waits for a customer to begin."""
        values = {
            "survey_id": self.id,
            "partner_id": partner.id,
            "email": partner.email,
            "nickname": partner.name,
        }
        if self.is_attempts_limited and self.access_mode != "public":
            answers = self.env["survey.user_input"]
            values["invite_token"] = answers._generate_invite_token()
        return values

    def _loyalty_links(self, partners, company):
        """``{partner id: link}``: an own link each, the same one when asked again."""
        self.ensure_one()
        answers_sudo = self.env["survey.user_input"].sudo()
        open_sudo = answers_sudo.search(
            [
                ("survey_id", "=", self.id),
                ("partner_id", "in", partners.ids),
                ("state", "!=", "done"),
                ("test_entry", "=", False),
            ],
            order="id desc",
        )
        by_partner = {answer.partner_id.id: answer for answer in open_sudo}
        missing = partners.filtered(lambda partner: partner.id not in by_partner)
        created_sudo = answers_sudo.create(
            [self.sudo()._loyalty_new_answer(partner) for partner in missing.sudo()]
        )
        by_partner.update((answer.partner_id.id, answer) for answer in created_sudo)
        base = company.get_base_url()
        return {
            partner_id: f"{base}/q/{answer.access_token}"
            for partner_id, answer in by_partner.items()
        }
