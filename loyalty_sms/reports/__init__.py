from . import loyalty_message_report
from . import loyalty_feedback_report
from . import loyalty_campaign_book
