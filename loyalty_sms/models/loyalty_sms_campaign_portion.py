"""A portion of recipients: decided, written in their language, queued."""

from odoo import models
from odoo.tools import SQL, float_compare

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
        # Read once: a thousand rows would ask for the same a thousand times.
        common = {half: self._common_values(half) for half in ("A", "B", "W")}
        is_over = self._over_budget()
        vals_list, outcomes, spent = [], [], self.planned_cost
        for row, decision in chosen:
            text = rendered[row["partner_id"]]
            gateway_id, price, currency_id = prices[decision.number]
            cost = price * max(text.segments, 1)
            reason = text.problem or (None if gateway_id else "no_route")
            if reason or is_over(spent + cost):
                reason = reason or "budget"
                outcomes.append((row["id"], "skipped", reason, decision.not_before))
                continue
            spent += cost
            vals_list.append(
                {
                    **common[row["variant"]],
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

    def _over_budget(self):
        """A function that tells whether an amount is more than the budget."""
        budget, rounding = self.budget, self.currency_id.rounding
        if not budget:
            return lambda amount: False
        return lambda amount: (
            float_compare(amount, budget, precision_rounding=rounding) > 0
        )

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

    def _common_values(self, variant):
        """What all messages of a half have in common."""
        return {
            "company_id": self.company_id.id,
            "message_class": self.message_class,
            "campaign_id": self.id,
            "template_id": self._template_of(variant).id,
            "variant": self.ab_winner if variant == "W" else variant,
        }

    def _message_values(self, row, decision, text):
        return {
            **decision._values(),
            "dedupe_key": DEDUPE.format(self.id, row["partner_id"]),
            "partner_id": row["partner_id"],
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
        self._write_history(rows, outcomes)
        self._write_outcomes(rows, outcomes)

    def _write_outcomes(self, rows, outcomes):
        """Write what was decided, with the message that tells it.

        The queue may refuse a message at the last moment; then it has the last word.

        :param outcomes: ``[(recipient id, state, reason, moment)]``
        """
        partners = {row["id"]: row["partner_id"] for row in rows}
        ids, states, reasons, moments = map(list, zip(*outcomes, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_sms_campaign_recipient recipient
                      SET state = CASE WHEN v.state = 'planned'
                                        AND message.state = 'suppressed'
                                       THEN 'skipped' ELSE v.state END,
                          reason = COALESCE(v.reason, message.reason),
                          touched_at = v.moment, message_id = message.id
                     FROM unnest(%s, %s, %s::varchar[], %s::timestamp[], %s)
                          AS v (id, state, reason, moment, key)
                LEFT JOIN LATERAL (
                          SELECT m.id, m.state, m.reason FROM loyalty_message m
                           WHERE m.dedupe_key = v.key LIMIT 1) message ON TRUE
                    WHERE recipient.id = v.id""",
                ids,
                states,
                reasons,
                moments,
                [DEDUPE.format(self.id, partners[key]) for key in ids],
            )
        )
        self._forget_cache()

    def _write_history(self, rows, outcomes):
        """Why a customer got nothing stands in the customer's history as well."""
        by_id = {row["id"]: row for row in rows}
        common = {
            **self._common_values("A"),
            "channel": self.channel,
            "state": "suppressed",
            "variant": False,
        }
        self.env["loyalty.message"]._enqueue(
            [
                {
                    **common,
                    "dedupe_key": DEDUPE.format(self.id, by_id[key]["partner_id"]),
                    "partner_id": by_id[key]["partner_id"],
                    "number": by_id[key]["number"],
                    "reason": reason,
                }
                for key, state, reason, _moment in outcomes
                if state != "planned"
            ]
        )
