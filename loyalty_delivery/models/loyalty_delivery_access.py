import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import consteq

PIN_DIGITS = 6
TRIES = 5
HOURS_AFTER_RETURN = 2
ROAD_STATES = ("planned", "loaded", "en_route")


class LoyaltyDeliveryAccess(models.Model):
    """The link of a trip for a courier without an account: hashes only, one phone."""

    _name = "loyalty.delivery.access"
    _description = "Link of a courier"
    _order = "id desc"

    trip_id = fields.Many2one(
        "loyalty.delivery.trip",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="trip_id.company_id", store=True, precompute=True, index=True
    )
    courier_id = fields.Many2one(
        "loyalty.delivery.courier", required=True, readonly=True, index=True
    )
    token_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    pin_hash = fields.Char(required=True, readonly=True, groups="base.group_system")
    device_hash = fields.Char(readonly=True, groups="base.group_system")
    tries = fields.Integer("Wrong PINs", default=0, readonly=True)
    is_revoked = fields.Boolean(readonly=True)
    opened_at = fields.Datetime("Opened on a phone", readonly=True)

    _token_uniq = models.UniqueIndex("(token_hash)", "Each link has its own token.")
    _device_idx = models.Index("(device_hash) WHERE device_hash IS NOT NULL")

    @api.model
    def _issue(self, trip):
        """Make a new link for the trip; the ones before it end.

        :return: token and PIN, which are not stored
        """
        trip.ensure_one()
        self.search([("trip_id", "=", trip.id)])._revoke()
        token = secrets.token_urlsafe(24)
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        self.create(
            {
                "trip_id": trip.id,
                "courier_id": trip.courier_id.id,
                "token_hash": self._hashed(token),
                "pin_hash": self.env["res.users"]._crypt_context().hash(pin),
            }
        )
        return token, pin

    def _revoke(self):
        self.write({"is_revoked": True, "device_hash": False})

    @api.model
    def _by_token(self, token):
        """The valid link of the token, locked ones included; empty for strangers."""
        wanted = self._hashed(token)
        access = self.search([("token_hash", "=", wanted)], limit=1)
        if access and not consteq(access.token_hash, wanted):
            return self.browse()
        return access._valid()

    @api.model
    def _by_device(self, secret):
        """The valid links that were opened on the phone that keeps ``secret``."""
        if not secret:
            return self.browse()
        wanted = self._hashed(secret)
        found = self.search([("device_hash", "=", wanted)])
        return found.filtered(lambda each: consteq(each.device_hash, wanted))._valid()

    def _valid(self):
        return self.filtered(lambda access: access._is_valid())

    def _is_valid(self):
        """Whether the trip is on the road, or came back a short time ago."""
        trip = self.trip_id
        courier = self.courier_id
        if self.is_revoked or trip.courier_id != courier or not courier.active:
            return False
        if trip.state in ROAD_STATES:
            return True
        since = fields.Datetime.now() - timedelta(hours=HOURS_AFTER_RETURN)
        return bool(trip.returned_at and trip.returned_at > since)

    def _open(self, pin, secret):
        """Try the PIN for the phone that keeps ``secret``.

        The try is written before the PIN is looked at, on the link's own row: guesses
        made at the same time wait for each other and count each.

        :param secret: of the phone, as ``_by_device`` knows it; ``None`` for a new one
        :return: the phone's secret, or ``None``, and the tries that are left
        """
        self.ensure_one()
        if not self._count_try():
            return None, 0
        crypt = self.env["res.users"]._crypt_context()
        if not crypt.verify(pin, self.pin_hash):
            return None, TRIES - self.tries
        known = self._by_device(secret)
        if known.courier_id != self.courier_id:
            secret = secrets.token_urlsafe(32)
        self.write(
            {
                "tries": 0,
                "device_hash": self._hashed(secret),
                "opened_at": fields.Datetime.now(),
            }
        )
        return secret, TRIES

    def _count_try(self):
        self.flush_recordset(["tries"])
        counted = self.env.execute_query(
            SQL(
                "UPDATE loyalty_delivery_access SET tries = tries + 1"
                " WHERE id = %s AND tries < %s RETURNING tries",
                self.id,
                TRIES,
            )
        )
        self.invalidate_recordset(["tries"])
        return bool(counted)

    def _shown_state(self):
        """Of the link, for the form of the trip; ``none`` for no record."""
        if not self:
            return "none"
        if self.tries >= TRIES:
            return "locked"
        return "open" if self.opened_at else "new"

    def _is_of_other_device(self, secret):
        mine = self.device_hash
        return bool(mine) and not (secret and consteq(mine, self._hashed(secret)))

    def _forget_device(self):
        """The courier logged out: link and PIN open on the next phone."""
        self.write({"device_hash": False})

    @api.model
    def _hashed(self, secret):
        return hashlib.sha256(secret.encode()).hexdigest()

    @api.autovacuum
    def _gc_access(self):
        """What cannot be opened any more is of no use after a month."""
        month = fields.Datetime.now() - timedelta(days=30)
        self.search([("create_date", "<", month)], limit=10000).filtered(
            lambda access: not access._is_valid()
        ).unlink()
