from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyComplaint(models.Model):
    _inherit = "loyalty.complaint"

    apology_points = fields.Float(
        "Apology in points", compute="_compute_apology_points", digits=(16, 2)
    )
    apology_left = fields.Float(
        "May be given",
        compute="_compute_apology_points",
        digits=(16, 2),
        groups="base.group_user",
    )

    @api.depends_context("company")
    def _compute_apology_points(self):
        moves_sudo = self.env["loyalty.point.move"].sudo()
        given = dict(
            moves_sudo._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["points:sum"],
            )
        )
        for complaint in self:
            limit = complaint._policy().apology_points
            complaint.apology_points = given.get(complaint._origin.id, 0.0)
            complaint.apology_left = max(limit - complaint.apology_points, 0.0)

    def _apology_card(self):
        program_sudo = self.company_id.sudo()._loyalty_club()
        return program_sudo and program_sudo._card_of(self.partner_id)

    def _apologise(self, points):
        """Give points as an apology, within the limit of the settings.

        :raise UserError: too many, none, or the customer is no member
        """
        self.ensure_one()
        self.check_access("write")
        user = self.env.user
        if not (
            user.has_group("loyalty_club.group_loyalty_officer")
            or user.has_group("loyalty_sms.group_sms_user")
        ):
            raise AccessError(
                self.env._("Ask an officer of the club to give points as an apology.")
            )
        card_sudo = self._apology_card()
        if not card_sudo:
            raise UserError(
                self.env._(
                    "%s is no member of the club and has no card for points.",
                    self.partner_id.display_name,
                )
            )
        if not 0 < points <= self.apology_left:
            raise UserError(
                self.env._(
                    "%(requested)s cannot be given: of the limit of %(limit)s for a"
                    " complaint, %(left)s are left.",
                    requested=card_sudo._format_points(points),
                    limit=card_sudo._format_points(self._policy().apology_points),
                    left=card_sudo._format_points(self.apology_left),
                )
            )
        card_sudo._post_points(
            [
                card_sudo._entry(
                    "bonus",
                    points,
                    # Two at once find the same sum: the second posts nothing.
                    key=f"complaint:{self.id}:{self.apology_points:g}",
                    reason=self.env._("Apology for %s", self.number),
                    res_model=self._name,
                    res_id=self.id,
                    company_id=self.company_id.id,
                    branch_id=self.branch_id.id or None,
                )
            ]
        )
        self.invalidate_recordset(["apology_points", "apology_left"])
        self._message_log(
            body=self.env._("Gave %s as an apology", card_sudo._format_points(points))
        )
