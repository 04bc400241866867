from odoo import models


class LoyaltySmsCampaign(models.Model):
    _inherit = "loyalty.sms.campaign"

    def _check_approver(self):
        """A campaign beyond the month's budget waits until the budget is raised."""
        for campaign in self:
            if campaign.message_class == "marketing":
                self.env["loyalty.sms.budget"]._check(
                    campaign.company_id, campaign.cost_estimate
                )
        return super()._check_approver()
