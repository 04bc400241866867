"""From settings to adapters: the kinds of gateways, and one set of connections."""

import functools

from . import base
from .demo import DemoConfig, DemoProvider
from .email import EmailConfig, EmailProvider
from .http_config import HttpConfig
from .http_generic import HttpProvider
from .kannel import KannelConfig, KannelProvider
from .transport import Transport
from .whatsapp_cloud import WhatsappConfig, WhatsappProvider

KINDS = {
    "demo": (DemoConfig, DemoProvider),
    "email": (EmailConfig, EmailProvider),
    "http": (HttpConfig, HttpProvider),
    "kannel": (KannelConfig, KannelProvider),
    "whatsapp": (WhatsappConfig, WhatsappProvider),
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
        raise base.GatewayError("kind", kind=kind)
    return provider(kind, KINDS[kind][0](**settings))
