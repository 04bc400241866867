"""SMS of the ERP itself in our queue, and what became of them back in the ERP."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.phone_validation.tools import phone_validation

from ..engine import segments
from ..tools.sms_api import NO_GATEWAY

# A message of the ERP has the SMS's uuid, and this before it as its key.
KEY = "sms:"
# Our words for a refusal in the ERP's (sms.sms.DELIVERY_ERRORS without the prefix).
ERRORS = {
    "number": "invalid_destination",
    "country": "not_allowed",
    "blocked": "rejected",
    "text": "rejected",
    "sender": "rejected",
    "expired": "expired",
    "not_delivered": "not_delivered",
}
STATES = {
    "accepted": "pending",
    "submitted": "pending",
    "delivered": "sent",
    "read": "sent",
}


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _enqueue_core(self, company, entries):
        """Queue SMS of the ERP.

        :param entries: ``(uuid, number, text)`` each
        :return: what core expects of a provider, ``{"uuid", "state"}`` each
        """
        uuids = [uuid for uuid, _number, _text in entries]
        found = self.env["sms.sms"].sudo().search([("uuid", "in", uuids)])
        by_uuid = {sms.uuid: sms for sms in found}
        numbers = {
            uuid: self._core_number(company, raw) for uuid, raw, _text in entries
        }
        routes = self.env["loyalty.sms.route"]._resolve_many(
            company, "sms", [number for number in numbers.values() if number], "service"
        )
        results, vals_list = [], []
        for uuid, raw, text in entries:
            number = numbers[uuid]
            state = "processing"
            if not raw:
                state = "sms_number_missing"
            elif not number:
                state = "wrong_number_format"
            elif not routes[number]:
                state = NO_GATEWAY
            else:
                sms = by_uuid.get(uuid, found.browse())
                counted = segments.count(text)
                vals_list.append(
                    {
                        "uuid": uuid,
                        "dedupe_key": f"{KEY}{uuid}",
                        "company_id": company.id,
                        "number": number,
                        "body": text,
                        "encoding": counted.encoding,
                        "segments": counted.segments,
                        **sms._loyalty_message_values(),
                    }
                )
            results.append({"uuid": uuid, "state": state})
        self._enqueue(vals_list)
        return results

    def _core_number(self, company, number):
        """E.164, False for what is no number."""
        if not number:
            return False
        country = company.country_id
        found = phone_validation.phone_format(
            number,
            country.code,
            country.phone_code,
            force_format="E164",
            raise_exception=False,
        )
        return found.startswith("+") and found

    def _on_changed(self, changed):
        result = super()._on_changed(changed)
        self._tell_core(changed)
        return result

    @api.model
    def _tell_core(self, ids):
        """States of the ERP's SMS for notifications in the chatter and for mailings."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.uuid, m.state, m.failure, m.reason, m.error_text
                  FROM loyalty_message m
                  JOIN sms_tracker t ON t.sms_uuid = m.uuid
                 WHERE m.id = ANY(%s) AND m.dedupe_key LIKE 'sms:%%'
                   AND m.state NOT IN ('queued', 'sending', 'unknown')
                """,
                list(ids),
            )
        )
        groups = {}
        for uuid, state, failure, reason, text in rows:
            key = (STATES.get(state), *self._core_error(state, failure, reason, text))
            groups.setdefault(key, []).append(uuid)
        for (state, error, text), uuids in groups.items():
            trackers = self.env["sms.tracker"].search([("sms_uuid", "in", uuids)])
            if state:
                trackers._action_update_from_sms_state(state)
            else:
                trackers.with_context(
                    sms_known_failure_reason=text
                )._action_update_from_provider_error(error)

    def _core_error(self, state, failure, reason, text):
        if state in STATES:
            return None, None
        if reason == "no_route":
            return NO_GATEWAY, None
        if state == "expired":
            return "expired", None
        if reason:
            labels = dict(self._fields["reason"]._description_selection(self.env))
            return reason, labels[reason]
        return ERRORS.get(failure, failure or "unknown"), text
