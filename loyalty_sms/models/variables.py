"""What a text may say about a member: the names that templates know."""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

# Constants have no environment: their words are translated where they are shown.
# pylint: disable=prefer-env-translation
_lt = LazyTranslate(__name__)


class Variable(NamedTuple):
    """``kind`` is a format of the wording engine; ``sample`` fills previews.

    The text of a message with a secret variable is masked wherever it is listed.
    """

    name: str
    kind: str
    label: str
    sample: object
    is_secret: bool = False


MEMBER_VARIABLES = (
    Variable("name", "text", _lt("Full name"), "Ani Petrosyan"),
    Variable("first_name", "text", _lt("First name"), "Ani"),
    Variable("points", "number", _lt("Points to spend"), 4515),
    Variable("pending", "number", _lt("Pending points"), 600),
    Variable("tier", "text", _lt("Tier"), "Silver"),
    Variable("next_tier", "text", _lt("Next tier"), "Gold"),
    Variable("to_next", "number", _lt("Missing for the next tier"), 153000),
    Variable("card", "text", _lt("End of the card number"), "*7K2M"),
    Variable("branch", "text", _lt("Branch"), "Kentron"),
    Variable("expiring_points", "number", _lt("Points that expire first"), 900),
    Variable("expiring_date", "date", _lt("Last day of these points"), "2027-03-31"),
    Variable("company", "text", _lt("Company"), "Arev"),
    Variable(
        "balance_link", "text", _lt("Link to the member's card"), "shop.am/my/card"
    ),
    Variable("club_link", "text", _lt("Link to the member's pages"), "shop.am/my/club"),
    Variable("invite_link", "text", _lt("Link to invite friends"), "shop.am/j/a1b2c3"),
    Variable("stop_link", "text", _lt("Link to stop messages"), "shop.am/u/a1B2c3D4e5"),
)
