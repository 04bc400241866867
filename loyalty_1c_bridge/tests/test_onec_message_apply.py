from odoo.tests import tagged

from odoo.addons.loyalty_1c_bridge.tests.common import OnecCommon

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<КоммерческаяИнформация ВерсияСхемы="2.07">'
)
TAIL = "</КоммерческаяИнформация>"
GROUPS = """<Классификатор><Ид>c</Ид><Наименование>К</Наименование><Группы>
<Группа><Ид>g1</Ид><Наименование>Посуда</Наименование><Группы>
<Группа><Ид>g2</Ид><Наименование>Кружки</Наименование></Группа></Группы></Группа>
</Группы></Классификатор>"""


class OnecMessageCommon(OnecCommon):
    @classmethod
    def _message(cls, body, backend=None, **values):
        """A message of the catalogue; ``body`` stands within the root."""
        data = body if isinstance(body, bytes) else f"{HEAD}{body}{TAIL}".encode()
        attachment = cls.env["ir.attachment"].create(
            {"name": "import.xml", "raw": data}
        )
        return cls.env["onec.message"].create(
            {
                "backend_id": (backend or cls.backend).id,
                "channel": "cml",
                "kind": "catalog",
                "filename": "import.xml",
                "attachment_id": attachment.id,
                **values,
            }
        )

    def _import(self, body, **values):
        message = self._message(body, **values)
        self.assertTrue(message._work(600))
        return message


@tagged("post_install", "-at_install")
class TestOnecMessageApply(OnecMessageCommon):
    def test_groups_become_categories_in_their_tree(self):
        message = self._import(GROUPS)
        self.assertEqual(message.state, "done")
        self.assertEqual(message.counts["created"], 2)
        rows = self.backend._find("category", ["g1", "g2"])
        mugs = rows["g2"]._records()
        self.assertEqual(mugs.name, "Кружки")
        self.assertEqual(mugs.parent_id, rows["g1"]._records())
        self.assertFalse(message.part_ids)

    def test_the_same_file_again_changes_nothing(self):
        self._import(GROUPS)
        again = self._import(GROUPS)
        self.assertEqual(again.counts["unchanged"], 2)
        self.assertFalse(again.line_ids)

    def test_told_twice_in_one_file_the_later_wins(self):
        groups = (
            "<Классификатор><Ид>c</Ид><Наименование>К</Наименование><Группы>%s"
            "</Группы></Классификатор>"
        )
        group = "<Группа><Ид>g9</Ид><Наименование>%s</Наименование></Группа>"
        self._import(groups % (group % "Чай"))
        self._import(groups % (group % "Кофе" + group % "Чай"))
        category = self.backend._find("category", ["g9"])["g9"]._records()
        self.assertEqual(category.name, "Чай")

    def test_a_broken_file_fails_and_changes_nothing(self):
        before = self.env["product.category"].search_count([])
        message = self._message(f"{HEAD}{GROUPS}".encode())
        self.assertTrue(message._work(600))
        self.assertEqual(message.state, "failed")
        self.assertTrue(message.error)
        self.assertFalse(message.part_ids)
        self.assertEqual(self.env["product.category"].search_count([]), before)

    def test_a_dry_run_tells_and_writes_nothing(self):
        before = self.env["product.category"].search_count([])
        message = self._import(GROUPS, dry_run=True)
        self.assertEqual(message.state, "review")
        self.assertEqual(message.line_ids.mapped("state"), ["planned"] * 2)
        self.assertEqual(self.env["product.category"].search_count([]), before)
        message._restart(dry_run=False)
        self.assertTrue(message._work(600))
        self.assertEqual(message.state, "done")
        self.assertEqual(self.env["product.category"].search_count([]), before + 2)

    def test_a_later_message_waits_for_an_earlier_one(self):
        first, second = self._message(GROUPS), self._message(GROUPS)
        self.assertFalse(second._work(1))
        self.assertEqual(second.state, "received")
        self.env["onec.message"]._cron_apply()
        self.assertEqual((first | second).mapped("state"), ["done", "done"])
