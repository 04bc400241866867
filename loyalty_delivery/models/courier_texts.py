"""Every text of the courier's page; the page gets them translated with its data."""

# pylint: disable=prefer-env-translation

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

TEXTS = {
    "title": _lt("Deliveries"),
    "loading": _lt("Loading…"),
    "trips": _lt("Your trips"),
    "no_trips": _lt("No trip is released for you yet. Ask the dispatcher."),
    "refresh": _lt("Refresh"),
    "offline": _lt("No network. Go on: all is kept on this phone and sent later."),
    "waiting": _lt("%s waiting to be sent"),
    "all_sent": _lt("All sent"),
    "refused_title": _lt("Not accepted"),
    "understood": _lt("Understood"),
    "log_in": _lt("Log in"),
    "log_out": _lt("Log out"),
    "log_out_ask": _lt("Log out and clear this phone?"),
    "log_out_waiting": _lt(
        "Not everything is sent yet. Logging out now loses it. Log out all the same?"
    ),
    "session_over": _lt("Log in again, or open your link: nothing is lost meanwhile."),
    "who_are_you": _lt(
        "Open the link that the dispatcher gave you, or log in with your account."
    ),
    "pin_title": _lt("PIN of the trip"),
    "pin_help": _lt("The dispatcher told it to you with the link."),
    "pin_open": _lt("Open the trip"),
    "pin_wrong": _lt("This PIN is not right. Tries left: %s"),
    "link_locked": _lt("Too many wrong PINs. Ask the dispatcher for a new link."),
    "link_gone": _lt(
        "This link is not valid any more. Ask the dispatcher for a new one."
    ),
    "link_elsewhere": _lt(
        "This link is open on another phone. Ask the dispatcher for a new one."
    ),
    "too_many": _lt("Too many attempts. Try again in a quarter of an hour."),
    "need_network": _lt("This takes the network. Try again when there is one."),
    "take": _lt("Take the trip"),
    "depart": _lt("Leave the depot"),
    "back": _lt("Back at the depot"),
    "back_ask": _lt("Open stops: %s. End the trip all the same?"),
    "trip_over": _lt("The trip is over. Hand in the goods and the money."),
    "to_collect": _lt("To collect"),
    "collected": _lt("Collected"),
    "done_of": _lt("Done: %s"),
    "next_stop": _lt("Next stop"),
    "all_stops": _lt("All stops"),
    "later_stops": _lt("Then"),
    "finished_stops": _lt("Done"),
    "same_door": _lt("%s deliveries at this door"),
    "deliver_all": _lt("All %s delivered"),
    "attempt": _lt("Attempt %s"),
    "parcels": _lt("Parcels: %s"),
    "call": _lt("Call"),
    "call_dispatcher": _lt("Call the dispatcher"),
    "navigate": _lt("Navigate"),
    "navigate_with": _lt("Navigate with"),
    "nav_geo": _lt("The phone's own"),
    "arrived": _lt("I am at the door"),
    "delivered": _lt("Delivered"),
    "partly": _lt("Partly"),
    "problem": _lt("Problem"),
    "contents": _lt("Contents"),
    "handed_over": _lt("Handed over"),
    "nothing_left_out": _lt("Everything is handed over: confirm it as delivered."),
    "payment": _lt("Payment"),
    "amount": _lt("Amount"),
    "cash": _lt("Cash"),
    "card": _lt("Card"),
    "qr": _lt("QR"),
    "qr_help": _lt("Let the customer scan this to pay."),
    "less_money": _lt("This is not what was agreed (%s). Confirm all the same?"),
    "nothing_to_collect": _lt("Paid: nothing to collect"),
    "photo": _lt("Photo"),
    "take_photo": _lt("Take a photo"),
    "photo_bad": _lt("This picture cannot be opened. Take another one."),
    "signature": _lt("Signature"),
    "sign_here": _lt("The customer signs here"),
    "clear": _lt("Clear"),
    "signed_by": _lt("Name of who receives it"),
    "need_photo": _lt("Take a photo first."),
    "need_signature": _lt("Let the customer sign first."),
    "need_either": _lt("Take a photo or let the customer sign first."),
    "need_reason": _lt("Choose a reason first."),
    "need_note": _lt("Write a note first."),
    "reason": _lt("What happened?"),
    "note": _lt("Note"),
    "confirm_delivered": _lt("Confirm: delivered"),
    "confirm_partly": _lt("Confirm: partly delivered"),
    "confirm_problem": _lt("Confirm: not delivered"),
    "cancel": _lt("Back"),
    "yes": _lt("Yes"),
    "no": _lt("No"),
    "undo": _lt("Undo"),
    "correct": _lt("Take back"),
    "correct_ask": _lt("Take back what you confirmed here?"),
    "kept": _lt("Kept on this phone"),
    "sent": _lt("Sent"),
    "scan": _lt("Scan the sheet"),
    "scan_none": _lt("This code belongs to no stop of the trip."),
    "position_why": _lt(
        "Share your position while this page is open? Customers then see how far you"
        " are. Nothing is sent when the page is closed."
    ),
    "share": _lt("Share"),
    "not_now": _lt("Not now"),
    "state_planned": _lt("Planned"),
    "state_out": _lt("On its way"),
    "state_arrived": _lt("At the door"),
    "state_delivered": _lt("Delivered"),
    "state_partial": _lt("Partly delivered"),
    "state_failed": _lt("Not delivered"),
    "state_cancelled": _lt("Cancelled by the dispatcher"),
    "state_moved": _lt("Not on your trip any more"),
}


def texts(env):
    """``{key: text}`` in the language of the environment."""
    return {key: env._(text) for key, text in TEXTS.items()}
