{
    "name": "Loyalty Delivery",
    "summary": "The day's deliveries planned, driven, tracked and settled",
    "version": "19.0.1.0.0",
    "category": "Inventory/Delivery",
    "license": "LGPL-3",
    "author": "Loyalty Suite",
    "development_status": "Beta",
    "application": True,
    "depends": ["base_geolocalize", "bus", "loyalty_club", "portal", "stock_delivery"],
    "external_dependencies": {"python": ["phonenumbers", "qrcode", "requests"]},
    "data": [
        "security/loyalty_delivery_groups.xml",
        "security/ir.model.access.csv",
        "security/loyalty_delivery_security.xml",
        "data/ir_sequence_data.xml",
        "views/loyalty_delivery_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["loyalty_delivery/static/src/**/*"],
        "web.assets_tests": ["loyalty_delivery/static/tests/tours/**/*"],
        "web.assets_unit_tests": ["loyalty_delivery/static/tests/**/*.test.js"],
    },
}
