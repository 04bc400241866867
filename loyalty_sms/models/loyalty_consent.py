from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import SQL, split_every

from . import consent_origin
from .constants import CONSENT_CHANNELS, PHONE_CHANNELS, PURPOSES


class LoyaltyConsent(models.Model):
    """Consents given and withdrawn, each with its proof: only ever added to."""

    _name = "loyalty.consent"
    _description = "Consent given or withdrawn"
    _order = "id desc"
    _rec_name = "number"
    _log_access = False

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    number = fields.Char("Number or address", required=True, readonly=True)
    channel = fields.Selection(CONSENT_CHANNELS, required=True, readonly=True)
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    action = fields.Selection(
        [
            ("opt_in", "Given"),
            ("opt_out", "Withdrawn"),
            ("asked", "Waits for confirmation"),
        ],
        required=True,
        readonly=True,
    )
    source = fields.Selection(
        [
            ("pos", "At the till"),
            ("web", "Web page"),
            ("portal", "Customer portal"),
            ("message", "Reply to a message"),
            ("link", "Link in a message"),
            ("import", "Import"),
            ("operator", "Operator"),
            ("provider", "Provider"),
            ("number", "Number changed"),
            ("install", "Before this history began"),
        ],
        required=True,
        readonly=True,
    )
    text = fields.Text("Words shown or received", readonly=True)
    remote = fields.Char("Network address", readonly=True)
    user_id = fields.Many2one("res.users", "Recorded by", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    attachment_id = fields.Many2one("ir.attachment", "Evidence", readonly=True)

    _partner_idx = models.Index("(partner_id, id)")
    _number_idx = models.Index("(number, channel, id)")

    # -- only ever added to -------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refused: rows come from what customers and operators do."""
        self._raise_append_only()

    def write(self, vals):  # pylint: disable=method-required-super
        """Refused for everybody."""
        self._raise_append_only()

    def unlink(self):  # pylint: disable=method-required-super
        """Refused for everybody."""
        self._raise_append_only()

    def _raise_append_only(self):
        raise AccessError(
            self.env._(
                "The history of consents is kept as proof: nothing in it is changed,"
                " added by hand or deleted. Change the consent on the customer, which"
                " adds a line here."
            )
        )

    # -- recording ----------------------------------------------------------------
    @api.model
    def _record(self, rows):
        """Add consents to the history, and make them hold, in this transaction.

        :param rows: dicts with ``number``, ``channel``, ``purpose``, ``action``, and
            what is known of ``partner_id``, ``company_id``, ``source``, ``text``,
            ``remote``; the last row of a number, channel and purpose is what holds
        :return: the new rows
        """
        ids = []
        for some in split_every(2000, rows, list):
            ids += self._insert([self._complete(row) for row in some])
        self.env["loyalty.consent.state"]._follow(ids)
        self._sync_switches(rows)
        self._sync_blacklists(rows)
        return self.browse(ids)

    @api.model
    def _complete(self, row):
        frame = consent_origin.current()
        remote = frame.remote
        if not remote and request and request.httprequest:
            remote = request.httprequest.remote_addr
        return {
            "company_id": None,
            "partner_id": None,
            "source": frame.source,
            "text": frame.text,
            "remote": remote,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            **row,
        }

    @api.model
    def _insert(self, rows):
        if not rows:
            return []
        names = (
            "company_id",
            "partner_id",
            "number",
            "channel",
            "purpose",
            "action",
            "source",
            "text",
            "remote",
            "user_id",
            "date",
        )
        values = [tuple(row[name] or None for name in names) for row in rows]
        found = self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_consent (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(values),
            )
        )
        return [row[0] for row in found]

    # -- what follows -------------------------------------------------------------
    @api.model
    def _sync_switches(self, rows):
        """The switches of customers show what the history says."""
        partners_sudo = self.env["res.partner"].sudo()
        names = partners_sudo._consent_switches()
        off, on = {}, {}
        for row in rows:
            name = names.get((row["channel"], row["purpose"]))
            if row["purpose"] == "all" and row["action"] == "opt_out":
                name = names.get((row["channel"], "marketing"))
            if not name:
                continue
            if row["action"] == "opt_out":
                off.setdefault(name, set()).add(row["number"])
            elif row["action"] == "opt_in" and row.get("partner_id"):
                on.setdefault(name, set()).add(row["partner_id"])
        for name, numbers in off.items():
            partners_sudo._switch_off(name, numbers)
        for name, ids in on.items():
            changed = partners_sudo.browse(ids).filtered(lambda p, n=name: not p[n])
            with consent_origin.origin(silent=True):
                changed.write({name: True})

    @api.model
    def _sync_blacklists(self, rows):
        """Who wants nothing at all is on the ERP's own lists too."""
        for action in ("opt_out", "opt_in"):
            everything = [
                row
                for row in rows
                if row["purpose"] == "all" and row["action"] == action
            ]
            phones = {
                row["number"] for row in everything if row["channel"] in PHONE_CHANNELS
            }
            emails = {row["number"] for row in everything if row["channel"] == "email"}
            self._blacklist("phone.blacklist", "number", phones, action)
            self._blacklist("mail.blacklist", "email", emails, action)

    @api.model
    def _blacklist(self, model, name, numbers, action):
        if not numbers:
            return
        list_sudo = self.env[model].sudo()
        if action == "opt_out":
            list_sudo.create([{name: number} for number in sorted(numbers)])
        else:
            list_sudo.search([(name, "in", list(numbers))]).action_archive()
