from . import base_partner_merge
from . import loyalty_complaint_apologise
from . import loyalty_sms_template_test
