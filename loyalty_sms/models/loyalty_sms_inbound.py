import re
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, email_normalize

from ..engine import keywords
from .constants import CHANNELS
from .loyalty_sms_keyword import KINDS

REPLY_TEMPLATES = {
    keywords.STOP: "loyalty_sms.template_reply_stop",
    keywords.STOP_ALL: "loyalty_sms.template_reply_stop",
    keywords.START: "loyalty_sms.template_reply_start",
    keywords.YES: "loyalty_sms.template_reply_start",
    keywords.BALANCE: "loyalty_sms.template_reply_balance",
    keywords.HELP: "loyalty_sms.template_reply_help",
    keywords.RATING: "loyalty_sms.template_reply_thanks",
}
# Of how long ago a message may be that a reply is about.
REPLY_DAYS = 30
# What costs us a message each time; two machines could talk for ever.
REPEATED = (keywords.BALANCE, keywords.HELP, keywords.RATING)
REPLIES_A_DAY = 10
MARKETING_PURPOSES = ("marketing", "survey")


class LoyaltySmsInbound(models.Model):
    """What a customer wrote to us, and what we did."""

    _name = "loyalty.sms.inbound"
    _description = "Message from a customer"
    _order = "id desc"
    _rec_name = "number"
    _log_access = False

    create_date = fields.Datetime("Received", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    gateway_id = fields.Many2one("loyalty.sms.gateway", readonly=True)
    external_id = fields.Char("Gateway's id", readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    number = fields.Char("From", required=True, readonly=True)
    to = fields.Char(readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="set null"
    )
    text = fields.Text(readonly=True)
    kind = fields.Selection(
        [*KINDS, (keywords.RATING, "Rating"), (keywords.OTHER, "Something else")],
        "Understood as",
        readonly=True,
    )
    value = fields.Integer("Rating", readonly=True)
    message_id = fields.Many2one(
        "loyalty.message", "Replies to", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        [("new", "To answer"), ("done", "Done"), ("answered", "Answered")],
        required=True,
        default="done",
    )
    answer = fields.Text(help="Goes to the customer the way the message came.")
    answer_id = fields.Many2one(
        "loyalty.message", "Answer sent", readonly=True, ondelete="set null"
    )

    _once = models.UniqueIndex(
        "(channel, external_id, COALESCE(gateway_id, 0))"
        " WHERE external_id IS NOT NULL AND external_id != ''"
    )
    _partner_idx = models.Index("(partner_id, id)")
    _number_idx = models.Index("(number, id)")
    _open_idx = models.Index("(id) WHERE state = 'new'")

    # -- receiving ----------------------------------------------------------------
    @api.model
    def _receive(self, gateway, inbounds):
        """Take what customers wrote, and act on it in this transaction.

        :param gateway: the ``loyalty.sms.gateway`` it came by
        :param inbounds: ``engine.gateways.base.Inbound`` tuples; one that was received
            before (by the gateway's id) is left out
        :return: the new messages
        """
        received = self.browse()
        for inbound in inbounds:
            message = self.sudo()._insert(gateway, inbound)
            if message:
                message._act()
                received |= message
        return received

    @api.model
    def _insert(self, gateway, inbound):
        channel = inbound.channel or gateway.channel or "sms"
        number = self._clean_number(inbound.number, channel)
        partners = self._partners_of(number, channel, gateway.company_id)
        company = gateway.company_id or partners.company_id[:1] or self.env.company
        words = self.env["loyalty.sms.keyword"]._words(company.id)
        reply = keywords.read(inbound.text, words)
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_sms_inbound (create_date, company_id, gateway_id,
                       external_id, channel, number, "to", partner_id, text, kind,
                       value, message_id, state)
                   VALUES %s ON CONFLICT DO NOTHING RETURNING id""",
                (
                    fields.Datetime.now(),
                    company.id,
                    gateway.id or None,
                    inbound.external_id or None,
                    channel,
                    number,
                    inbound.to or None,
                    partners[:1].id or None,
                    inbound.text or "",
                    reply.kind,
                    reply.value,
                    self._replied_message(number, channel, inbound.reply_to).id or None,
                    "done",
                ),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _clean_number(self, number, channel):
        if channel == "email":
            return email_normalize(number) or (number or "")[:200]
        digits = re.sub(r"\D", "", number or "")
        if digits.startswith("00"):
            digits = digits[2:]
        return f"+{digits}" if len(digits) > 6 else (number or "")[:200]

    @api.model
    def _partners_of(self, number, channel, company):
        """Customers with this number, members first."""
        column = "email_normalized" if channel == "email" else "phone_sanitized"
        partners = self.env["res.partner"].sudo()
        found = partners.search(
            [
                (column, "=", number),
                ("company_id", "in", [company.id, False] if company else [False]),
            ],
            order="id",
        )
        return found.sorted(lambda p: (not p.is_loyalty_member, p.id))

    @api.model
    def _replied_message(self, number, channel, reply_to):
        """The message that a reply is about: named by the provider, else the last."""
        messages = self.env["loyalty.message"].sudo()
        if reply_to:
            named = messages.search(
                [
                    ("number", "=", number),
                    "|",
                    ("gateway_ref", "=", reply_to),
                    ("uuid", "=", reply_to),
                ],
                limit=1,
            )
            if named:
                return named
        since = fields.Datetime.now() - timedelta(days=REPLY_DAYS)
        return messages.search(
            [
                ("number", "=", number),
                ("channel", "=", channel),
                ("create_date", ">", since),
                ("state", "not in", ("queued", "suppressed", "cancelled")),
            ],
            limit=1,
        )

    # -- acting -------------------------------------------------------------------
    def _act(self):
        """Do what the customer asks for; what nobody understands is for a person."""
        self.ensure_one()
        if not getattr(self, f"_act_{self.kind}")():
            self.write({"kind": keywords.OTHER, "value": 0})
            self._act_other()

    def _act_stop(self):
        self._record_consents("opt_out", MARKETING_PURPOSES)
        self.env["loyalty.message"]._suppress_withdrawn([self.number])
        return self._reply_once_a_day()

    def _act_stop_all(self):
        self._record_consents("opt_out", ("all", *MARKETING_PURPOSES))
        self.env["loyalty.message"]._suppress_withdrawn([self.number])
        return True

    def _act_start(self):
        self._record_consents("opt_in", ("all", *MARKETING_PURPOSES))
        return self._reply_once_a_day()

    def _act_yes(self):
        """A consent that was asked for is given; without one, it is just a word."""
        waiting = self._waiting_consents()
        if not waiting:
            return False
        self._record_consents("opt_in", set(waiting.mapped("purpose")))
        return self._reply_once_a_day()

    def _act_balance(self):
        members = self._partners().filtered("is_loyalty_member")
        if not members:
            return False
        return self._reply(members[:1])

    def _act_help(self):
        return self._reply()

    def _act_rating(self):
        """A number answers the last request to rate, if there is one."""
        for partner in self._partners():
            asked = self._rating_request(partner)
            answered = self.env["loyalty.feedback"]._answer_by_reply(
                partner, self.value, self.text, asked
            )
            if answered:
                self.write({"message_id": asked.id, "partner_id": partner.id})
                return self._reply(partner)
        return False

    def _act_other(self):
        """Somebody of the shop is asked to answer."""
        self.write({"state": "new"})
        user = self._answerer()
        # One to-do for all that waits: who writes a hundred times is answered once.
        others = [
            ("partner_id", "=", self.partner_id.id),
            ("state", "=", "new"),
            ("id", "!=", self.id),
        ]
        if user and self.partner_id and not self.sudo().search_count(others, limit=1):
            self.partner_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Answer the message of the customer"),
                note=Markup("<p>%s</p>") % (self.text or ""),
            )
        return True

    def _answerer(self):
        """Who answers: an operator of the customer's branch, else the salesperson."""
        partner = self.partner_id
        candidates = partner.loyalty_branch_id.operator_ids | partner.user_id
        for user in candidates:
            if user.active and partner.with_user(user).has_access("read"):
                return user
        return candidates[:0]

    # -- what is needed for it ----------------------------------------------------
    def _partners(self):
        return self._partners_of(self.number, self.channel, self.company_id)

    def _record_consents(self, action, purposes):
        """Rows for each customer of the number, or for the number alone."""
        ids = self._partners().ids or [None]
        self.env["loyalty.consent"].sudo()._record(
            [
                {
                    "partner_id": partner_id,
                    "number": self.number,
                    "channel": self.channel,
                    "purpose": purpose,
                    "action": action,
                    "source": "message",
                    "text": self.text,
                    "remote": None,
                }
                for partner_id in ids
                for purpose in purposes
            ]
        )

    def _waiting_consents(self):
        return (
            self.env["loyalty.consent.state"]
            .sudo()
            .search(
                [
                    ("number", "=", self.number),
                    ("channel", "=", self.channel),
                    ("is_pending", "=", True),
                ]
            )
        )

    def _rating_request(self, partner):
        """The last message that asked this customer to rate."""
        since = fields.Datetime.now() - timedelta(days=REPLY_DAYS)
        asked = [
            ("number", "=", self.number),
            ("partner_id", "=", partner.id),
            ("res_model", "=", "loyalty.feedback"),
            ("create_date", ">", since),
        ]
        return self.env["loyalty.message"].sudo().search(asked, limit=1)

    def _reply_once_a_day(self):
        template = self.env.ref(REPLY_TEMPLATES[self.kind])
        yesterday = fields.Datetime.now() - timedelta(days=1)
        told = (
            self.env["loyalty.message"]
            .sudo()
            .search_count(
                [
                    ("number", "=", self.number),
                    ("channel", "=", self.channel),
                    ("template_id", "=", template.id),
                    ("create_date", ">", yesterday),
                ],
                limit=1,
            )
        )
        return bool(told) or self._reply()

    def _reply(self, partner=None):
        """Answer with the words for the keyword, in the customer's language."""
        template = self.env.ref(REPLY_TEMPLATES[self.kind], raise_if_not_found=False)
        partner = partner or self.partner_id
        if not template or self.kind in REPEATED and self._is_answered_enough():
            return True
        rendered = (
            template.sudo()
            .with_company(self.company_id)
            ._render_for(partner or self.company_id.sudo().partner_id, self.channel)
        )
        text = next(iter(rendered.values()))
        self._send(
            text.body,
            dedupe_key=f"reply:{self.id}",
            template_id=template.id,
            partner_id=partner.id or False,
            lang=text.lang,
            subject=text.subject or False,
            encoding=text.encoding or False,
            segments=text.segments,
            **({"state": "suppressed", "reason": text.problem} if text.problem else {}),
        )
        return True

    def _is_answered_enough(self):
        """Whether the number had as many answers in a day as a person could want."""
        answers = [
            ("number", "=", self.number),
            ("channel", "=", self.channel),
            ("res_model", "=", self._name),
            ("create_date", ">", fields.Datetime.now() - timedelta(days=1)),
        ]
        count = self.env["loyalty.message"].sudo().search_count
        return count(answers, limit=REPLIES_A_DAY) >= REPLIES_A_DAY

    def _send(self, body, **values):
        """A message back to the number, the way it came."""
        return (
            self.env["loyalty.message"]
            .sudo()
            ._enqueue(
                [
                    {
                        "company_id": self.company_id.id,
                        "partner_id": self.partner_id.id or False,
                        "number": self.number,
                        "channel": self.channel,
                        "message_class": "transactional",
                        "priority": 3,
                        "body": body,
                        "res_model": self._name,
                        "res_id": self.id,
                        "expires_at": fields.Datetime.now() + timedelta(days=1),
                        **values,
                    }
                ]
            )
        )

    # -- people -------------------------------------------------------------------
    def write(self, vals):
        """People write answers and what is done; what came stays as it came."""
        if not self.env.su and set(vals) - {"answer", "state"}:
            raise AccessError(
                self.env._("What a customer wrote cannot be changed. Write an answer.")
            )
        return super().write(vals)

    def action_answer(self):
        """Send the answer that was typed, the way the message came."""
        self.ensure_one()
        self.check_access("write")
        text = (self.answer or "").strip()
        if not text:
            raise UserError(self.env._("Type an answer first."))
        if self.state == "answered":
            raise UserError(
                self.env._(
                    "%s was answered already. Open the customer to write again.",
                    self.number,
                )
            )
        sent = self._send(text, dedupe_key=f"answer:{self.id}")
        self.sudo().write({"state": "answered", "answer_id": sent.id})
        self._close_activities()

    def action_done(self):
        """Nothing has to be answered."""
        self.check_access("write")
        self.write({"state": "done"})
        self._close_activities()

    def _close_activities(self):
        """The to-dos for these messages are done, unless another one waits."""
        for partner in self.partner_id:
            waiting = [("partner_id", "=", partner.id), ("state", "=", "new")]
            if self.sudo().search_count(waiting, limit=1):
                continue
            activities_sudo = partner.sudo().activity_ids
            activities_sudo.filtered(
                lambda activity: activity.note
                and activity.active
                and activity.summary == self.env._("Answer the message of the customer")
            ).action_done()
