from . import base_partner_merge
from . import loyalty_complaint_apologise
from . import loyalty_sms_template_test
from . import loyalty_sms_kannel_status, loyalty_sms_kannel_status_line
from . import loyalty_sms_settings
from . import loyalty_sms_queue
from . import sms_composer
