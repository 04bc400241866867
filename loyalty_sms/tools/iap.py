"""Odoo's own SMS service is not called: its address leads nowhere while we are here."""

# Refused at once, where a name that cannot be reached would cost 15 seconds each time.
NOWHERE = "http://127.0.0.1:9"
PARAMETERS = ("sms.endpoint", "iap.endpoint")


def _kept(name):
    return f"loyalty_sms.before.{name}"


def disconnect(env):
    """Lead the calls nowhere, and remember where they led."""
    parameters = env["ir.config_parameter"].sudo()
    for name in PARAMETERS:
        before = parameters.get_param(name)
        if before != NOWHERE:
            parameters.set_param(_kept(name), before)
            parameters.set_param(name, NOWHERE)


def reconnect(env):
    """Put back what was there before; what somebody changed meanwhile stays."""
    parameters = env["ir.config_parameter"].sudo()
    for name in PARAMETERS:
        before = parameters.get_param(_kept(name))
        if parameters.get_param(name) == NOWHERE:
            parameters.set_param(name, before)
        parameters.set_param(_kept(name), False)
