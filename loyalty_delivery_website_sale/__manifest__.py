{
    "name": "Loyalty Delivery: Web shop",
    "summary": "Customers choose the delivery time at the checkout",
    "version": "19.0.1.0.0",
    "category": "Website/Website",
    "license": "LGPL-3",
    "author": "Loyalty Suite",
    "development_status": "Beta",
    "depends": ["loyalty_delivery", "website_sale"],
    "data": ["views/checkout_templates.xml"],
    "assets": {
        "web.assets_frontend": [
            "loyalty_delivery_website_sale/static/src/interactions/*",
        ],
    },
    "auto_install": True,
}
