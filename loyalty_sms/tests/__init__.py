from . import test_consent, test_decide, test_events, test_rules
from . import test_inbound, test_opt_out_page
from . import test_feedback
from . import test_queue, test_queue_reports
from . import test_feedback_page
from . import test_complaints
from . import test_portal_complaints
from . import test_iap_is_closed
from . import test_history
from . import test_gateway_demo_phone
from . import test_gateway_email, test_gateway_kannel, test_gateway_routes
from . import test_gateways, test_webhooks
from . import test_dashboard
from . import test_audience, test_campaign, test_campaign_access
from . import test_campaign_concurrency
from . import test_campaign_report, test_campaign_story
from . import test_template
from . import test_js
from . import test_kannel
from . import test_portal_messages
from . import test_kannel_segments, test_message_cost, test_tour_template
from . import (
    test_audience,
    test_campaign,
    test_campaign_access,
    test_campaign_report,
    test_campaign_story,
    test_complaints,
    test_consent,
    test_core_sms,
    test_dashboard,
    test_decide,
    test_events,
    test_feedback,
    test_feedback_page,
    test_gateway_demo_phone,
    test_gateway_email,
    test_gateway_kannel,
    test_gateway_routes,
    test_gateways,
    test_history,
    test_iap_is_closed,
    test_inbound,
    test_js,
    test_kannel,
    test_kannel_segments,
    test_message_cost,
    test_opt_out_page,
    test_portal_complaints,
    test_portal_messages,
    test_queue,
    test_queue_reports,
    test_rules,
    test_template,
    test_template_editor,
    test_tour_template,
    test_webhooks,
)
