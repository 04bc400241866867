from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import OnecCommon


@tagged("post_install", "-at_install")
class TestOnecMap(OnecCommon):
    def test_a_record_born_here_keeps_its_guid(self):
        partner = self.env["res.partner"].create({"name": "Ani"})
        first = self.backend._guid("partner", partner)
        self.assertEqual(first, self.backend._guid("partner", partner))
        row = self.backend._find("partner", [first])[first]
        self.assertEqual((row.origin, row.res_id), ("odoo", partner.id))
        self.assertEqual(row.record_name, "Ani")

    def test_two_bases_know_a_record_by_different_guids(self):
        partner = self.env["res.partner"].create({"name": "Ani"})
        other = self._make_backend("УТ")
        self.assertNotEqual(
            self.backend._guid("partner", partner), other._guid("partner", partner)
        )

    def test_the_namespace_never_changes(self):
        before = self.backend.namespace_uuid
        with self.assertRaises(UserError):
            self.backend.namespace_uuid = "6f2cb1a0-6d0c-4c4e-9a9a-0d3d8f0f6a11"
        self.assertEqual(self.backend.namespace_uuid, before)

    def test_an_accountant_reads_the_map_and_writes_nothing(self):
        row = self.env["onec.map"].search([("backend_id", "=", self.backend.id)])
        partner = self.env["res.partner"].create({"name": "Ani"})
        guid = self.backend._guid("partner", partner)
        row = self.backend._find("partner", [guid])[guid]
        user = self._user("acc", "loyalty_1c_bridge.group_onec_accountant")
        self.assertEqual(row.with_user(user).external_id, guid)
        with self.assertRaises(AccessError):
            row.with_user(user).write({"res_id": 1})
        self.assertEqual(row.res_id, partner.id)
