from odoo import api, fields, models


class LoyaltyFeedbackPolicy(models.Model):
    """How a company asks for ratings and answers complaints."""

    _name = "loyalty.feedback.policy"
    _description = "Feedback settings"
    _inherit = ["mail.thread"]
    _rec_name = "company_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    after_purchase = fields.Boolean(
        "Ask after a purchase",
        tracking=True,
        help="Members who bought are asked some hours later. What is sent, and whether"
        " anything is, is said by the message rules for rating requests.",
    )
    delay_hours = fields.Integer(
        "Hours after the purchase",
        default=3,
        help="Longer for goods that are tried at home first.",
    )
    rest_days = fields.Integer(
        "Days between requests",
        default=14,
        help="Nobody is asked again before this many days have passed.",
    )
    scale = fields.Selection(
        [("stars", "Stars, 1 to 5"), ("nps", "Recommendation, 0 to 10")],
        "First question",
        required=True,
        default="stars",
        tracking=True,
        help="What a reply by SMS means. The page behind the link asks both.",
    )
    valid_days = fields.Integer(
        "Days to answer", default=14, help="After that the link says it is too late."
    )
    change_hours = fields.Integer(
        "Hours to change an answer", default=24, help="0: the first answer stays."
    )
    thanks_points = fields.Float(
        "Points for a rating",
        digits=(16, 2),
        tracking=True,
        help="Given once for each request that is answered, to members.",
    )
    review_points = fields.Float(
        "Points for a published review",
        digits=(16, 2),
        tracking=True,
        help="Given when you approve a review that the customer let you publish.",
    )
    complaint_stars = fields.Integer(
        "Complaint from stars up to",
        default=2,
        tracking=True,
        help="A rating of that many stars or fewer opens a complaint; 0 for never.",
    )
    complaint_nps = fields.Integer(
        "Complaint from a recommendation up to",
        default=3,
        tracking=True,
        help="A recommendation of that or less opens a complaint; -1 for never.",
    )
    owner_id = fields.Many2one(
        "res.users",
        "Answers complaints",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who gets complaints of customers whose branch has no operator.",
    )
    manager_id = fields.Many2one(
        "res.users",
        "Late complaints go to",
        domain=[("share", "=", False)],
        tracking=True,
    )
    answer_hours = fields.Float(
        "Hours to answer a complaint",
        default=24.0,
        tracking=True,
        help="By the wall clock, or by the working hours where some are chosen.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        check_company=True,
        help="Complaints of Friday night are then due on Monday.",
    )
    apology_points = fields.Float(
        "Points as an apology, at most",
        digits=(16, 2),
        tracking=True,
        help="What one complaint may earn in points; 0 for nothing.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)", "A company has its feedback settings already."
    )
    _positive = models.Constraint(
        "CHECK (delay_hours >= 0 AND rest_days >= 0 AND valid_days > 0"
        " AND change_hours >= 0 AND thanks_points >= 0 AND review_points >= 0"
        " AND answer_hours > 0 AND apology_points >= 0)",
        "Hours, days and points are not negative, and there is time to answer.",
    )

    @api.model
    def _of(self, company):
        """The settings of ``company``, as superuser; made with defaults when missing.

        :return: one ``loyalty.feedback.policy`` record with ``sudo``
        """
        policies_sudo = self.sudo()
        policy_sudo = policies_sudo.search([("company_id", "=", company.id)], limit=1)
        return policy_sudo or policies_sudo.create({"company_id": company.id})

    @api.model
    def action_open_mine(self):
        """The settings of the company one works in."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Feedback settings"),
            "res_model": self._name,
            "res_id": self._of(self.env.company).id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
