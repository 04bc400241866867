from odoo.tests import HttpCase, tagged

from .browser import mend_assets
from .test_till import TillCommon


@tagged("post_install", "-at_install")
class TestBrowserTill(TillCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mend_assets(cls.env)

    def test_a_sale_with_points_and_a_registration_by_keyboard_alone(self):
        # 110 000 were paid, so Ani is Silver; 6 000 points are hers to spend.
        self._sell(110000, "silver")
        self.card._post_points([self.card._entry("bonus", 6000 - self.card.points)])
        self.club.multiplier_ids.unlink()
        self.start_tour("/odoo/loyalty-till", "loyalty_club_till", login="till_cashier")
        receipt = self.env["account.move"].search(
            [("create_uid", "=", self.cashier.id), ("move_type", "=", "out_receipt")],
            order="id desc",
            limit=1,
        )
        self.assertRecordValues(
            receipt,
            [{"amount_total": 47000, "state": "posted", "payment_state": "paid"}],
        )
        self.assertLedger(self.card, 5115)
        davit = self.env["res.partner"].search([("phone", "=", "+37477112233")])
        self.assertEqual((davit.name, davit.loyalty_branch_id), ("Davit", self.kentron))
