import uuid

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.enterprisedata import EXCHANGE_PLAN, VERSIONS, receipts
from ..engine.enterprisedata.convert import RECEIVED, SENT
from ..engine.enterprisedata.header import Header, ObjectType

NUMBER_HELP = "Counted by the exchange itself; never set by hand."


class OnecBackend(models.Model):
    """EnterpriseData: who signs how, which version is spoken, numbers and receipts."""

    _inherit = "onec.backend"

    ed_transport = fields.Selection(
        [
            ("manual", "Files by hand"),
            ("folder", "Shared folder"),
            ("soap", "Web service of 1C"),
            ("upload", "Web service of 1C, one way"),
        ],
        "Transport",
        required=True,
        default="manual",
        tracking=True,
        help="By hand: an accountant downloads messages and uploads those of 1C. "
        "One way: 1C takes operations and never answers with a message.",
    )
    ed_node_code = fields.Char(
        "Our code",
        default="ОД",
        tracking=True,
        help="By this code 1C knows us: the prefix of the other side in its settings.",
    )
    ed_node_guid = fields.Char(
        "Our GUID", readonly=True, copy=False, default=lambda self: str(uuid.uuid4())
    )
    ed_peer_code = fields.Char(
        "Code of 1C",
        tracking=True,
        help="The prefix of the 1C base, as its synchronization settings show it.",
    )
    ed_peer_guid = fields.Char("GUID of 1C", readonly=True, copy=False)
    ed_exchange_plan = fields.Char(
        "Exchange plan",
        default=EXCHANGE_PLAN,
        groups="loyalty_1c_bridge.group_onec_manager",
        help="Only bases with an exchange plan of their own need another one.",
    )
    ed_version = fields.Selection(
        [(version, version) for version in VERSIONS],
        "Format version",
        required=True,
        default="1.17",
        tracking=True,
        help="Set by the first settings message of 1C to the newest version that both "
        "sides know.",
    )
    ed_peer_versions = fields.Char("Versions of 1C", readonly=True, copy=False)
    # {"receives": [type names], "sends": [type names]} as 1C declared them
    ed_peer_types = fields.Json(readonly=True, copy=False)
    ed_settings_sent_at = fields.Datetime("Settings sent", readonly=True, copy=False)
    ed_settings_got_at = fields.Datetime("Settings of 1C", readonly=True, copy=False)
    ed_last_sent_no = fields.Integer(
        "Last number sent", readonly=True, copy=False, help=NUMBER_HELP
    )
    ed_last_received_no = fields.Integer(
        "Last number received", readonly=True, copy=False, help=NUMBER_HELP
    )
    ed_peer_received_no = fields.Integer(
        "Received by 1C up to", readonly=True, copy=False, help=NUMBER_HELP
    )
    ed_claimed_no = fields.Integer(
        "Number that 1C claims to have",
        readonly=True,
        copy=False,
        help="1C confirmed a message that was never sent from this database.",
    )
    # 1C waits for our receipt: it sent objects, or sent something again.
    ed_receipt_due = fields.Boolean(readonly=True, copy=False)

    @api.constrains("use_ed", "ed_node_code", "ed_peer_code")
    def _check_ed_codes(self):
        for backend in self:
            if not backend.use_ed:
                continue
            ours, theirs = backend.ed_node_code, backend.ed_peer_code
            if not ours or ours == theirs:
                raise ValidationError(
                    self.env._(
                        "%(backend)s: both sides of an exchange need a code, and not "
                        "the same. Copy them from the synchronization settings of 1C.",
                        backend=backend.name,
                    )
                )

    def _ed_link(self):
        """Numbers and receipts for the rules of ``engine/enterprisedata/receipts``."""
        self.ensure_one()
        last = self._ed_message(self.ed_last_sent_no)
        return receipts.Link(
            node=self._ed_codes(self.ed_node_code, self.ed_node_guid),
            peer=self._ed_codes(self.ed_peer_code, self.ed_peer_guid),
            sent=self.ed_last_sent_no,
            published=not last or bool(last.published_at),
            received=self.ed_last_received_no,
            peer_received=self.ed_peer_received_no,
        )

    @api.model
    def _ed_codes(self, *codes):
        return tuple(code for code in codes if code)

    def _ed_message(self, number):
        """Our message with ``number``, or none."""
        messages = self.env["onec.message"].sudo()
        if not number:
            return messages
        return messages.search(
            [
                ("backend_id", "=", self.id),
                ("direction", "=", "out"),
                ("channel", "=", "ed"),
                ("number", "=", number),
            ]
        )

    def _ed_lock(self, wait=False):
        """Whether the numbers are ours to change until the end of the transaction.

        Whoever changed them since our transaction began makes it fail as a
        serialization failure, which is run again.
        """
        self.ensure_one()
        if wait:
            self.env.cr.execute(
                "SELECT id FROM onec_backend WHERE id = %s FOR NO KEY UPDATE",
                [self.id],
            )
            locked = True
        else:
            locked = bool(self.sudo().try_lock_for_update(allow_referencing=True))
        self.invalidate_recordset(
            [
                "ed_last_sent_no",
                "ed_last_received_no",
                "ed_peer_received_no",
                "ed_receipt_due",
            ]
        )
        return locked

    # --- what we say of ourselves ---------------------------------------------------

    def _ed_header(self, number, version):
        """Header of a message of ours; number 0 and no version are a handshake."""
        return Header(
            version=version,
            created=self._ed_now(),
            sender=self.ed_node_code,
            receiver=self.ed_peer_code or "",
            number=number,
            received=self.ed_last_received_no if number else 0,
            exchange_plan=self.sudo().ed_exchange_plan or EXCHANGE_PLAN,
            versions=list(VERSIONS),
            new_from=self.ed_node_guid or "",
            object_types=self._ed_object_types(),
            prefix=self.prefix or "",
        )

    def _ed_now(self):
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self.tz), fields.Datetime.now()
        ).replace(tzinfo=None)

    def _ed_object_types(self):
        """Everything we write is sent; only what has an applier is received.

        1C forgets what it sent of a type that we declare, so a type that nobody here
        takes in must not be declared.
        """
        receives = set(self._ed_received_types())
        sends = set(SENT)
        names = sorted(sends | receives)
        return [
            ObjectType(
                name, "*" if name in sends else "", "*" if name in receives else ""
            )
            for name in names
        ]

    def _ed_received_types(self):
        """Type names that an applier here takes in."""
        return [
            name
            for name, otype in RECEIVED.items()
            if f"onec.apply.{otype}" in self.env
        ]

    def _ed_is_taken(self, type_name):
        """Whether 1C takes objects of this type; unknown as long as it said nothing."""
        if type_name == "УдалениеОбъекта":
            return True  # a service of the format, no type that a side declares
        types = self.ed_peer_types or {}
        return not types.get("receives") or type_name in types["receives"]
