"""What a text may say about a survey."""

from odoo.tools.translate import LazyTranslate

from odoo.addons.loyalty_sms.models.variables import Variable

# Constants have no environment: their words are translated where they are shown.
# pylint: disable=prefer-env-translation
_lt = LazyTranslate(__name__)

SURVEY_LINK = Variable(
    "survey_link", "text", _lt("Link to the survey"), "shop.am/q/a1b2c3d4"
)
