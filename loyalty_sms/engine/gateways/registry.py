"""From settings to adapters: the kinds of gateways, and one set of connections."""

import functools

from . import base
from .demo import DemoConfig, DemoProvider
from .http_config import HttpConfig
from .http_generic import HttpProvider
from .kannel import KannelConfig, KannelProvider
from .transport import Transport

KINDS = {
    "demo": (DemoConfig, DemoProvider),
    "http": (HttpConfig, HttpProvider),
    "kannel": (KannelConfig, KannelProvider),
}


@functools.cache
def connections():
    """The transport of this process; its connections belong to threads."""
    return Transport()


@functools.lru_cache(maxsize=64)
def provider(kind, config):
    """The adapter for a frozen configuration; equal ones share an adapter.

    :raise base.GatewayError: the settings cannot work
    """
    return KINDS[kind][1](config, connections())


def build(kind, **settings):
    """The adapter of a kind with these settings.

    :raise base.GatewayError: the kind is unknown, or its settings cannot work
    """
    if kind not in KINDS:
        raise base.GatewayError(f"No adapter for gateways of kind “{kind}”.")
    return provider(kind, KINDS[kind][0](**settings))
