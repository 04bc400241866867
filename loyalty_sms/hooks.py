def post_init_hook(env):
    """What must be true from the first minute: see the methods that are called."""


def uninstall_hook(env):
    """Leave core's own data as core would have it."""
