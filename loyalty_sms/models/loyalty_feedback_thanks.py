"""Points as thanks, and reviews that customers let us publish."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyFeedback(models.Model):
    _inherit = "loyalty.feedback"

    thanks_points = fields.Float("Thanks in points", digits=(16, 2), readonly=True)
    may_publish = fields.Boolean(
        "May be published", readonly=True, help="The customer said so."
    )
    review_state = fields.Selection(
        [("waiting", "To approve"), ("published", "Published"), ("refused", "Refused")],
        "Review",
        readonly=True,
        index="btree_not_null",
    )
    reviewed_by_id = fields.Many2one("res.users", "Decided by", readonly=True)

    def _answer_values(self, values):
        changes = super()._answer_values(values)
        if values.get("may_publish") is not None:
            changes["may_publish"] = bool(values["may_publish"])
        words = changes.get("comment", self.comment)
        allowed = changes.get("may_publish", self.may_publish)
        if self.review_state == "published" and not allowed:
            changes["review_state"] = False
        elif words != self.comment or allowed != self.may_publish:
            # Words that change after they were approved are approved again.
            changes["review_state"] = "waiting" if words and allowed else False
        return changes

    def _on_answered(self):
        res = super()._on_answered()
        self._give_points(
            self._policy().thanks_points,
            f"feedback:{self.id}",
            self.env._("Thanks for your rating"),
        )
        return res

    def _give_points(self, points, key, reason):
        """Post points for this feedback, once for each key, to members."""
        program_sudo = self.company_id.sudo()._loyalty_club()
        card_sudo = program_sudo and program_sudo._card_of(self.partner_id)
        if not card_sudo or points <= 0:
            return
        entry = card_sudo._entry(
            "bonus",
            points,
            key=key,
            reason=reason,
            res_model=self._name,
            res_id=self.id,
            company_id=self.company_id.id,
            branch_id=self.branch_id.id or None,
        )
        if card_sudo._post_points([entry]):
            self.sudo().thanks_points += points

    # -- reviews ----------------------------------------------------------------
    def action_publish(self):
        """Let the review be shown, and thank for it with points."""
        self._decide_review("published")
        for feedback in self:
            feedback._give_points(
                feedback._policy().review_points,
                f"review:{feedback.id}",
                self.env._("Thanks for your review"),
            )

    def action_refuse(self):
        """The review will not be shown."""
        self._decide_review("refused")

    def _decide_review(self, state):
        self.check_access("read")
        if not self.env.user.has_group("loyalty_sms.group_sms_user"):
            raise AccessError(
                self.env._("Reviews are approved by the users of Loyalty Messages.")
            )
        for feedback in self:
            if not feedback.may_publish or not feedback.comment:
                raise UserError(
                    self.env._(
                        "%s wrote nothing that may be published: only the customer can"
                        " allow it, on the rating's page.",
                        feedback.partner_id.display_name,
                    )
                )
        self.sudo().write({"review_state": state, "reviewed_by_id": self.env.uid})
