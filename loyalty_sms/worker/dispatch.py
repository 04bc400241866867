"""One round of the queue: claim, commit, send, settle, commit."""

# A small claim leaves few messages in doubt when the process is killed.
CLAIM = 200


def dispatch(call, gateway_id, handover, limit=CLAIM):
    """Take messages from the queue and hand them to their gateway.

    :param call: runs a function of an environment in a transaction, and commits it
    :param handover: the gateway's :class:`~..engine.handover.Handover`
    :return: how many messages were handed over, well or not
    """
    allowed = handover.allowance(limit)
    if not allowed:
        return 0

    def claim(env):
        gateway = env["loyalty.sms.gateway"].browse(gateway_id)
        token, rows = env["loyalty.message"]._claim(gateway, allowed)
        return token, rows, gateway._outgoing(rows) if rows else []

    token, rows, batch = call(claim)
    handover.give_back(allowed - len(rows))
    if not rows:
        return 0
    results = handover.send(batch)

    def settle(env):
        gateway = env["loyalty.sms.gateway"].browse(gateway_id)
        env["loyalty.message"]._settle(gateway, token, rows, results)

    call(settle)
    return len(rows)
