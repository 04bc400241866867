from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_datetime, formatLang

from .loyalty_message_shown import SENT_STATES

DELIVERED = ("delivered", "read")
NOT_SENT = ("suppressed", "cancelled", "expired")
# Of that many handed over in a day, this share of failures is trouble.
ENOUGH, TOO_MANY = 10, 0.2


class LoyaltySmsDashboard(models.AbstractModel):
    """The first screen of the messages: how it goes, and where to look."""

    _name = "loyalty.sms.dashboard"
    _description = "Dashboard of messages"

    @api.model
    def get_figures(self):
        """Tiles, gateways and campaigns for the companies one works in.

        :return: ``{"tiles": [...], "gateways": [...], "campaigns": [...]}``; a tile has
            ``name, value, hint, level`` and what it opens: ``action`` and ``domain``
        """
        messages = self.env["loyalty.message"]
        messages.check_access("read")
        self.env["loyalty.complaint"].check_access("read")
        self.env["loyalty.sms.gateway"].check_access("read")
        month = self._month_start()
        return {
            "tiles": [
                *self._message_tiles(month),
                *self._consent_tiles(month),
                *self._feedback_tiles(month),
            ],
            "gateways": self._gateway_rows(),
            "campaigns": self._campaign_rows(),
        }

    @api.model
    def _month_start(self):
        """The first moment of the month on the user's clock, in UTC."""
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        start = datetime(now.year, now.month, 1)
        # Summer time may have begun since: the offset of that day holds.
        return self.env.tz.localize(start).astimezone(UTC).replace(tzinfo=None)

    @api.model
    def _tile(self, key, name, value, action, domain=None, hint="", level=""):
        return {
            "key": key,
            "name": name,
            "value": value,
            "hint": hint,
            "level": level,
            "action": action,
            "domain": domain or [],
        }

    # -- messages -----------------------------------------------------------------
    @api.model
    def _message_tiles(self, month):
        domain = [
            ("company_id", "in", self.env.companies.ids),
            ("create_date", ">=", month),
        ]
        messages = self.env["loyalty.message"]
        counts = dict(messages._read_group(domain, ["state"], ["__count"]))
        sent = sum(counts.get(state, 0) for state in SENT_STATES)
        delivered = sum(counts.get(state, 0) for state in DELIVERED)
        failed = counts.get("failed", 0)
        unknown = counts.get("unknown", 0)
        not_sent = sum(counts.get(state, 0) for state in NOT_SENT)

        def tile(key, name, value, states, **values):
            return self._tile(
                key,
                name,
                self._number(value),
                "loyalty_sms.loyalty_message_action",
                [*domain, ("state", "in", states)],
                **values,
            )

        return [
            tile("sent", self.env._("Sent this month"), sent, SENT_STATES),
            tile(
                "delivered",
                self.env._("Delivered"),
                delivered,
                DELIVERED,
                hint=self._percent(delivered, sent),
            ),
            tile(
                "failed",
                self.env._("Failed"),
                failed,
                ("failed",),
                level="danger" if failed else "",
                hint=self._percent(failed, sent + failed),
            ),
            *(
                [
                    tile(
                        "unknown",
                        self.env._("In doubt"),
                        unknown,
                        ("unknown",),
                        level="warning",
                    )
                ]
                if unknown
                else []
            ),
            tile("not_sent", self.env._("Not sent, with a reason"), not_sent, NOT_SENT),
            self._cost_tile(domain),
        ]

    @api.model
    def _cost_tile(self, domain):
        rows = self.env["loyalty.message"]._read_group(
            [*domain, ("state", "in", SENT_STATES)],
            ["currency_id"],
            ["cost:sum", "estimated_cost:sum"],
        )
        # Where the provider reports no price, the tariff's is the cost.
        amounts = [
            format_amount(self.env, cost or estimated, currency)
            for currency, cost, estimated in rows
            if currency and (cost or estimated)
        ]
        return self._tile(
            "cost",
            self.env._("Cost this month"),
            " + ".join(amounts) or "–",
            "loyalty_sms.loyalty_message_action",
            [*domain, ("state", "in", SENT_STATES)],
        )

    @api.model
    def _consent_tiles(self, month):
        domain = [
            ("action", "=", "opt_out"),
            ("date", ">=", month),
            ("company_id", "in", [*self.env.companies.ids, False]),
        ]
        rows = self.env["loyalty.consent"]._read_group(
            domain, [], ["number:count_distinct"]
        )
        return [
            self._tile(
                "opt_outs",
                self.env._("Consents withdrawn"),
                self._number(rows[0][0]),
                "loyalty_sms.loyalty_consent_action",
                domain,
            )
        ]

    # -- feedback -----------------------------------------------------------------
    @api.model
    def _feedback_tiles(self, month):
        companies = [("company_id", "in", self.env.companies.ids)]
        visits = [*companies, ("date", ">=", month), ("subject", "=", "visit")]
        report = self.env["loyalty.feedback.report"]
        [(average, count)] = report._read_group(visits, [], ["rating:avg", "__count"])
        late = [*companies, ("is_late", "=", True)]
        open_ = [*companies, ("state", "not in", ("solved", "rejected"))]
        complaints = self.env["loyalty.complaint"]
        late_count = complaints.search_count(late)
        answered = [*companies, ("answered_at", ">=", month)]
        score = report._score([*companies, ("date", ">=", month)])
        return [
            self._tile(
                "complaints",
                self.env._("Complaints open"),
                self._number(complaints.search_count(open_)),
                "loyalty_sms.loyalty_complaint_action",
                open_,
            ),
            self._tile(
                "late",
                self.env._("Complaints late"),
                self._number(late_count),
                "loyalty_sms.loyalty_complaint_action",
                late,
                level="danger" if late_count else "",
            ),
            self._tile(
                "rating",
                self.env._("Average rating"),
                f"{self._number(average, 1)} ★" if average else "–",
                "loyalty_sms.loyalty_feedback_action",
                answered,
                hint=self.env._("%s answers", self._number(count)),
            ),
            self._tile(
                "nps",
                self.env._("Net Promoter Score"),
                self._number(score.score) if score else "–",
                "loyalty_sms.loyalty_feedback_report_action",
                [*companies, ("date", ">=", month)],
                hint=self.env._(
                    "± %(margin)s, %(answers)s answers",
                    margin=self._number(score.margin),
                    answers=self._number(score.answers),
                )
                if score
                else "",
            ),
        ]

    # -- gateways and campaigns ---------------------------------------------------
    @api.model
    def _gateway_rows(self):
        gateways = self.env["loyalty.sms.gateway"].search([], limit=50)
        day = fields.Datetime.now() - timedelta(days=1)
        counts = {}
        rows = self.env["loyalty.message"]._read_group(
            [
                ("gateway_id", "in", gateways.ids),
                "|",
                ("create_date", ">=", day),
                ("state", "in", ("queued", "sending")),
            ],
            ["gateway_id", "state"],
            ["__count"],
        )
        for gateway, state, count in rows:
            counts.setdefault(gateway, {})[state] = count
        return [
            {
                "id": gateway.id,
                "name": gateway.name,
                "channel": dict(
                    gateway._fields["channel"]._description_selection(self.env)
                )[gateway.channel],
                **self._gateway_health(gateway, counts.get(gateway, {})),
            }
            for gateway in gateways
        ]

    @api.model
    def _gateway_health(self, gateway, counts):
        sent = sum(counts.get(state, 0) for state in SENT_STATES)
        bad = counts.get("failed", 0) + counts.get("unknown", 0)
        waiting = counts.get("queued", 0) + counts.get("sending", 0)
        health = {
            "sent": self._number(sent),
            "failed": self._number(bad),
            "waiting": self._number(waiting),
        }
        if gateway.is_paused:
            return {**health, "level": "secondary", "text": self.env._("Switched off")}
        if sent + bad >= ENOUGH and bad >= TOO_MANY * (sent + bad):
            return {**health, "level": "danger", "text": self.env._("Many failures")}
        if counts.get("unknown"):
            return {**health, "level": "warning", "text": self.env._("Some in doubt")}
        if not sent:
            return {**health, "level": "secondary", "text": self.env._("Quiet today")}
        return {**health, "level": "success", "text": self.env._("Working")}

    @api.model
    def _campaign_rows(self):
        campaigns = self.env["loyalty.sms.campaign"].search(
            [("state", "in", ("approval", "scheduled", "running", "paused"))],
            limit=8,
            order="schedule_date, id",
        )
        states = dict(campaigns._fields["state"]._description_selection(self.env))
        return [
            {
                "id": campaign.id,
                "name": campaign.name,
                "state": states[campaign.state],
                "when": format_datetime(
                    self.env, campaign.schedule_date, dt_format="short"
                )
                if campaign.schedule_date
                else "",
            }
            for campaign in campaigns
        ]

    # -- numbers --------------------------------------------------------------------
    @api.model
    def _number(self, value, digits=0):
        return formatLang(self.env, value or 0, digits=digits)

    @api.model
    def _percent(self, part, whole):
        return f"{self._number(100 * part / whole)} %" if whole else ""
