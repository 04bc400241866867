import hashlib
import json

from odoo import models

# Names that the club uses, where the catalogue has another.
NOTICES = {"birthday": "birthday_points"}
FACTS = {"points": "earned"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _loyalty_notify(self, event, values):
        """What the club or the couriers tell becomes an event for the message rules.

        ``key`` in ``values`` makes it happen once; without, the same facts do.
        """
        carried = super()._loyalty_notify(event, values)
        code = NOTICES.get(event, event)
        events = self.env["loyalty.sms.event"]
        if code not in events._catalogue() or not self:
            return carried
        facts = {FACTS.get(name, name): value for name, value in values.items()}
        key = facts.pop("key", None) or self._notice_key(facts)
        events._emit(code, self, f"{code}:{key}", values=facts)
        return carried or self._has_rule(code)

    def _has_rule(self, code):
        """Whether the company says something at this event."""
        companies = [self.env.company.id, False]
        rules = self.env["loyalty.sms.rule"].sudo()
        told = [("event", "=", code), ("company_id", "in", companies)]
        return bool(rules.search_count(told, limit=1))

    def _notice_key(self, facts):
        told = json.dumps([self.ids, facts], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:24]
