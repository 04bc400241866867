"""A portion of recipients: decided, written in their language, queued."""

from odoo import models
from odoo.tools import SQL

DEDUPE = "campaign:{}:{}"


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    def _plan_recipients(self, rows, moment):
        """Queue messages to some recipients, and write down why others get none.

        Who is in the control group is decided like the others: only who would have got
        the message can be compared with who got it.

        :param rows: as :meth:`_next_recipients` gives them
        :param moment: before which nothing leaves
        """
        messages = self.env["loyalty.message"]
        ids = [row["partner_id"] for row in rows]
        messages._lock_planning(ids)
        decisions = messages._decide(
            ids, self.channel, self.message_class, self.company_id, moment
        )
        vals_list, outcomes = [], []
        for row in rows:
            decision = decisions.get(row["partner_id"])
            reason = self._reason_against(row, decision)
            if reason:
                outcomes.append((row["id"], "skipped", reason, moment))
            elif row["is_control"]:
                touched_at = decision.not_before
                outcomes.append((row["id"], "control", "control", touched_at))
            else:
                vals_list.append((row, decision))
        outcomes += self._queue(vals_list)
        self._remember(rows, outcomes)

    def _reason_against(self, row, decision):
        """Why a recipient gets nothing, None for who does."""
        if decision is None:
            return "no_number"
        if decision.reason:
            return decision.reason
        # The number changed since the list was made: another customer may have it.
        return None if decision.number == row["number"] else "condition"

    def _queue(self, chosen):
        """Write, price and queue the messages.

        :param chosen: ``[(row, decision)]`` of who shall get one
        :return: outcomes as :meth:`_write_outcomes` takes them
        """
        rendered = self._render(chosen)
        prices = self._prices_of({decision.number for _row, decision in chosen})
        vals_list, outcomes, spent = [], [], self.planned_cost
        for row, decision in chosen:
            text = rendered[row["partner_id"]]
            gateway_id, price, currency_id = prices[decision.number]
            cost = price * max(text.segments, 1)
            if reason := self._reason_after(text, gateway_id, spent + cost):
                outcomes.append((row["id"], "skipped", reason, decision.not_before))
                continue
            spent += cost
            vals_list.append(
                {
                    **self._message_values(row, decision, text),
                    "gateway_id": gateway_id,
                    "estimated_cost": cost,
                    "currency_id": currency_id,
                }
            )
            outcomes.append((row["id"], "planned", None, decision.not_before))
        self.env["loyalty.message"]._enqueue(vals_list)
        if spent != self.planned_cost:
            self.sudo().planned_cost = spent
        return outcomes

    def _reason_after(self, text, gateway_id, spent):
        """What a text and its price have against it."""
        if text.problem:
            return text.problem
        if not gateway_id:
            return "no_route"
        if self.budget and self.currency_id.compare_amounts(spent, self.budget) > 0:
            return "budget"
        return None

    def _render(self, chosen):
        """``{partner id: text}``, each in the words of its half and its language."""
        partners = self.env["res.partner"]
        by_template = {}
        for row, _decision in chosen:
            template = self._template_of(row["variant"])
            by_template.setdefault(template, []).append(row["partner_id"])
        rendered = {}
        for template, ids in by_template.items():
            rendered.update(
                template.with_company(self.company_id)._render_for(
                    partners.with_company(self.company_id).browse(ids), self.channel
                )
            )
        return rendered

    def _message_values(self, row, decision, text):
        variant = row["variant"]
        template = self._template_of(variant)
        return {
            **decision._values(),
            "dedupe_key": DEDUPE.format(self.id, row["partner_id"]),
            "company_id": self.company_id.id,
            "partner_id": row["partner_id"],
            "message_class": self.message_class,
            "campaign_id": self.id,
            "template_id": template.id,
            "variant": self.ab_winner if variant == "W" else variant,
            "lang": text.lang,
            "subject": text.subject,
            "body": text.body,
            "is_secret": text.is_secret,
            "encoding": text.encoding,
            "segments": text.segments,
            "provider_template": text.provider_template,
        }

    # -- what is remembered -----------------------------------------------------------
    def _remember(self, rows, outcomes):
        self._write_outcomes(outcomes)
        self._write_history(rows, outcomes)
        self._link_messages([row["id"] for row in rows])

    def _write_outcomes(self, outcomes):
        """Write what was decided.

        :param outcomes: ``[(recipient id, state, reason, moment)]``
        """
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient recipient
                      SET state = v.state, reason = v.reason, touched_at = v.moment
                     FROM (VALUES %s) AS v (id, state, reason, moment)
                    WHERE recipient.id = v.id""",
                SQL(", ").join(
                    SQL("(%s, %s, %s::varchar, %s::timestamp)", *outcome)
                    for outcome in outcomes
                ),
            )
        )

    def _write_history(self, rows, outcomes):
        """Why a customer got nothing stands in the customer's history as well."""
        by_id = {row["id"]: row for row in rows}
        self.env["loyalty.message"]._enqueue(
            [
                {
                    "dedupe_key": DEDUPE.format(self.id, by_id[key]["partner_id"]),
                    "company_id": self.company_id.id,
                    "partner_id": by_id[key]["partner_id"],
                    "number": by_id[key]["number"],
                    "channel": self.channel,
                    "message_class": self.message_class,
                    "campaign_id": self.id,
                    "template_id": self.template_id.id,
                    "state": "suppressed",
                    "reason": reason,
                }
                for key, state, reason, _moment in outcomes
                if state != "planned"
            ]
        )

    def _link_messages(self, recipient_ids):
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient recipient
                      SET message_id = message.id
                     FROM loyalty_message message
                    WHERE recipient.id = ANY(%s)
                      AND message.dedupe_key =
                          'campaign:' || recipient.campaign_id || ':'
                          || recipient.partner_id""",
                recipient_ids,
            )
        )
        self._forget_cache()
