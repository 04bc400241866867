from . import loyalty_feedback_report
