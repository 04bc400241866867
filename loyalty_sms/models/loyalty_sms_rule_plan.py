"""From the lines of a rule to messages, many customers at a time."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import email_normalize

from .loyalty_message_decide import Decision


class LoyaltySmsRule(models.Model):
    _inherit = "loyalty.sms.rule"

    def _plan(self, logs, company):
        """Plan messages for lines of the log of this rule.

        A customer with several lines gets them planned one after the other, so that
        each counts when the next is decided.
        """
        self.ensure_one()
        self.env["loyalty.message"]._lock_planning(logs.partner_id.ids)
        while logs:
            first = logs.browse(
                {log.partner_id.id: log.id for log in reversed(logs)}.values()
            )
            self._plan_round(first.sorted("id"), company)
            logs -= first

    def _plan_round(self, logs, company):
        """Lines of as many customers."""
        allowed = self._customers(logs.partner_id, company)
        values = logs.event_id._text_values()
        outcomes, wanted = {}, logs.browse()
        for log in logs:
            amount = float(values[log.event_id.id].get("amount") or 0.0)
            if log.partner_id.id not in allowed or amount < self.min_amount:
                outcomes[log.id] = ("dropped", "condition", None)
            else:
                wanted |= log
        vals_list = self._message_values(wanted, company, values)
        messages = self.env["loyalty.message"]._enqueue(vals_list)
        written = {message.event_id.id: message for message in messages}
        for log in wanted:
            message = written.get(log.event_id.id)
            outcomes[log.id] = (
                "dropped" if not message or message.reason else "done",
                message.reason or None if message else "merged",
                message.id if message else None,
            )
        logs._close(outcomes)

    def _message_values(self, logs, company, values):
        """Values of the messages for these lines, sent or not."""
        decisions = self._decisions(logs, company)
        by_partner = {log.partner_id.id: log for log in logs}
        chosen = {
            key: decision for key, decision in decisions.items() if not decision.reason
        }
        rendered = self._rendered(chosen, by_partner, company, values)
        vals_list = []
        for log in logs:
            decision = decisions[log.partner_id.id]
            vals = self._common_values(log, company)
            vals.update(decision._values())
            if not decision.reason:
                if decision.not_before >= vals["expires_at"]:
                    vals.update(state="expired", reason="expired")
                vals.update(self._text_vals(rendered[log.partner_id.id]))
            vals_list.append(vals)
        self._add_fallbacks(vals_list, logs, company, values)
        return vals_list

    def _decisions(self, logs, company):
        if self.is_test:
            return {partner.id: self._test_decision() for partner in logs.partner_id}
        decisions = {}
        # A question about a channel goes by that channel.
        via = logs.grouped(lambda log: (log.event_id.payload or {}).get("via"))
        for channel, some in via.items():
            decisions |= self.env["loyalty.message"]._decide(
                some.partner_id,
                [channel] if channel else self._channels(),
                self.message_class,
                company,
                cap_group=self.cap_group,
                window=self._window(),
            )
        return decisions

    def _test_decision(self):
        number = email_normalize(self.test_number) or self.test_number.strip()
        return Decision(self.channel, number, fields.Datetime.now())

    def _common_values(self, log, company):
        event = log.event_id
        return {
            "dedupe_key": f"rule:{self.id}:{event.id}",
            "company_id": company.id,
            "partner_id": log.partner_id.id,
            "message_class": self.message_class,
            "cap_group": self.cap_group or False,
            "template_id": self.template_id.id,
            "rule_id": self.id,
            "event_id": event.id,
            "res_model": event.res_model,
            "res_id": event.res_id,
            "priority": self.priority,
            "expires_at": log.due_at + timedelta(hours=self.validity_hours),
        }

    def _rendered(self, decisions, logs_by_partner, company, values):
        """``{partner id: Rendered}``, one rendering for each channel."""
        template = self.template_id.with_company(company)
        partners = self.env["res.partner"].sudo()
        by_channel = {}
        for key, decision in decisions.items():
            by_channel.setdefault(decision.channel, []).append(key)
        rendered = {}
        for channel, ids in by_channel.items():
            facts = {key: values[logs_by_partner[key].event_id.id] for key in ids}
            rendered.update(template._render_for(partners.browse(ids), channel, facts))
        return rendered

    def _text_vals(self, rendered):
        vals = {
            "lang": rendered.lang,
            "subject": rendered.subject or False,
            "body": rendered.body,
            "is_secret": rendered.is_secret,
            "provider_template": rendered.provider_template or None,
            "encoding": rendered.encoding or False,
            "segments": rendered.segments,
        }
        if rendered.problem:
            vals.update(state="suppressed", reason=rendered.problem)
        return vals

    def _add_fallbacks(self, vals_list, logs, company, values):
        """What to try in the channels after the chosen one, when it does not arrive."""
        following = self._channels()[1:]
        if not following or self.is_test:
            return
        by_partner = {log.partner_id.id: log for log in logs}
        for channel in following:
            waiting = [
                vals
                for vals in vals_list
                if vals.get("state", "queued") == "queued"
                and channel in self._channels_after(vals["channel"])
            ]
            decisions = self.env["loyalty.message"]._decide(
                [vals["partner_id"] for vals in waiting],
                channel,
                self.message_class,
                company,
                window=self._window(),
                caps=False,
            )
            open_ = {key: one for key, one in decisions.items() if not one.reason}
            rendered = self._rendered(open_, by_partner, company, values)
            for vals in waiting:
                text = rendered.get(vals["partner_id"])
                if text and not text.problem:
                    number = open_[vals["partner_id"]].number
                    vals["fallback"] = [
                        *vals.get("fallback", ()),
                        {
                            "channel": channel,
                            "number": number,
                            **self._text_vals(text),
                        },
                    ]

    def _channels_after(self, channel):
        channels = self._channels()
        if channel not in channels:
            return []
        return channels[channels.index(channel) + 1 :]
