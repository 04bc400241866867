from . import (
    loyalty_consent,
    loyalty_consent_state,
    loyalty_message,
    loyalty_message_inbox,
    loyalty_sms_campaign,
    loyalty_sms_event,
    loyalty_sms_gateway,
    loyalty_sms_rule,
    loyalty_sms_template,
    res_partner,
)
