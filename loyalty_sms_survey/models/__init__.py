from . import (
    loyalty_sms_template,
    survey_question,
    survey_survey,
    survey_user_input,
)
