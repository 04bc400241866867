"""What the models of deliveries share: states, kinds and their labels."""

STOP_STATES = [
    ("draft", "To complete"),
    ("ready", "Ready"),
    ("planned", "Planned"),
    ("out", "On its way"),
    ("arrived", "At the door"),
    ("delivered", "Delivered"),
    ("partial", "Partly delivered"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
# What a courier said at the door; nothing follows but a correction within its time.
STOP_FINISHED = ("delivered", "partial", "failed")
STOP_OPEN = ("draft", "ready", "planned", "out", "arrived")
STOP_DRIVEN = ("out", "arrived")

# state: the states it may follow.
STOP_SOURCES = {
    "draft": ("ready",),
    "ready": ("draft", "planned", "out", "arrived"),
    "planned": ("ready", "out"),
    "out": ("planned", "arrived", *STOP_FINISHED),
    "arrived": ("planned", "out", *STOP_FINISHED),
    "delivered": ("planned", *STOP_DRIVEN, "partial", "failed"),
    "partial": ("planned", *STOP_DRIVEN, "delivered", "failed"),
    "failed": ("planned", *STOP_DRIVEN, "delivered", "partial"),
    "cancelled": ("draft", "ready", "planned", "out", "arrived"),
}

TRIP_STATES = [
    ("draft", "Draft"),
    ("planned", "Planned"),
    ("loaded", "Loaded"),
    ("en_route", "On the road"),
    ("returned", "Returned"),
    ("settled", "Settled"),
    ("cancelled", "Cancelled"),
]
TRIP_OPEN = ("draft", "planned", "loaded", "en_route")
TRIP_SOURCES = {
    "draft": ("planned",),
    "planned": ("draft", "loaded"),
    "loaded": ("planned",),
    "en_route": ("planned", "loaded", "returned"),
    "returned": ("en_route", "settled"),
    "settled": ("returned",),
    "cancelled": ("draft", "planned", "loaded"),
}

# How well a place is known, best first: only down to "street" is sent out unchecked.
GEO_QUALITIES = [
    ("manual", "Set by hand"),
    ("learned", "Learned from deliveries"),
    ("house", "House"),
    ("street", "Street"),
    ("zip", "Postal code or city"),
    ("none", "Unknown"),
]
GEO_GOOD = ("manual", "learned", "house", "street")

LOCKS = [
    ("none", "Free"),
    ("courier", "This courier"),
    ("position", "This courier and place in the route"),
]

PROFILES = [
    ("foot", "On foot"),
    ("bike", "Bicycle"),
    ("car", "Car"),
    ("van", "Van"),
]
# The profile of roads that a means of transport drives on.
ROAD_PROFILE = {"foot": "foot", "bike": "bike", "car": "car", "van": "car"}

PRIORITIES = [("0", "Normal"), ("1", "High"), ("2", "Urgent")]

PAYMENT_METHODS = [
    ("cash", "Cash"),
    ("card", "Card terminal"),
    ("qr", "QR payment"),
]

EVENT_KINDS = [
    ("take", "Trip taken"),
    ("depart", "Left the depot"),
    ("arrive", "At the door"),
    ("deliver", "Delivered"),
    ("partial", "Partly delivered"),
    ("fail", "Failed"),
    ("undo", "Undone"),
    ("note", "Note"),
    ("return", "Back at the depot"),
]

# Which proof the courier's page asks for before a delivery is confirmed.
PROOFS = [
    ("none", "None"),
    ("photo", "Photo"),
    ("signature", "Signature"),
    ("either", "Photo or signature"),
    ("both", "Photo and signature"),
]
NAVIGATIONS = [
    ("geo", "The phone's own"),
    ("google", "Google Maps"),
    ("waze", "Waze"),
    ("yandex", "Yandex"),
    ("osmand", "OsmAnd"),
    ("apple", "Apple Maps"),
]
PROOF_KINDS = [("photo", "Photo"), ("signature", "Signature")]

# Who sees what stock and books owe to a delivery, and who what couriers earn.
BOOKERS = (
    "loyalty_delivery.group_delivery_dispatcher,loyalty_club.group_loyalty_auditor"
)
PAYERS = "loyalty_delivery.group_delivery_cashier,loyalty_club.group_loyalty_auditor"
