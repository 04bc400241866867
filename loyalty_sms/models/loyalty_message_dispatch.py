import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

# A small claim leaves few messages in doubt when the process is killed.
CLAIM = 200


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _dispatch(self, gateway_id, handover, call, limit=CLAIM):
        """One round: claim, commit, send, settle, commit.

        :param handover: the gateway's :class:`~..engine.handover.Handover`
        :param call: runs a function of an environment in a transaction, and commits
        :return: how many messages were handed over, well or not
        """
        allowed = handover.allowance(limit)
        if not allowed:
            return 0

        def claim(env):
            gateway = env["loyalty.sms.gateway"].browse(gateway_id)
            messages = env[self._name]
            token, rows = messages._claim(gateway, allowed)
            return token, rows, gateway._outgoing(rows) if rows else []

        token, rows, batch = call(claim)
        handover.give_back(allowed - len(rows))
        if not rows:
            return 0
        results = handover.send(batch)

        def settle(env):
            gateway = env["loyalty.sms.gateway"].browse(gateway_id)
            env[self._name]._settle(gateway, token, rows, results)

        call(settle)
        return len(rows)

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
        gateways = self.env["loyalty.sms.gateway"].search([])
        asked = 0
        for gateway in gateways:
            provider = gateway._provider_or_none()
            if provider is None or not getattr(provider, "supports_query", False):
                continue
            refs = [row[0] for row in self._to_ask(gateway)]
            if refs:
                self.env.cr.commit()
                self._apply_reports(provider.query(refs), gateway)
                self.env.cr.commit()
                asked += len(refs)
        return asked

