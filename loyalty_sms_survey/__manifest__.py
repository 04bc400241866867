{
    "name": "Loyalty Messages: Surveys",
    "summary": "Surveys sent to members by message, answered for points",
    "version": "19.0.1.0.0",
    "category": "Marketing/SMS Marketing",
    "license": "LGPL-3",
    "author": "Loyalty Suite",
    "development_status": "Beta",
    "depends": ["loyalty_sms", "survey"],
    "data": [
        "security/ir.model.access.csv",
        "views/survey_views.xml",
        "views/loyalty_sms_template_views.xml",
    ],
    "auto_install": True,
}
