{
    "name": "1C Bridge",
    "summary": "Every finished operation agrees with 1C, exactly once, with proof",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Loyalty Suite",
    "development_status": "Beta",
    "application": True,
    "depends": ["loyalty_club", "sale_stock"],
    "external_dependencies": {"python": ["lxml", "python-stdnum", "xlsxwriter"]},
    "data": [
        "security/onec_groups.xml",
        "security/ir.model.access.csv",
        "security/onec_security.xml",
        "data/ir_cron_data.xml",
        "views/onec_menus.xml",
    ],
}
