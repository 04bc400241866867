{
    "name": "Loyalty Club: Point of Sale",
    "summary": "Points of the Point of Sale in the ledger, checked on the server",
    "version": "19.0.1.0.0",
    "category": "Sales/Loyalty",
    "license": "LGPL-3",
    "author": "Loyalty Suite",
    "development_status": "Beta",
    "depends": ["loyalty_club", "pos_loyalty"],
    # Programs name the tills where they count; who sets up programs reads these names.
    "data": ["security/ir.model.access.csv"],
    "auto_install": True,
}
