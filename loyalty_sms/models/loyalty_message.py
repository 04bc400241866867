import uuid

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import states
from .constants import CHANNELS, MESSAGE_CLASSES, REASONS, STATES


class LoyaltyMessage(models.Model):
    """One message to one customer, in whatever channel: the queue and the history."""

    _name = "loyalty.message"
    _description = "Message to a customer"
    _order = "id desc"
    _rec_name = "number"
    _log_access = False

    create_date = fields.Datetime("Created", readonly=True, default=fields.Datetime.now)
    uuid = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: uuid.uuid4().hex
    )
    dedupe_key = fields.Char("Key", readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    number = fields.Char("Number or address", readonly=True)
    channel = fields.Selection(CHANNELS, required=True, default="sms", readonly=True)
    message_class = fields.Selection(
        MESSAGE_CLASSES, "Class", required=True, default="service", readonly=True
    )
    cap_group = fields.Char(readonly=True)
    gateway_id = fields.Many2one("loyalty.sms.gateway", "Gateway", readonly=True)
    template_id = fields.Many2one("loyalty.sms.template", "Template", readonly=True)
    rule_id = fields.Many2one("loyalty.sms.rule", "Rule", readonly=True)
    event_id = fields.Many2one("loyalty.sms.event", "Event", readonly=True)
    campaign_id = fields.Many2one("loyalty.sms.campaign", "Campaign", readonly=True)
    variant = fields.Char("Half", readonly=True, help="A or B of a campaign.")
    res_model = fields.Char("Document model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )
    parent_id = fields.Many2one(
        "loyalty.message",
        "Instead of",
        readonly=True,
        help="This message goes another way because that one did not arrive.",
    )
    lang = fields.Char("Language", readonly=True)
    sender = fields.Char(readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Text(
        "Whole text", readonly=True, groups="loyalty_sms.group_sms_admin"
    )
    is_secret = fields.Boolean(
        "Holds a code", readonly=True, help="The text is masked wherever it is listed."
    )
    provider_template = fields.Json(readonly=True, groups="loyalty_sms.group_sms_admin")
    encoding = fields.Selection([("GSM7", "GSM-7"), ("UCS2", "UCS-2")], readonly=True)
    segments = fields.Integer(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    estimated_cost = fields.Float(digits=(16, 4), readonly=True)
    cost = fields.Float(digits=(16, 4), readonly=True, help="As the provider reports.")
    priority = fields.Integer(default=5, readonly=True)
    not_before = fields.Datetime("Not before", readonly=True)
    expires_at = fields.Datetime("Of no use after", readonly=True)
    state = fields.Selection(STATES, required=True, default="queued", readonly=True)
    reason = fields.Selection(REASONS, "Why not sent", readonly=True)
    attempts = fields.Integer(readonly=True)
    tried = fields.Json(
        readonly=True,
        copy=False,
        help="Gateways of the route which refused it since the last pause.",
    )
    may_resend = fields.Boolean(
        "May go twice",
        readonly=True,
        help="Sent once more when nobody can tell whether it left. For codes, which are"
        " of more harm when they do not come than when they come twice.",
    )
    resends = fields.Integer("Sent again", readonly=True, copy=False)
    fallback = fields.Json(
        readonly=True,
        groups="loyalty_sms.group_sms_admin",
        help="Values of the messages to try, one after the other, when this one fails.",
    )
    claim_token = fields.Char(readonly=True, copy=False)
    claimed_at = fields.Datetime(readonly=True)
    accepted_at = fields.Datetime("Accepted", readonly=True)
    submitted_at = fields.Datetime("Submitted", readonly=True)
    delivered_at = fields.Datetime("Delivered", readonly=True)
    read_at = fields.Datetime("Read", readonly=True)
    failed_at = fields.Datetime("Failed", readonly=True)
    gateway_ref = fields.Char("Gateway's id", readonly=True, copy=False)
    asked_at = fields.Datetime("Asked the gateway", readonly=True, copy=False)
    failure = fields.Char(
        readonly=True, help="One of the suite's words for a refusal of a gateway."
    )
    error_code = fields.Char(readonly=True)
    error_text = fields.Char("Error", readonly=True)

    _uuid_key = models.UniqueIndex("(uuid)")
    _dedupe_key = models.UniqueIndex("(dedupe_key) WHERE dedupe_key IS NOT NULL")
    # The claim reads each class by itself, so that none waits for another to end.
    _queue_idx = models.Index(
        "(gateway_id, message_class, priority, not_before, id) WHERE state = 'queued'"
    )
    _sending_idx = models.Index("(claimed_at) WHERE state IN ('sending', 'unknown')")
    _partner_idx = models.Index("(partner_id, create_date)")
    _campaign_idx = models.Index("(campaign_id, state) WHERE campaign_id IS NOT NULL")
    _ref_idx = models.Index("(gateway_ref) WHERE gateway_ref IS NOT NULL")

    # -- extension points, here so that every other file comes after them --------------
    @api.model
    def _claim_suppressions(self):
        """Why a message that waits must not go any more.

        :return: ``(reason, SQL condition on the message's alias m)`` of each reason;
            the first that holds counts; ``cancelled`` and ``expired`` are states too
        """
        return [
            (
                "expired",
                SQL("m.expires_at IS NOT NULL AND m.expires_at <= %s", self._now()),
            )
        ]

    @api.model
    def _claim_holds(self):
        """Why a message must wait a while longer; as in :meth:`_claim_suppressions`."""
        return [
            (
                "paused",
                SQL(
                    "EXISTS (SELECT 1 FROM res_company off WHERE off.id = m.company_id"
                    " AND off.loyalty_sms_is_off)"
                ),
            )
        ]

    def _now(self):
        """The time that is compared with the queue's: the clock's, to the second.

        The transaction's own would be older, and a message due now would wait.
        """
        return fields.Datetime.now()

    def _on_changed(self, changed):
        """Messages in ``self`` moved: ``changed`` is ``{id: state}`` of each.

        Called for many at once in the transaction that writes the states, by SQL, so
        read what you need and do not trust the cache. Extend it, and do not fail.
        """
        self.invalidate_recordset(flush=False)
        finished = {
            id_: state for id_, state in changed.items() if state in states.FINISHED
        }
        if finished:
            self.browse(finished)._on_finished(finished)

    def _on_finished(self, finished):
        """Messages in ``self`` came to an end: ``finished`` is ``{id: state}``."""
        self._fall_back(
            [id_ for id_, state in finished.items() if state in ("failed", "expired")]
        )
