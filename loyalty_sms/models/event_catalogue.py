"""What can happen to a customer, and what a message about it may say."""

# pylint: disable=prefer-env-translation

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

from .variables import Variable

_lt = LazyTranslate(__name__)


class Event(NamedTuple):
    """``variables`` are names of :data:`EVENT_VARIABLES` that the event fills in.

    ``by_date`` events are found by the hourly search, the others are told by what
    people do.
    """

    code: str
    label: str
    message_class: str = "service"
    variables: tuple = ()
    by_date: bool = False


EVENT_VARIABLES = (
    Variable("login_link", "text", _lt("Link to choose a password"), "", True),
    Variable("document", "text", _lt("Number of the document"), "INV/2026/00017"),
    Variable("amount", "money", _lt("Amount"), 20000),
    Variable("earned", "number", _lt("Points of the event"), 600),
    Variable("spent", "number", _lt("Points spent"), 3000),
    Variable("valid_until", "date", _lt("Valid until"), "2027-03-31"),
    Variable("old_tier", "text", _lt("Tier before"), "Bronze"),
    Variable("new_tier", "text", _lt("New tier"), "Silver"),
    Variable("years", "number", _lt("Years"), 5),
    Variable("gift_card", "text", _lt("End of the gift card's code"), "*9X1C"),
    Variable("gift_balance", "money", _lt("Left on the gift card"), 4000),
    Variable("eta", "text", _lt("Time of arrival"), "14:00–15:00"),
    Variable("minutes", "number", _lt("Minutes"), 20),
    Variable("courier", "text", _lt("Courier"), "Levon"),
    Variable("courier_phone", "text", _lt("Courier's telephone"), "+37493111213"),
    Variable("track_link", "text", _lt("Link to follow the delivery"), ""),
    Variable("product", "text", _lt("Product"), "Coffee beans"),
    Variable("debt", "money", _lt("Still to pay"), 12000),
    Variable("due_date", "date", _lt("Due date"), "2026-03-20"),
    Variable("pay_link", "text", _lt("Link to the document"), ""),
    Variable("rating_link", "text", _lt("Link to rate"), ""),
    Variable("friend", "text", _lt("Friend"), "Boris"),
    Variable("complaint", "text", _lt("Complaint"), "C00012"),
    Variable("answer", "text", _lt("Answer"), "We will bring it again today."),
    Variable("complaint_link", "text", _lt("Link to the complaint"), ""),
    Variable("confirm_link", "text", _lt("Link to confirm"), "", True),
)

EVENTS = (
    Event("welcome", _lt("Welcome of a new member"), "transactional", ("login_link",)),
    Event(
        "purchase",
        _lt("Thanks for a purchase, with its points"),
        "service",
        ("document", "amount", "earned", "spent"),
    ),
    Event("points_earned", _lt("Points given"), "service", ("earned", "valid_until")),
    Event("points_spent", _lt("Points spent"), "service", ("spent", "document")),
    Event(
        "points_expiring",
        _lt("Points about to expire"),
        "service",
        ("earned", "valid_until"),
        by_date=True,
    ),
    Event("balance", _lt("Balance of the month"), "service", (), by_date=True),
    Event("tier_up", _lt("Higher tier"), "service", ("old_tier", "new_tier")),
    Event("tier_down", _lt("Lower tier"), "service", ("old_tier", "new_tier")),
    Event(
        "birthday",
        _lt("Birthday"),
        "marketing",
        ("years", "earned", "valid_until"),
        by_date=True,
    ),
    Event(
        "birthday_points",
        _lt("Birthday points given"),
        "service",
        ("earned", "valid_until"),
    ),
    Event(
        "anniversary", _lt("Wedding anniversary"), "marketing", ("years",), by_date=True
    ),
    Event(
        "gift_sold",
        _lt("Gift card sold"),
        "transactional",
        ("gift_card", "amount", "valid_until"),
    ),
    Event(
        "gift_used",
        _lt("Gift card used"),
        "transactional",
        ("gift_card", "amount", "gift_balance"),
    ),
    Event("card_replaced", _lt("Lost card replaced"), "transactional"),
    Event(
        "delivery_planned",
        _lt("Delivery planned"),
        "transactional",
        ("document", "eta", "track_link"),
    ),
    Event(
        "delivery_started",
        _lt("Courier on the way"),
        "transactional",
        ("document", "eta", "courier", "courier_phone", "track_link"),
    ),
    Event(
        "delivery_late",
        _lt("Delivery late"),
        "transactional",
        ("document", "eta", "minutes", "track_link"),
    ),
    Event(
        "delivery_done", _lt("Delivered"), "transactional", ("document", "rating_link")
    ),
    Event(
        "delivery_failed",
        _lt("Delivery failed"),
        "transactional",
        ("document", "track_link"),
    ),
    Event("back_in_stock", _lt("Back in stock"), "service", ("product",)),
    Event(
        "debt_reminder",
        _lt("Reminder of a debt"),
        "service",
        ("document", "debt", "due_date", "pay_link"),
        by_date=True,
    ),
    Event(
        "prepayment_needed",
        _lt("Prepayment needed"),
        "transactional",
        ("document", "amount", "pay_link"),
    ),
    Event(
        "prepayment_received",
        _lt("Prepayment received"),
        "transactional",
        ("document", "amount"),
    ),
    Event(
        "rating_request", _lt("Request to rate"), "survey", ("rating_link", "document")
    ),
    Event("win_back", _lt("Not seen for long"), "marketing", (), by_date=True),
    Event(
        "referral_reward", _lt("Reward for a friend"), "service", ("friend", "earned")
    ),
    Event(
        "complaint_answered",
        _lt("Complaint answered"),
        "transactional",
        ("complaint", "answer", "complaint_link"),
    ),
    Event(
        "consent_asked",
        _lt("Consent to confirm"),
        "transactional",
        ("confirm_link",),
    ),
)
