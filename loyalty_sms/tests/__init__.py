from . import (
    test_audience,
    test_campaign,
    test_campaign_access,
    test_campaign_concurrency,
    test_campaign_report,
    test_campaign_story,
    test_complaints,
    test_consent,
    test_core_sms,
    test_template_editor,
)
