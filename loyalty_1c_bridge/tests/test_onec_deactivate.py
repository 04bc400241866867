from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import OnecCommon


@tagged("post_install", "-at_install")
class TestOnecDeactivate(OnecCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old, cls.new = cls.env["product.product"].create(
            [{"name": "Old"}, {"name": "New"}]
        )
        cls.backend._bind("product", {"old": cls.old, "new": cls.new})
        rows = cls.backend._find("product", ["old", "new"])
        rows["old"].last_in = "2026-03-01 00:00:00"
        rows["new"].last_in = "2026-03-06 00:00:00"
        cls.session = cls.env["onec.session"].create(
            {
                "backend_id": cls.backend.id,
                "cookie_hash": "deactivate",
                "exchange": "catalog",
            }
        )

    def _asked(self):
        # 5 March 2026
        self.backend._deactivate_untouched(self.session, "1772668800")
        return self.env["onec.conflict"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "deactivate")]
        )

    def test_nothing_is_archived_before_a_person_said_so(self):
        conflict = self._asked()
        self.assertIn("1 goods", conflict.name)
        self.assertIn("Old", str(conflict.left))
        self.assertTrue(self.old.active and self.new.active)
        conflict._resolve("here")
        self.assertTrue(self.old.active)

    def test_exactly_what_was_not_sent_is_archived(self):
        self._asked()._resolve("1c")
        self.assertFalse(self.old.active)
        self.assertTrue(self.new.active)

    def test_not_while_a_file_waits(self):
        conflict = self._asked()
        self.env["onec.message"].create(
            {
                "backend_id": self.backend.id,
                "channel": "cml",
                "filename": "import.xml",
                "state": "review",
            }
        )
        with self.assertRaises(UserError):
            conflict._resolve("1c")
        self.assertTrue(self.old.active)
