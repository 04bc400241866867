"""Words that several models share."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CHANNELS = [
    ("sms", "SMS"),
    ("whatsapp", "WhatsApp"),
    ("viber", "Viber"),
    ("email", "E-mail"),
]
MESSAGE_CLASSES = [
    ("transactional", "Transactional"),
    ("service", "Service"),
    ("survey", "Survey"),
    ("marketing", "Marketing"),
]
# What a customer consents to; "all" in a withdrawal is a block of everything.
PURPOSES = [
    ("marketing", "Marketing"),
    ("service", "Service"),
    ("survey", "Surveys"),
    ("all", "Everything"),
]
STATES = [
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("unknown", "Unknown"),
    ("accepted", "Accepted"),
    ("submitted", "Submitted"),
    ("delivered", "Delivered"),
    ("read", "Read"),
    ("failed", "Failed"),
    ("suppressed", "Not sent"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]
# Why a message was not sent.
REASONS = [
    ("no_consent", "No consent"),
    ("opted_out", "Consent withdrawn"),
    ("blocked", "Blocked number"),
    ("capped", "Too many messages already"),
    ("quiet", "No time left outside quiet hours"),
    ("no_number", "No number or address"),
    ("no_text", "No text in a language of the customer"),
    ("no_route", "No gateway for this number"),
    ("too_long", "Longer than the template allows"),
    ("control", "In the control group"),
    ("condition", "Conditions of the rule not met"),
    ("expired", "Too late to be of use"),
    ("budget", "Budget used up"),
    ("paused", "Sending switched off"),
    ("duplicate", "Number already in the campaign"),
    ("cancelled", "Campaign cancelled"),
    ("merged", "Told in another message"),
]
DEFAULT_PRIORITY = {"transactional": 3, "service": 5, "survey": 6, "marketing": 9}
# Consents exist for calls too, which we do not send.
CONSENT_CHANNELS = [*CHANNELS, ("call", "Calls")]
# Channels whose address is a telephone number.
PHONE_CHANNELS = ("sms", "whatsapp", "viber")
# The purpose that a message serves, as customers consent to it.
PURPOSE_OF_CLASS = {
    "transactional": "all",
    "service": "service",
    "survey": "survey",
    "marketing": "marketing",
}
