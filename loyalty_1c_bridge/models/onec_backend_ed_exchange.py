import datetime
import logging
import os
import time

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import config

from ..engine.enterprisedata import folder, package, soap
from ..engine.errors import ExchangeError
from ..engine.safe import outgoing
from .onec_backend_desk import MANAGER

_logger = logging.getLogger(__name__)

AUTOMATIC = ("folder", "soap", "upload")
ROOT_PARAMETER = "loyalty_1c_bridge.exchange_root"
TRIES = 5
SETTLING = datetime.timedelta(days=1)


class OnecBackend(models.Model):
    """EnterpriseData on the wire: folder and web service, and how the channel does."""

    _inherit = "onec.backend"

    ed_folder = fields.Char(
        "Folder",
        groups="base.group_system",
        copy=False,
        help="Below the directory of exchanges, which the server's administrator sets "
        "by the system parameter loyalty_1c_bridge.exchange_root.",
    )
    ed_url = fields.Char(
        "Address of the 1C base",
        groups="base.group_system",
        copy=False,
        help="As published on the web server, e.g. https://1c.example.com/bp",
    )
    ed_login = fields.Char("1C user", groups="base.group_system", copy=False)
    ed_password = fields.Char("1C password", groups="base.group_system", copy=False)
    ed_part_kb = fields.Integer(
        "Size of parts, KB",
        default=1024,
        groups="base.group_system",
        help="Archives go to and fro in parts of this size; 0 for one part.",
    )
    ed_tried_at = fields.Datetime("Last exchange tried", readonly=True, copy=False)
    ed_ok_at = fields.Datetime("Last exchange that worked", readonly=True, copy=False)
    ed_error = fields.Text("Sending fails", readonly=True, copy=False)
    ed_fetch_error = fields.Text("Fetching fails", readonly=True, copy=False)

    @api.constrains("ed_folder", "ed_url")
    def _check_ed_addresses(self):
        for backend in self.sudo():
            try:
                if backend.ed_folder:
                    folder.resolve(backend._ed_root(), backend.ed_folder)
                if backend.ed_url:
                    outgoing.check_url(backend.ed_url)
            except ExchangeError as error:
                raise ValidationError(self._ed_explain(error)) from error

    # --- crons ----------------------------------------------------------------------

    @api.model
    def _cron_ed_send(self):
        """Write and hand over what waits, for every base that is reached by itself."""
        for backend in self._ed_automatic():
            backend._ed_guarded(backend._ed_send)

    @api.model
    def _cron_ed_fetch(self):
        """Fetch messages of 1C, and say what they were waiting for."""
        for backend in self._ed_automatic():
            backend._ed_guarded(backend._ed_fetch, "ed_fetch_error")

    @api.model
    def _ed_automatic(self):
        return self.sudo().search(
            [("use_ed", "=", True), ("ed_transport", "in", AUTOMATIC)]
        )

    def action_ed_exchange(self):
        """Button: exchange now, both ways."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_1c_bridge.group_onec_accountant"):
            raise AccessError(
                self.env._("Exchanging with 1C takes the rights of an accountant.")
            )
        self.check_access("read")
        for name in ("ir_cron_ed_fetch", "ir_cron_ed_send"):
            self.env.ref(f"loyalty_1c_bridge.{name}").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The exchange with %(name)s begins in the background.",
                    name=self.name,
                ),
            },
        }

    def action_ed_test(self):
        """Button: ask the web service whether it is there and knows our code."""
        self.ensure_one()
        self._check_group(MANAGER)
        self.check_access("read")
        service = soap.UPLOAD if self.ed_transport == "upload" else soap.EXCHANGE
        try:
            self.sudo()._ed_client(service).test()
        except ExchangeError as error:
            raise UserError(self._ed_explain(error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("1C answers, and knows our code."),
            },
        }

    def _ed_guarded(self, step, error_field="ed_error"):
        """Run a step; a failure is written down and stops no other base.

        :param error_field: where people see what went wrong; empty when it went well
        """
        self.ensure_one()
        for attempt in range(TRIES):
            try:
                step()
                self._ed_healthy(error_field)
                self._ed_commit()
                return True
            except TransactionRollbackError:
                self._ed_rollback()
                if attempt == TRIES - 1:
                    _logger.warning("1c exchange put off: base %s is busy", self.id)
                time.sleep(0.05 * 2**attempt)
            except (ExchangeError, OSError) as error:
                self._ed_rollback()
                self._ed_unhealthy(error_field, error)
                self._ed_commit()
                return False
        return False

    def _ed_commit(self):
        """Nothing goes out before it is kept. Tests keep their transaction."""
        if modules.module.current_test:
            self.env.flush_all()
            return
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _ed_rollback(self):
        if modules.module.current_test:
            self.env.invalidate_all()
            return
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _ed_healthy(self, error_field):
        now = fields.Datetime.now()
        self.sudo().write({"ed_tried_at": now, "ed_ok_at": now, error_field: False})

    def _ed_unhealthy(self, error_field, error):
        _logger.warning("1c exchange failed: base %s, %s", self.id, error)
        self.sudo().write(
            {
                "ed_tried_at": fields.Datetime.now(),
                error_field: self._ed_explain(error),
            }
        )

    def _health_problems(self):
        problems = super()._health_problems()
        errors = {self.ed_error, self.ed_fetch_error} - {False}
        for error in sorted(errors) if self.use_ed else ():
            problems.append(("bad", self.env._("EnterpriseData: %s", error)))
        return problems

    def _ed_explain(self, error):
        if isinstance(error, ExchangeError):
            return self.env["onec.message"]._explain(error)
        return str(error)

    # --- both directions ------------------------------------------------------------

    def _ed_send(self):
        """Hand over what waits: settings first, then the next message."""
        if not self.ed_settings_sent_at and self.ed_transport != "upload":
            self._ed_hand_over(self._ed_settings_message())
        if self._ed_is_settling():
            return
        message = self._ed_collect()
        if message:
            self._ed_hand_over(message)

    def _ed_is_settling(self):
        """Whether the settings lie in the folder and 1C has not answered them yet.

        The next message has the same file name: it would take their place. After a
        day it does, for bases that never answer settings.
        """
        return bool(
            self.ed_transport == "folder"
            and not self.ed_settings_got_at
            and not self.ed_last_received_no
            and self.ed_settings_sent_at
            and self.ed_settings_sent_at > fields.Datetime.now() - SETTLING
        )

    def _ed_hand_over(self, message):
        """Make a kept message visible to 1C."""
        self._ed_publish(message)
        self._ed_commit()
        getattr(self, f"_ed_put_{self.ed_transport}")(message)
        self._ed_handed_over(message)
        if self.ed_transport == "upload" and message.number:
            # One way: 1C has worked it off, and will never send a receipt.
            self._ed_lock(wait=True)
            self._ed_acknowledge(message.number)
        self._ed_commit()

    def _ed_fetch(self):
        if self.ed_transport != "upload":
            getattr(self, f"_ed_get_{self.ed_transport}")()

    # --- folder ---------------------------------------------------------------------

    @api.model
    def _ed_root(self):
        root = self.env["ir.config_parameter"].sudo().get_param(ROOT_PARAMETER)
        return root or os.path.join(
            config["data_dir"], "loyalty_1c", "exchange", self.env.cr.dbname
        )

    def _ed_directory(self):
        path = folder.resolve(self._ed_root(), self.sudo().ed_folder)
        os.makedirs(path, exist_ok=True)
        return path

    def _ed_put_folder(self, message):
        folder.put(self._ed_directory(), message.filename, message._ed_content())

    def _ed_get_folder(self):
        link = self._ed_link()
        directory = self._ed_directory()
        for name in folder.incoming(directory, link.node, link.peer):
            found = folder.take(directory, name)
            if found is None:
                continue
            content, sign = found
            self._ed_take(name, content)
            self._ed_commit()
            folder.remove(directory, name, sign)

    # --- web service ----------------------------------------------------------------

    def _ed_client(self, service):
        """Client of a web service; to be used only after a commit."""
        backend = self.sudo()
        session = outgoing.session(backend.ed_login, backend.ed_password)
        url = soap.address(backend.ed_url or "", service)

        def post(action, body):
            headers = {
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{action}"',
            }
            return outgoing.call(session, "POST", url, data=body, headers=headers)

        return soap.Client(
            post,
            service=service,
            plan=backend.ed_exchange_plan,
            peer=backend.ed_node_code,
            part_kb=max(backend.ed_part_kb, 0),
        )

    def _ed_archive(self, message):
        return package.pack("data.xml", message._ed_content())

    def _ed_put_soap(self, message):
        client = self._ed_client(soap.EXCHANGE)
        client.test()
        client.put(self._ed_archive(message))

    def _ed_put_upload(self, message):
        client = self._ed_client(soap.UPLOAD)
        client.test()
        client.put(self._ed_archive(message))

    def _ed_get_soap(self):
        client = self._ed_client(soap.EXCHANGE)
        client.test()
        file_id, archive = client.get()
        if archive:
            name = package.file_name(self.ed_peer_code, self.ed_node_code, "zip")
            self._ed_take(name, archive)
            self._ed_commit()
        client.confirm(file_id)
