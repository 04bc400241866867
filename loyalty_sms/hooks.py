from .tools import iap


def post_init_hook(env):
    """What must be true from the first minute: see the methods that are called."""
    env["loyalty.consent.state"]._open()
    env["res.partner"]._open_time_zones()
    iap.disconnect(env)


def uninstall_hook(env):
    """Leave core's own data as core would have it."""
    iap.reconnect(env)
