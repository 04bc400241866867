import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.errors import ExchangeError
from ..engine.odata import lock
from ..engine.odata.client import Client
from ..engine.odata.ledger import Ledger
from ..engine.safe import outgoing

_logger = logging.getLogger(__name__)


class OnecBackend(models.Model):
    """OData of the base: what is posted there, its lock date, its balances."""

    _inherit = "onec.backend"

    odata_url = fields.Char(
        "Address of OData",
        groups="base.group_system",
        copy=False,
        help="As the base is published on the web server, e.g. "
        "https://1c.example.com/bp; /odata/standard.odata is added.",
    )
    odata_login = fields.Char("OData user", groups="base.group_system", copy=False)
    odata_password = fields.Char(
        "OData password", groups="base.group_system", copy=False
    )
    odata_book = fields.Char(
        "Accounting register",
        default="Хозрасчетный",
        help="Name of the register and chart of accounts: Хозрасчетный, in Kazakhstan "
        "Типовой.",
    )
    odata_accounts = fields.Char(
        "Accounts of customers",
        default="62",
        help="Codes of the accounts of settlements with customers, separated by "
        "commas; subaccounts are included. In Kazakhstan 1210, 3510.",
    )
    odata_ok_at = fields.Datetime("OData answered at", readonly=True, copy=False)
    odata_error = fields.Text("OData problem", readonly=True, copy=False)

    @api.constrains("odata_url")
    def _check_odata_url(self):
        for backend in self.sudo().filtered("odata_url"):
            try:
                outgoing.check_url(backend.odata_url)
            except ExchangeError as error:
                raise ValidationError(
                    self.env["onec.message"]._explain(error)
                ) from error

    def _odata_client(self):
        """Client of this base; no network is touched yet.

        :raise ExchangeError: the address is none, or a forbidden one
        """
        self.ensure_one()
        backend_sudo = self.sudo()
        return Client(
            backend_sudo.odata_url or "",
            backend_sudo.odata_login or "",
            backend_sudo.odata_password or "",
        )

    def _odata_ledger(self):
        """Settlements with customers in the accounting register; asks 1C."""
        codes = (self.odata_accounts or "").replace(";", ",").split(",")
        prefixes = [code.strip() for code in codes if code.strip()]
        return Ledger(self._odata_client(), self.odata_book or "", prefixes)

    @api.model
    def _cron_odata(self):
        """Ask every base with OData what it posted, and up to where it is closed."""
        for backend in self.sudo().search([("use_odata", "=", True)]):
            if backend.odata_url:
                backend._odata_guarded(backend._odata_run)

    def action_odata_look_up(self):
        """Button: ask 1C now about every document it received."""
        self.ensure_one()
        self._check_group()
        self.check_access("read")
        if not self._odata_guarded(self.sudo()._odata_run):
            raise UserError(self.sudo().odata_error)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("1C answered; the documents show what it says."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _odata_run(self):
        self._odata_read_lock_date()
        rows = self.env["onec.outbox"].search(
            [
                ("backend_id", "=", self.id),
                ("latest", "=", True),
                ("state", "in", ("sent", "received")),
            ]
        )
        rows._odata_verify()

    def _odata_read_lock_date(self):
        """Read up to where 1C is closed; a base without the register tells nothing."""
        client = self._odata_client()
        organization = self._odata_organization()
        self._ed_commit()
        try:
            rows = list(client.rows(lock.REGISTER))
        except ExchangeError as error:
            if error.code != "odata_no_set":
                raise
            return
        today = fields.Date.context_today(self.with_context(tz=self.tz))
        found = lock.lock_date(rows, today, organization)
        if found != (self.lock_date_1c or None):
            self.lock_date_1c = found
        self._ed_commit()

    def _odata_organization(self):
        row = self.env["onec.map"].search(
            [("backend_id", "=", self.id), ("otype", "=", "organization")], limit=1
        )
        return row.external_id or ""

    def _odata_guarded(self, step):
        """Run a step that asks 1C; a failure is written down and stops no other."""
        self.ensure_one()
        try:
            step()
        except ExchangeError as error:
            self._ed_rollback()
            _logger.warning("1c odata failed: base %s, %s", self.id, error)
            self.sudo().odata_error = self.env["onec.message"]._explain(error)
            self._ed_commit()
            return False
        self.sudo().write({"odata_ok_at": fields.Datetime.now(), "odata_error": False})
        self._ed_commit()
        return True

    def _health_problems(self):
        problems = super()._health_problems()
        if self.use_odata and self.odata_error:
            problems.append(("bad", self.odata_error))
        return problems
