import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .constants import STOP_FINISHED

TOKEN_BYTES = 24
PATH = "/d/"


def _hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    # The token is made again from the salt and the database's secret when a link goes
    # out; who reads the table alone can open no page.
    track_salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    track_hash = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    told_eta = fields.Datetime("Time told", readonly=True, copy=False)
    told_start = fields.Datetime(readonly=True, copy=False)
    told_end = fields.Datetime(readonly=True, copy=False)
    rating = fields.Integer(readonly=True, copy=False, aggregator="avg")
    rating_comment = fields.Text("Comment", readonly=True, copy=False)
    rated_at = fields.Datetime("Rated", readonly=True, copy=False)
    tip_amount = fields.Monetary(
        "Tip promised", readonly=True, copy=False, help="In money, on the page."
    )
    tip_points = fields.Float("Tip in points", readonly=True, copy=False)

    _track_hash_uniq = models.UniqueIndex("(track_hash) WHERE track_hash IS NOT NULL")
    _rating = models.Constraint(
        "CHECK (rating BETWEEN 0 AND 5)", "A rating has one to five stars."
    )

    def _track_tokens(self):
        """``{stop: token}``, made for those that have none yet, in one statement."""
        stops_sudo = self.sudo()
        new = [stop for stop in stops_sudo if not stop.track_salt]
        if new:
            self._write_salts(
                {stop: secrets.token_urlsafe(TOKEN_BYTES) for stop in new}
            )
        return {stop: stop.sudo()._track_token(stop.sudo().track_salt) for stop in self}

    @api.model
    def _track_token(self, salt):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        told = f"loyalty.delivery.track\0{salt}".encode()
        digest = hmac.new(secret.encode(), told, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()

    def _write_salts(self, salts):
        stops = self.browse([stop.id for stop in salts])
        stops.flush_recordset(["track_salt", "track_hash"])
        rows = [
            SQL("(%s, %s, %s)", stop.id, salt, _hashed(self._track_token(salt)))
            for stop, salt in salts.items()
        ]
        self.env.execute_query(
            SQL(
                """UPDATE loyalty_delivery_stop AS stop
                      SET track_salt = made.salt, track_hash = made.hash
                     FROM (VALUES %s) AS made (id, salt, hash)
                    WHERE stop.id = made.id AND stop.track_salt IS NULL
                RETURNING stop.id""",
                SQL(", ").join(rows),
            )
        )
        stops.invalidate_recordset(["track_salt", "track_hash"])

    def _tracking_url(self):
        """The link of the customer's page; False without a delivery."""
        if not self:
            return False
        self.ensure_one()
        return self._tracking_urls()[self]

    def _tracking_urls(self):
        """``{stop: link}`` for many stops at once."""
        base = self[:1].get_base_url()
        return {
            stop: f"{base}{PATH}{token}" for stop, token in self._track_tokens().items()
        }

    @api.model
    def _find_by_track_token(self, token):
        """The delivery of a link, or none; in sudo, as the customer has no account."""
        if not token or len(token) > 64:
            return self.sudo().browse()
        stop_sudo = self.sudo().search([("track_hash", "=", _hashed(token))], limit=1)
        # A hash in an index is not compared in constant time, and need not be: it is
        # what a stranger cannot choose.
        return stop_sudo

    def _track_is_over(self):
        """Whether the page was closed: some days after the delivery."""
        self.ensure_one()
        ended = self.done_at
        if self.state not in STOP_FINISHED:
            if self.state != "cancelled":
                return False
            ended = self.write_date
        days = self.company_id.delivery_track_days
        return bool(ended) and ended + timedelta(days=days) < fields.Datetime.now()

    def action_open_tracking(self):
        """What the customer sees, for the dispatcher.

        :raise AccessError: for others, as whoever has the link speaks as the customer
        """
        self.ensure_one()
        self._check_dispatcher()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": self._tracking_url(),
            "target": "new",
        }
