"""What a text may say about a survey."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.loyalty_sms.models.variables import Variable

_lt = LazyTranslate(__name__)

SURVEY_LINK = Variable(
    "survey_link", "text", _lt("Link to the survey"), "shop.am/q/a1b2c3d4"
)
