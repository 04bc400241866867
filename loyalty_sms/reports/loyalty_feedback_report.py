from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import nps


class LoyaltyFeedbackReport(models.Model):
    """Ratings and the Net Promoter Score by branch, operator, courier and product.

    A row for the whole of each answer, and one for each person and product in it: the
    answers are the rows of the subject ``visit``.
    """

    _name = "loyalty.feedback.report"
    _description = "Ratings analysis"
    _auto = False
    _order = "date desc"
    _rec_name = "date"
    _depends = {
        "loyalty.feedback": [
            "state",
            "answered_at",
            "rating",
            "nps",
            "has_nps",
            "branch_id",
            "partner_id",
            "company_id",
        ],
        "loyalty.feedback.line": [
            "subject",
            "rating",
            "user_id",
            "courier_id",
            "product_id",
        ],
        "loyalty.complaint": ["feedback_id"],
    }

    date = fields.Datetime(readonly=True)
    feedback_id = fields.Many2one("loyalty.feedback", "Rating", readonly=True)
    subject = fields.Selection(
        [
            ("visit", "Whole visit"),
            ("operator", "Operator"),
            ("courier", "Courier"),
            ("product", "Product"),
        ],
        "About",
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    branch_id = fields.Many2one("loyalty.branch", readonly=True)
    user_id = fields.Many2one("res.users", "Operator", readonly=True)
    courier_id = fields.Many2one("res.partner", "Courier", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    rating = fields.Float(
        "Average stars", digits=(3, 2), readonly=True, aggregator="avg"
    )
    nps = fields.Float(
        "Net Promoter Score",
        digits=(5, 1),
        readonly=True,
        aggregator="avg",
        help="Promoters (9 and 10) less detractors (0 to 6), in points of 100 answers.",
    )
    promoters = fields.Integer(readonly=True)
    detractors = fields.Integer(readonly=True)
    nps_answers = fields.Integer("Recommendations", readonly=True)
    complaints = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT row_number() OVER (ORDER BY feedback.id, subject.id) AS id,
                      feedback.answered_at AS date,
                      feedback.id AS feedback_id,
                      COALESCE(subject.subject, 'visit') AS subject,
                      feedback.partner_id,
                      feedback.company_id,
                      feedback.branch_id,
                      subject.user_id,
                      subject.courier_id,
                      subject.product_id,
                      COALESCE(NULLIF(subject.rating, 0), NULLIF(feedback.rating, 0))
                          AS rating,
                      CASE WHEN NOT feedback.has_nps THEN NULL
                           WHEN feedback.nps >= %(promoter)s THEN 100
                           WHEN feedback.nps >= %(passive)s THEN 0
                           ELSE -100 END AS nps,
                      (feedback.has_nps AND feedback.nps >= %(promoter)s)::int
                          AS promoters,
                      (feedback.has_nps AND feedback.nps < %(passive)s)::int
                          AS detractors,
                      feedback.has_nps::int AS nps_answers,
                      EXISTS (SELECT FROM loyalty_complaint complaint
                               WHERE complaint.feedback_id = feedback.id)::int
                          AS complaints
                 FROM loyalty_feedback feedback
                 CROSS JOIN LATERAL (
                      SELECT NULL::int AS id, NULL::varchar AS subject,
                             NULL::int AS user_id, NULL::int AS courier_id,
                             NULL::int AS product_id, NULL::int AS rating
                      UNION ALL
                      SELECT line.id, line.subject, line.user_id, line.courier_id,
                             line.product_id, line.rating
                        FROM loyalty_feedback_line line
                       WHERE line.feedback_id = feedback.id) subject
                WHERE feedback.state = 'answered'""",
            promoter=nps.PROMOTER_FROM,
            passive=nps.PASSIVE_FROM,
        )

    @api.model
    def _score(self, domain):
        """The score of the answers in ``domain`` with its margin, or ``None``."""
        visits = [("subject", "=", "visit"), ("nps_answers", "=", 1), *domain]
        [(answers, promoters, detractors)] = self._read_group(
            visits, [], ["__count", "promoters:sum", "detractors:sum"]
        )
        promoters, detractors = promoters or 0, detractors or 0
        return nps.from_counts(promoters, answers - promoters - detractors, detractors)
