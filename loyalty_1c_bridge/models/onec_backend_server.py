import hashlib
import ipaddress
import os
import secrets

from passlib.context import CryptContext

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import config

# Passwords are made by us of 130 random bits, so few rounds are enough, and 1C sends
# them with every request.
_crypt = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__default_rounds=25_000)
# Verified when there is no login to verify, so that the time does not tell.
_NOBODY = _crypt.hash(secrets.token_urlsafe(16))
MB = 1 << 20


def token_hash(token):
    """How tokens and sessids are stored; they are random, salt adds nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class OnecBackend(models.Model):
    """The address where the 1C of this base exchanges CommerceML with us."""

    _inherit = "onec.backend"

    token_hash = fields.Char(
        copy=False, readonly=True, groups="base.group_system", exportable=False
    )
    login = fields.Char("Login of 1C", copy=False, readonly=True)
    password_hash = fields.Char(
        copy=False, readonly=True, groups="base.group_system", exportable=False
    )
    has_password = fields.Boolean(
        "Address made", compute="_compute_has_password", compute_sudo=True
    )
    allowed_addresses = fields.Text(
        "Allowed addresses",
        help="Addresses or networks 1C may come from, one a line (192.0.2.7 or "
        "192.0.2.0/24). Empty: from anywhere, by https.",
    )
    accept_token = fields.Boolean(
        "Address alone is enough",
        tracking=True,
        help="Some web servers strip the password from requests. Then the secret "
        "address itself is the key: tick this only when 1C cannot log in otherwise.",
    )
    use_zip = fields.Boolean(
        "Accept ZIP", default=True, help="1C packs its files before it sends them."
    )
    file_limit = fields.Integer(
        "Bytes a request",
        default=10 * MB,
        help="1C cuts larger files into pieces of this size. Keep it below the limit "
        "of your web server.",
    )
    max_body_mb = fields.Integer(
        "Largest upload, MB", default=512, help="A file, or an archive, as it comes."
    )
    max_unpacked_mb = fields.Integer(
        "Largest exchange, MB",
        default=2048,
        help="All files of one conversation together, unpacked.",
    )
    answer_when = fields.Selection(
        [("applied", "Applied"), ("stored", "Stored")],
        "Tell 1C “success” when",
        required=True,
        default="applied",
        help="1C forgets its changes when it hears “success”. A stored file is not "
        "lost either; choose this when catalogues are so large that 1C gives up.",
    )
    keep_days = fields.Integer(
        "Keep files, days",
        default=180,
        help="Files of finished messages are removed after this; the journal stays.",
    )

    _token_uniq = models.UniqueIndex("(token_hash) WHERE token_hash IS NOT NULL")
    _limits_positive = models.Constraint(
        "CHECK (file_limit >= 1024 AND max_body_mb > 0 AND max_unpacked_mb > 0"
        " AND keep_days > 0)",
        "Limits of the exchange are positive, and a request has 1024 bytes or more.",
    )

    @api.depends("token_hash", "password_hash")
    def _compute_has_password(self):
        for backend in self:
            backend.has_password = bool(backend.token_hash and backend.password_hash)

    @api.constrains("allowed_addresses")
    def _check_allowed_addresses(self):
        for backend in self:
            try:
                backend._networks()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Allowed addresses: %(reason)s. Write one address or network "
                        "a line, such as 192.0.2.7 or 192.0.2.0/24.",
                        reason=error,
                    )
                ) from error

    def action_new_credentials(self):
        """Make a new address and password, and show them this once."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_1c_bridge.group_onec_manager"):
            raise AccessError(
                self.env._("Only managers of the 1C bridge make passwords.")
            )
        self.check_access("write")
        token, password = self._new_credentials()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Address for %(base)s", base=self.name),
            "res_model": "onec.backend.credentials",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_address": self._exchange_address(token),
                "default_login": self.login,
                "default_password": password,
            },
        }

    def _new_credentials(self):
        """Replace token and password; both are returned and never stored."""
        token, password = secrets.token_urlsafe(24), secrets.token_urlsafe(18)
        self.sudo().write(
            {
                "token_hash": token_hash(token),
                "login": self.login or f"1c-{self.id}",
                "password_hash": _crypt.hash(password),
            }
        )
        self.sudo().env["onec.session"].search([("backend_id", "=", self.id)])._expire()
        return token, password

    def _exchange_address(self, token):
        return f"{self.get_base_url()}/loyalty_1c/{token}/1c_exchange"

    @api.model
    def _by_token(self, token):
        """The base whose address has ``token``; none for strangers."""
        return self.sudo().search(
            [("token_hash", "=", token_hash(token)), ("use_cml", "=", True)], limit=1
        )

    def _check_password(self, login, password):
        """Whether these are the login and the password of the base.

        Takes the same time whatever is wrong.
        """
        backend_sudo = self.sudo()
        known = secrets.compare_digest(
            (backend_sudo.login or "").encode(), (login or "").encode()
        )
        hashed = backend_sudo.password_hash
        right = _crypt.verify(password or "", hashed or _NOBODY)
        return bool(known and right and hashed)

    def _networks(self):
        lines = (self.allowed_addresses or "").split()
        return [ipaddress.ip_network(line, strict=False) for line in lines]

    def _allows(self, address, secure):
        """Whether a client at ``address`` may talk to us.

        By http only from allowed or private addresses: the password is readable.
        """
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        networks = self._networks()
        if networks:
            return any(ip in network for network in networks)
        return secure or ip.is_private or ip.is_loopback

    # --- files ----------------------------------------------------------------------

    def _directory(self):
        """Where files of this base lie."""
        self.ensure_one()
        return os.path.join(
            config["data_dir"], "loyalty_1c", self.env.cr.dbname, str(self.id)
        )

    def _incoming_file(self, source, path):
        """Path on the disk of a file that came together with an import.

        :param source: the ``onec.session`` or the ``onec.message`` that speaks of it
        :param path: relative path in the file of 1C, e.g. ``import_files/ab/1.jpg``
        :return: path, or None when it did not come (or its name is no name)
        """
        self.ensure_one()
        if source._name == "onec.message":
            session, batch = source.session_id, source.upload_batch
        else:
            session, batch = source, source.upload_batch
        upload = self.env["onec.upload"]._lookup(session, batch, path)
        return upload._path() if upload and os.path.exists(upload._path()) else None
