from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import nps
from ..engine.gateways.base import storable

STARS = range(1, 6)


class LoyaltyFeedback(models.Model):
    """A question to a customer after a purchase or a delivery, and the answer."""

    _name = "loyalty.feedback"
    _description = "Rating by a customer"
    _inherit = ["loyalty.document.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True
    )
    branch_id = fields.Many2one(
        "loyalty.branch", readonly=True, check_company=True, index="btree_not_null"
    )
    scale = fields.Selection(
        [("stars", "Stars, 1 to 5"), ("nps", "Recommendation, 0 to 10")],
        "First question",
        required=True,
        readonly=True,
        default="stars",
    )
    state = fields.Selection(
        [("asked", "Asked"), ("answered", "Answered"), ("expired", "Not answered")],
        required=True,
        readonly=True,
        default="asked",
        index=True,
    )
    expires_at = fields.Datetime("Answers until", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    source = fields.Selection(
        [
            ("link", "Page"),
            ("message", "Reply to a message"),
            ("portal", "Customer portal"),
            ("survey", "Survey"),
        ],
        "Answered by",
        readonly=True,
    )
    rating = fields.Integer("Stars", readonly=True, aggregator="avg")
    rating_text = fields.Char("Rating", compute="_compute_rating_text")
    has_nps = fields.Boolean("Says whether to recommend", readonly=True)
    nps = fields.Integer(
        "Recommendation",
        readonly=True,
        aggregator="avg",
        help="How likely the customer recommends us, from 0 to 10.",
    )
    nps_kind = fields.Selection(
        [
            ("promoter", "Promoter"),
            ("passive", "Passive"),
            ("detractor", "Detractor"),
        ],
        "Is a",
        compute="_compute_nps_kind",
        store=True,
    )
    comment = fields.Text("In own words", readonly=True)
    line_ids = fields.One2many("loyalty.feedback.line", "feedback_id", "Rated")

    _open_idx = models.Index("(partner_id, expires_at) WHERE state = 'asked'")
    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _rating_range = models.Constraint(
        "CHECK (rating IS NULL OR rating BETWEEN 0 AND 5)", "Stars are from 1 to 5."
    )
    _nps_range = models.Constraint(
        "CHECK (nps IS NULL OR nps BETWEEN 0 AND 10)",
        "A recommendation is from 0 to 10.",
    )

    # -- computes ---------------------------------------------------------------
    @api.depends("rating", "has_nps", "nps")
    def _compute_rating_text(self):
        for feedback in self:
            stars = "★" * feedback.rating + "☆" * (5 - feedback.rating)
            feedback.rating_text = " · ".join(
                filter(
                    None,
                    [
                        feedback.rating and stars,
                        feedback.has_nps and f"{feedback.nps}/10",
                    ],
                )
            )

    @api.depends("has_nps", "nps")
    def _compute_nps_kind(self):
        kinds = {
            nps.PROMOTER: "promoter",
            nps.PASSIVE: "passive",
            nps.DETRACTOR: "detractor",
        }
        for feedback in self:
            feedback.nps_kind = (
                kinds[nps.weight(feedback.nps)] if feedback.has_nps else False
            )

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for feedback in self:
            feedback.display_name = self.env._(
                "Rating by %s", feedback.partner_id.display_name
            )

    def _document_name_without_document(self):
        return ""

    # -- answering --------------------------------------------------------------
    def _is_open(self):
        """Whether the customer may still answer, or change the answer."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.state == "answered":
            hours = self._policy().change_hours
            return now < self.answered_at + timedelta(hours=hours)
        return self.state == "asked" and (not self.expires_at or now < self.expires_at)

    def _policy(self):
        return self.env["loyalty.feedback.policy"]._of(self.company_id)

    def _answer(self, values, source):
        """Store what the customer says; saying it again changes nothing.

        The caller has found the request by something only the customer has.

        :param dict values: any of ``rating`` (1-5), ``nps`` (0-10), ``comment``, and
            ``lines``: ``{id of a line: stars}``; what is absent stays as it was
        :raise UserError: it is too late, or a value is none of the scale
        """
        self.ensure_one()
        feedback_sudo = self.sudo()
        if not feedback_sudo._is_open():
            raise UserError(
                self.env._(
                    "This rating can no longer be given or changed. Thank you all the"
                    " same: write to us, or tell us in the shop."
                )
            )
        changes = feedback_sudo._answer_values(values)
        if feedback_sudo.state == "asked":
            changes.update(
                state="answered", answered_at=fields.Datetime.now(), source=source
            )
        feedback_sudo.write(changes)
        feedback_sudo._answer_lines(values.get("lines") or {})
        feedback_sudo._on_answered()
        return self

    def _answer_values(self, values):
        changes = {}
        if values.get("rating") is not None:
            changes["rating"] = self._checked(values["rating"], STARS)
        if values.get("nps") is not None:
            changes.update(nps=self._checked(values["nps"], nps.SCALE), has_nps=True)
        if values.get("comment") is not None:
            changes["comment"] = storable(values["comment"], 5000).strip()[:2000]
        return changes

    def _checked(self, value, scale):
        if value not in scale:
            raise UserError(
                self.env._(
                    "%(value)s is not on the scale from %(low)s to %(high)s.",
                    value=value,
                    low=scale[0],
                    high=scale[-1],
                )
            )
        return value

    def _answer_lines(self, stars_by_line):
        for line in self.line_ids:
            if line.id in stars_by_line:
                line.rating = self._checked(stars_by_line[line.id], STARS)

    def _on_answered(self):
        """Called after each answer and each change of it; other parts extend it."""

    # -- replies ----------------------------------------------------------------
    @api.model
    def _answer_by_reply(self, partner, value, text, message):
        """Take a number that a customer replied as the answer to our question.

        :param partner: who wrote, found by the number
        :param int value: the number in the reply
        :param str text: the whole reply, kept as the customer's own words if it says
            more than the number
        :param message: the ``loyalty.message`` it replies to, where that is known
        :return: the feedback that was answered; empty where nothing was asked, or the
            number is none of the scale: then it is no rating
        """
        feedback_sudo = self._asked_by(partner, message)
        scale = nps.SCALE if feedback_sudo.scale == "nps" else STARS
        if not feedback_sudo or value not in scale:
            return self.browse()
        values = {"nps" if feedback_sudo.scale == "nps" else "rating": value}
        words = (text or "").replace(str(value), "", 1).strip(" .,!;:-–—\n\t")
        if words:
            values["comment"] = words
        feedback_sudo._answer(values, "message")
        return feedback_sudo.sudo(False)

    @api.model
    def _asked_by(self, partner, message):
        """The open request that a reply of ``partner`` is about, as superuser."""
        requests_sudo = self.sudo()
        if message and message.sudo().res_model == self._name:
            feedback_sudo = requests_sudo.browse(message.sudo().res_id).exists()
            mine = feedback_sudo.partner_id == partner
            return feedback_sudo if mine and feedback_sudo._is_open() else requests_sudo
        if not partner:
            return requests_sudo
        candidates = requests_sudo.search(
            [("partner_id", "=", partner.id), ("state", "!=", "expired")], limit=1
        )
        return candidates.filtered(lambda feedback: feedback._is_open())
