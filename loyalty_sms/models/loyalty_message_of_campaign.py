from odoo import api, models
from odoo.tools import SQL


class LoyaltyMessage(models.Model):
    _inherit = "loyalty.message"

    @api.model
    def _claim_suppressions(self):
        """Nothing of a cancelled campaign goes out, however it came to wait."""
        return [
            *super()._claim_suppressions(),
            ("cancelled", self._of_campaign("cancelled")),
        ]

    @api.model
    def _claim_holds(self):
        """What a paused campaign has in the queue stays there."""
        return [*super()._claim_holds(), ("paused", self._of_campaign("paused"))]

    @staticmethod
    def _of_campaign(state):
        return SQL(
            """(m.campaign_id IS NOT NULL AND EXISTS (
                SELECT FROM loyalty_sms_campaign campaign
                 WHERE campaign.id = m.campaign_id AND campaign.state = %s))""",
            state,
        )
