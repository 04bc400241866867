import hashlib
import hmac
from datetime import timedelta

from odoo import api, fields, models


class LoyaltyRate(models.Model):
    """Attempts on public pages, counted for all server processes together.

    Rows are only inserted: two attempts never wait for each other.
    """

    _name = "loyalty.rate"
    _description = "Attempts on public loyalty pages"
    _log_access = False

    scope = fields.Char(required=True, readonly=True)
    who = fields.Char(
        required=True, readonly=True, help="A keyed hash, never the address itself."
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _recent_idx = models.Index("(scope, who, date)")
    _date_idx = models.Index("(scope, date)")

    @api.model
    def _allow(self, scope, address, *, each, everybody, minutes):
        """Count an attempt, and tell whether it is within the limits.

        An attempt that was refused counts too: who goes on trying stays out.

        :param address: of the client
        :param each: attempts that one address has in the period
        :param everybody: attempts of all addresses together, against many addresses;
            ``None`` where the caller has proved to be no stranger, whom strangers must
            not be able to keep out
        """
        who = self._hashed(address)
        self.sudo().create({"scope": scope, "who": who})
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        recent = [("scope", "=", scope), ("date", ">", since)]
        count = self.sudo().search_count
        if count([*recent, ("who", "=", who)], limit=each + 1) > each:
            return False
        return everybody is None or count(recent, limit=everybody + 1) <= everybody

    @api.model
    def _hashed(self, address):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        key = (secret or "").encode()
        return hmac.new(key, (address or "").encode(), hashlib.sha256).hexdigest()[:32]

    @api.autovacuum
    def _gc_attempts(self):
        """Attempts matter for a day at most."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        old = self.sudo().search([("date", "<", yesterday)], limit=100000)
        old.unlink()
