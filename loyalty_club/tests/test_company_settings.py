from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestCompanySettings(LoyaltyCommon):
    def test_administrator_of_the_club_sets_it_up_without_system_rights(self):
        user = self._user("arev_admin", "loyalty_club.group_loyalty_admin")
        dialog = self.env["loyalty.company.settings"].with_user(user).create({})
        self.assertTrue(dialog.loyalty_self_registration)
        dialog.write(
            {
                "loyalty_program_id": self.club.id,
                "loyalty_prepayment_percent": 0.5,
                "loyalty_self_registration": False,
            }
        )
        dialog.action_save()
        self.assertRecordValues(
            self.company,
            [
                {
                    "loyalty_program_id": self.club.id,
                    "loyalty_prepayment_percent": 0.5,
                    "loyalty_self_registration": False,
                }
            ],
        )

    def test_manager_does_not(self):
        user = self._user("arev_manager", "loyalty_club.group_loyalty_manager")
        with self.assertRaises(AccessError):
            self.env["loyalty.company.settings"].with_user(user).create({})
        self.assertTrue(self.company.loyalty_self_registration)
