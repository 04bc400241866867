"""Whether, where and when customers may be written to: for one as for 100 000."""

from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..engine import windows, zones
from .constants import PURPOSE_OF_CLASS

CHUNK = 5000
# Planning for the same customer in two processes at once is serialised by these.
LOCKS = 64
LOCK_CLASS = 0x10A17


class Consent(NamedTuple):
    """An address of a customer, or why it must not be used."""

    number: str | None
    reason: str | None
    zones: tuple


class Decision(NamedTuple):
    """What is decided for a customer: a way and a moment, or a reason against it.

    ``window_end`` is when the hours that are open at ``not_before`` end: a message
    that is late waits for the next day.
    """

    channel: str
    number: str | None = None
    not_before: object = None
    window_end: object = None
    reason: str | None = None

    def _values(self):
        """Values for ``loyalty.message._enqueue``."""
        values = {"channel": self.channel, "number": self.number or False}
        if self.reason:
            return {**values, "state": "suppressed", "reason": self.reason}
        return {
            **values,
            "not_before": self.not_before,
            "window_end": self.window_end or False,
        }


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    window_end = fields.Datetime(
        "Not after",
        readonly=True,
        help="When the hours end in which this message may leave: later it waits for"
        " the next day.",
    )

    _window_idx = models.Index(
        "(window_end) WHERE state = 'queued' AND window_end IS NOT NULL"
    )
    _caps_idx = models.Index(
        "(partner_id, message_class, create_date)"
        " WHERE state NOT IN ('suppressed', 'cancelled', 'failed', 'expired')"
    )

    @api.model
    def _decide(
        self,
        partners,
        channels,
        message_class,
        company,
        when=None,
        *,
        cap_group=None,
        window=None,
        caps=True,
    ):
        """Decide for each customer whether, where and when to write.

        Set by set: some queries for every 5 000 customers, whose records are not read.

        :param partners: recordset, or ids
        :param channels: one channel, or several in the order in which to try them
        :param when: UTC moment before which nothing leaves; now by default
        :param cap_group: limits of this group count besides those of the class
        :param window: narrower hours than the company's, an ``engine.windows.Window``
        :param caps: false leaves out how many messages they had already
        :return: ``{partner id: Decision}`` in the order given
        """
        channels = [channels] if isinstance(channels, str) else list(channels)
        when = max(when or fields.Datetime.now(), fields.Datetime.now())
        limits = self.env["loyalty.sms.limit"]._for(company, message_class, cap_group)
        hours = [limits._window(company), window]
        decisions = {}
        for ids in split_every(CHUNK, getattr(partners, "_ids", partners), list):
            some = self._choose(ids, channels, message_class, company, when, hours)
            if caps:
                some = self._capped(some, limits, company, message_class, hours)
            decisions.update((key, some[key][0]) for key in ids if key in some)
        return decisions

    @api.model
    def _lock_planning(self, partner_ids):
        """Two processes do not plan for the same customer at the same moment.

        Whoever still slips through is caught when the queue claims the message.
        """
        # In the same order everywhere: two processes never wait for each other.
        self.env.execute_query(
            SQL(
                "SELECT pg_advisory_xact_lock(%s::int, key) FROM unnest(%s) key",
                LOCK_CLASS,
                sorted({partner_id % LOCKS for partner_id in partner_ids}),
            )
        )

    @api.model
    def _choose(self, ids, channels, message_class, company, when, hours):
        """``{id: (Decision, zones)}``: the first channel that is allowed."""
        chosen, waiting, moments = {}, ids, {}
        for channel in channels:
            found = self._consents(waiting, channel, message_class, company)
            for key, consent in found.items():
                if consent.reason:
                    refused = Decision(channel, consent.number, reason=consent.reason)
                    chosen.setdefault(key, (refused, consent.zones))
                    continue
                if consent.zones not in moments:
                    moments[consent.zones] = self._moment(when, consent.zones, hours)
                moment, end = moments[consent.zones]
                reason = None if moment else "quiet"
                decision = Decision(channel, consent.number, moment, end, reason)
                chosen[key] = (decision, consent.zones)
            waiting = [
                key for key in waiting if key in chosen and chosen[key][0].reason
            ]
            if not waiting:
                break
        return chosen

    @api.model
    def _moment(self, when, zone_names, hours):
        """The first moment that all windows allow, and when the first of them ends."""
        for _attempt in range(5):
            moment = when
            for window in hours:
                moment = moment and windows.next_open(moment, zone_names, window)
            if not moment or moment == when:
                break
            when = moment
        if not moment:
            return None, None
        ends = [
            windows.closes(moment, zone_names, window) for window in hours if window
        ]
        return moment, min(ends, default=None)

    # -- consents -------------------------------------------------------------------
    @api.model
    def _consents(self, partners, channel, message_class, company):
        """``{partner id: Consent}``: the address in a channel, if it may be used."""
        ids = list(getattr(partners, "_ids", partners))
        self.env["res.partner"].flush_model(
            [
                "phone_sanitized",
                "email_normalized",
                "tz",
                "tz_is_own",
                "country_id",
                "state_id",
                "consent_sms",
                "consent_email",
                "consent_messenger",
                "consent_service",
            ]
        )
        self.env[
            "mail.blacklist" if channel == "email" else "phone.blacklist"
        ].flush_model(["active"])
        zone = company.sudo().partner_id.tz or "UTC"
        return {
            key: Consent(
                number,
                reason,
                zones.resolve(own, country, state, phone, zone),
            )
            for key, number, reason, own, country, state, phone in (
                self.env.execute_query(
                    self._consent_query(ids, channel, message_class, company)
                )
            )
        }

    @api.model
    def _consent_query(self, ids, channel, message_class, company):
        email = channel == "email"
        number = SQL("lower(p.email_normalized)" if email else "p.phone_sanitized")
        blacklist, column = ("phone_blacklist", "number")
        if email:
            blacklist, column = ("mail_blacklist", "email")
        listed = SQL(
            "SELECT 1 FROM %s b WHERE b.active AND %s = n.number",
            SQL.identifier(blacklist),
            SQL.identifier("b", column),
        )
        return SQL(
            """SELECT p.id, n.number,
                      CASE WHEN n.number IS NULL THEN 'no_number'
                           WHEN state.blocked OR (%(uses_list)s AND EXISTS (%(list)s))
                           THEN 'blocked'
                           %(reasons)s
                       END,
                      CASE WHEN p.tz_is_own THEN p.tz END, c.code, s.code,
                      p.phone_sanitized
                 FROM res_partner p
                 LEFT JOIN res_country c ON c.id = p.country_id
                 LEFT JOIN res_country_state s ON s.id = p.state_id
                CROSS JOIN LATERAL (SELECT NULLIF(%(number)s, '') AS number) n
                CROSS JOIN LATERAL (
                      SELECT bool_or(purpose = 'all' AND NOT allowed) AS blocked,
                             bool_or(purpose = %(purpose)s AND NOT allowed
                                     AND NOT COALESCE(is_pending, FALSE)) AS withdrawn,
                             bool_or(purpose = 'service' AND NOT allowed) AS unserved,
                             bool_or(purpose = %(purpose)s AND allowed) AS given
                        FROM loyalty_consent_state held
                       WHERE held.number = n.number AND held.channel = %(channel)s
                         AND held.purpose IN (%(purpose)s, 'service', 'all')
                         AND (held.company_id IS NULL
                              OR held.company_id = %(company)s)) state
                WHERE p.id = ANY(%(ids)s)""",
            number=number,
            list=listed,
            # Mailings put an address on the ERP's list; receipts still go there.
            uses_list=not (email and message_class == "transactional"),
            reasons=self._consent_reasons(channel, message_class),
            purpose=PURPOSE_OF_CLASS[message_class],
            channel=channel,
            company=company.id,
            ids=ids,
        )

    @api.model
    def _consent_reasons(self, channel, message_class):
        """Branches of a CASE: why the class may not be sent."""
        if message_class == "transactional":
            return SQL()
        if message_class != "marketing":
            return SQL(
                """WHEN state.withdrawn OR state.unserved
                     OR p.consent_service IS FALSE THEN 'opted_out'"""
            )
        switches = self.env["res.partner"]._consent_switches()
        return SQL(
            """WHEN state.withdrawn THEN 'opted_out'
               WHEN state.given IS NOT TRUE OR %s IS NOT TRUE THEN 'no_consent'""",
            SQL.identifier("p", switches[channel, "marketing"]),
        )

    # -- caps -------------------------------------------------------------------------
    @api.model
    def _capped(self, some, limits, company, message_class, hours):
        """The same decisions, after counting what the customers have or will get."""
        for limit in limits:
            if not (
                limit.per_day or limit.per_week or limit.per_month or limit.gap_hours
            ):
                continue
            for key, row in self._counts(some, limit, company, message_class).items():
                decision, zone_names = some[key]
                some[key] = (
                    self._under_limit(decision, zone_names, limit, row, hours),
                    zone_names,
                )
        return some

    @api.model
    def _under_limit(self, decision, zone_names, limit, row, hours):
        day, week, month, last = row
        allowed = (limit.per_day, limit.per_week, limit.per_month)
        if any(
            most and count >= most
            for most, count in zip(allowed, (day, week, month), strict=True)
        ):
            return decision._replace(reason="capped")
        earliest = last and last + timedelta(hours=limit.gap_hours)
        if limit.gap_hours and earliest and earliest > decision.not_before:
            moment, end = self._moment(earliest, zone_names, hours)
            return decision._replace(
                not_before=moment, window_end=end, reason=None if moment else "quiet"
            )
        return decision

    @api.model
    def _counts(self, some, limit, company, message_class):
        """``{partner id: (in a day, a week, 30 days, the last)}`` around the plan."""
        plans = [
            (key, decision.not_before)
            for key, (decision, _zones) in some.items()
            if not decision.reason
        ]
        if not plans:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT plan.id,
                          count(*) FILTER (WHERE sent.at > plan.at - interval '1 day'
                                             AND sent.at < plan.at + interval '1 day'),
                          count(*) FILTER (WHERE sent.at > plan.at - interval '7 days'),
                          count(*), max(sent.at)
                     FROM unnest(%(ids)s, %(moments)s::timestamp[]) AS plan (id, at)
                    CROSS JOIN LATERAL (
                          SELECT COALESCE(m.accepted_at, m.not_before) AS at
                            FROM loyalty_message m
                           WHERE m.partner_id = plan.id
                             AND m.message_class = %(class)s
                             AND m.company_id = %(company)s
                             AND m.state NOT IN
                                 ('suppressed', 'cancelled', 'failed', 'expired')
                             AND m.create_date > plan.at - interval '60 days'
                             %(group)s) sent
                    WHERE sent.at > plan.at - interval '30 days'
                    GROUP BY plan.id""",
                **{"class": message_class},
                ids=[key for key, _moment in plans],
                moments=[moment for _key, moment in plans],
                company=company.id,
                group=SQL("AND m.cap_group = %s", limit.cap_group)
                if limit.cap_group
                else SQL(),
            )
        )
        return {row[0]: row[1:] for row in rows}
