"""Links of a customer's own, signed: stop messages, choose a password."""

from odoo import api, fields, models

from ..engine import tokens
from .constants import CHANNELS

LOGIN_DAYS = 14
CHANNEL_KINDS = {name: kind for kind, (name, _label) in enumerate(CHANNELS, 1)}
LOGIN_KIND = 100


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _link_secret(self):
        return self.env["ir.config_parameter"].sudo().get_param("database.secret")

    def _stop_link(self, channel, company):
        """The page on which the customer stops messages, with one tap."""
        self.ensure_one()
        token = tokens.Token(self.id, CHANNEL_KINDS[channel], company.id)
        text = tokens.make(self._link_secret(), "stop", token)
        return f"{company.get_base_url()}/u/{text}"

    def _login_link(self, company):
        """A page on which a new member chooses a password, for some days."""
        self.ensure_one()
        last = fields.Date.today().toordinal() + LOGIN_DAYS
        token = tokens.Token(self.id, LOGIN_KIND, last)
        text = tokens.make(self._link_secret(), "login", token)
        return f"{company.get_base_url()}/w/{text}"

    @api.model
    def _find_by_stop_token(self, text):
        """The customer of a link as superuser, in the company that wrote, and the
        channel; nobody for a false one."""
        token = tokens.read(self._link_secret(), "stop", text)
        kinds = {kind: name for name, kind in CHANNEL_KINDS.items()}
        if not token or token.kind not in kinds:
            return self.sudo().browse(), None
        company = self.env["res.company"].sudo().browse(token.extra).exists()
        partners_sudo = self.sudo().with_company(company or self.env.company)
        return partners_sudo.browse(token.partner_id).exists(), kinds[token.kind]

    @api.model
    def _find_by_login_token(self, text):
        """The customer of a link that still holds, as superuser."""
        token = tokens.read(self._link_secret(), "login", text)
        today = fields.Date.today().toordinal()
        if not token or token.kind != LOGIN_KIND or token.extra < today:
            return self.sudo().browse()
        return self.sudo().browse(token.partner_id).exists()
