"""A bad rating opens a complaint."""

from odoo import fields, models


class LoyaltyFeedback(models.Model):
    _inherit = "loyalty.feedback"

    complaint_ids = fields.One2many("loyalty.complaint", "feedback_id", "Complaint")

    def _on_answered(self):
        res = super()._on_answered()
        if complaint_sudo := self.complaint_ids:
            self._tell_complaint(complaint_sudo)
        else:
            self._complain_if_bad()
        return res

    def _complain_if_bad(self):
        if self._is_bad():
            self.env["loyalty.complaint"].sudo().create(self._complaint_values())

    def _is_bad(self):
        policy_sudo = self._policy()
        return bool(
            (self.rating and self.rating <= policy_sudo.complaint_stars)
            or (self.has_nps and self.nps <= policy_sudo.complaint_nps)
        )

    def _complaint_values(self):
        operator_sudo = self.line_ids.user_id[:1]
        works_there = self.company_id in operator_sudo.company_ids
        return {
            "name": self.env._(
                "Rated %(rating)s: %(subject)s",
                rating=self.rating_text,
                subject=self.document_name
                or self.branch_id.name
                or self.partner_id.name,
            ),
            "description": self.comment,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "branch_id": self.branch_id.id,
            "feedback_id": self.id,
            "source": "rating",
            "res_model": self.res_model,
            "res_id": self.res_id,
            **self._complaint_owner_values(operator_sudo if works_there else None),
        }

    def _complaint_owner_values(self, operator_sudo):
        # Nobody answers complaints about oneself, where somebody else can.
        if not operator_sudo:
            return {}
        others = self.branch_id.operator_ids - operator_sudo
        owner_sudo = others[:1] or self._policy().owner_id
        return {"owner_id": owner_sudo.id} if owner_sudo else {}

    def _tell_complaint(self, complaint_sudo):
        """The customer said more, or thinks better of it."""
        if self.comment and complaint_sudo.description != self.comment:
            complaint_sudo.description = self.comment
        if not self._is_bad():
            complaint_sudo._message_log(
                body=self.env._("The customer changed the rating: %s", self.rating_text)
            )

    def action_view_complaint(self):
        """The complaint that the rating opened."""
        self.ensure_one()
        return self.complaint_ids.get_formview_action()

    def action_open_complaint(self):
        """Open a complaint by hand, where the rating alone did not."""
        self.ensure_one()
        self.env["loyalty.complaint"].check_access("create")
        if not self.complaint_ids:
            values = {**self._complaint_values(), "source": "staff"}
            self.env["loyalty.complaint"].sudo().create(values)
        return self.action_view_complaint()
