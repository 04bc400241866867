from odoo import models

BAD = 2


class LoyaltyDeliveryStop(models.Model):
    """A bad rating is told to the dispatcher while it can still be mended."""

    _inherit = "loyalty.delivery.stop"

    def _rate(self, rating, comment=None):
        result = super()._rate(rating, comment)
        alerts = self.env["loyalty.delivery.alert"]
        if rating <= BAD:
            stars = "★" * rating + "☆" * (5 - rating)
            words = (self.rating_comment or "").split()
            detail = " ".join([stars, *words])[:200]
            alerts._raise("bad_rating", stop=self, detail=detail)
        else:
            alerts._resolve("bad_rating", stops=self)
        return result
