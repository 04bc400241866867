import secrets

from odoo import api, fields, models
from odoo.tools import consteq


class LoyaltyBranch(models.Model):
    _inherit = "loyalty.branch"

    join_token = fields.Char(
        copy=False, readonly=True, groups="loyalty_club.group_loyalty_officer"
    )
    join_url = fields.Char(
        "Registration page",
        compute="_compute_join_url",
        groups="loyalty_club.group_loyalty_officer",
        help="Where customers of this shop register themselves. Print it as a QR code"
        " for the shop's door.",
    )

    _join_token_uniq = models.UniqueIndex("(join_token) WHERE join_token IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        branches = super().create(vals_list)
        branches._ensure_join_token()
        return branches

    def _ensure_join_token(self):
        for branch in self.sudo().filtered(lambda branch: not branch.join_token):
            branch.join_token = secrets.token_urlsafe(32)

    @api.depends("join_token")
    def _compute_join_url(self):
        for branch in self:
            token = branch.sudo().join_token
            base = branch.get_base_url()
            branch.join_url = f"{base}/club/join/{token}" if token else False

    def action_new_join_token(self):
        """Make a new link; the old one, wherever it hangs, leads nowhere."""
        self.check_access("write")
        self.sudo().join_token = False
        self._ensure_join_token()

    def action_print_join_poster(self):
        """A page with the QR code of the registration page."""
        self.check_access("read")
        self._ensure_join_token()
        self.env["loyalty.gift.batch"]._check_printer()
        report = self.env.ref("loyalty_club.report_join_poster_action")
        return report.report_action(self, config=False)

    @api.model
    def _find_by_join_token(self, token):
        """The branch whose link a stranger followed, as superuser; maybe empty."""
        branches_sudo = self.sudo()
        if not token or len(token) < 32:
            return branches_sudo
        found = branches_sudo.search([("join_token", "=", token)], limit=1)
        return found if found and consteq(found.join_token, token) else branches_sudo
