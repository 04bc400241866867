"""What engines say of gateways, in the user's language."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

GATEWAY_ERRORS = {
    "line": _lt("“%(line)s” is not “name = value”."),
    "header": _lt("“%(line)s” is not “Name: value”."),
    "map": _lt("“%(line)s” is not “code = meaning”."),
    "json": _lt("The template of the body is no JSON: %(why)s."),
    "pattern": _lt("The pattern cannot be read: %(why)s."),
    "word": _lt("“%(word)s” in “%(line)s” is unknown. Known are %(known)s."),
    "phone_number_id": _lt(
        "The id of the phone number has digits only: it is Meta's id, not the number."
    ),
    "version": _lt("The version looks like v23.0."),
    "silent": _lt("There was no answer: %(why)s."),
    "no_balance": _lt("The answer holds no balance (HTTP %(status)s)."),
    "kind": _lt("There is no adapter for gateways of the kind “%(kind)s”."),
}


def explain(env, error):
    """The sentence of a ``GatewayError`` for the user of ``env``."""
    return env._(GATEWAY_ERRORS[error.code]) % error.data
