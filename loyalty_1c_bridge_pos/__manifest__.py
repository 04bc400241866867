{
    "name": "1C Bridge: Point of Sale",
    "summary": "Closed sessions of the Point of Sale become retail reports in 1C",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Loyalty Suite",
    "development_status": "Beta",
    "depends": ["loyalty_1c_bridge", "loyalty_club_pos"],
    "auto_install": True,
}
