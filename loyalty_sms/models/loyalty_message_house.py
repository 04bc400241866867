from odoo import api, models


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _keep_house(self):
        """What must happen to the queue beside sending; each step once, not for long.

        :return: how many messages moved
        """
        return self._expire() + self._route_waiting()

    @api.model
    def _ask_gateways(self):
        """Ask those gateways that do not call, or lost a call, for states.

        Two transactions for each: the question is asked outside of both.
        """
        gateways = self.env["loyalty.sms.gateway"].search([("is_paused", "=", False)])
        asked = 0
        for gateway in gateways:
            provider = gateway._provider_or_none()
            if provider is None or not getattr(provider, "supports_query", False):
                continue
            numbers = dict(self._to_ask(gateway))
            if numbers:
                self.env["ir.cron"]._commit_progress()
                self._apply_reports(provider.query(list(numbers), numbers), gateway)
                self.env["ir.cron"]._commit_progress()
                asked += len(numbers)
        return asked
