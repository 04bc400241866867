from odoo.tests import tagged

from ..engine.enterprisedata.header import Header, ObjectType
from ..engine.enterprisedata.writer import write_message
from .test_onec_ed_send import PARTNER, EdCommon


@tagged("post_install", "-at_install")
class TestOnecEdReceive(EdCommon):
    def _state(self):
        backend = self.backend
        return (
            backend.ed_last_sent_no,
            backend.ed_last_received_no,
            backend.ed_peer_received_no,
        )

    def _assert_refused(self, message, word):
        self.assertEqual(message.state, "failed")
        self.assertIn(word, message.error)
        self.assertFalse(message.number)

    def _work(self, message):
        self.assertTrue(message._work(30))
        return message

    def test_a_message_is_confirmed_when_it_is_applied_not_before(self):
        message = self._take(5, 0)
        self.assertEqual(self._state(), (0, 0, 0))
        self._work(message)
        self.assertEqual(message.state, "done")
        self.assertEqual(self._state(), (0, 5, 0))

    def test_a_message_that_awaits_approval_is_not_confirmed(self):
        self.backend.dry_run = True
        message = self._work(self._take(5, 0))
        self.assertEqual(message.state, "review")
        self.assertEqual(self._state(), (0, 0, 0))

    def test_an_approved_message_is_applied_and_then_confirmed(self):
        self.backend.dry_run = True
        category = {"КлючевыеСвойства": {"Ссылка": "g9", "Наименование": "Чай"}}
        objects = [("Справочник.НоменклатураГруппа", category)]
        message = self._work(self._take(5, 0, objects))
        self.assertFalse(self.backend._find("category", ["g9"]))
        message._restart(dry_run=False)
        self._work(message)
        self.assertTrue(self.backend._find("category", ["g9"]))
        self.assertEqual(self._state(), (0, 5, 0))

    def test_every_message_tells_which_versions_1c_knows(self):
        self._take(5, 0, versions=["1.10", "1.16"])
        self.assertEqual(self.backend.ed_version, "1.16")
        self.assertEqual(self.backend.ed_peer_versions, "1.10, 1.16")

    def test_a_replay_is_read_for_its_receipt_only(self):
        self._queue("Ани")
        self._publish()
        self._work(self._take(5, 0))
        again = self._take(5, 1)
        self.assertEqual(again.state, "superseded")
        self.assertEqual(self._state(), (1, 5, 1))
        self.assertTrue(self.backend.ed_receipt_due)

    def test_a_newer_message_takes_the_place_of_a_waiting_one(self):
        first = self._take(5, 0)
        second = self._take(6, 0)
        self.assertEqual((first.state, second.state), ("superseded", "received"))
        self._work(second)
        self.assertEqual(self._state(), (0, 6, 0))

    def test_a_receipt_from_the_future_is_refused_whole(self):
        row = self._queue("Ани")
        self._publish()
        message = self._take(5, 9)
        self._assert_refused(message, "9")
        self.assertEqual(self._state(), (1, 0, 0))
        self.assertEqual(row.state, "sent")

    def test_a_manager_continues_the_numbers_of_1c_after_a_restore(self):
        row = self._queue("Ани")
        self._publish()
        self._take(5, 9)
        user = self._user("boss", "loyalty_1c_bridge.group_onec_manager")
        self.backend.with_user(user).action_ed_continue_numbers()
        message = self._publish()
        self.assertEqual((message.number, self._names(message)), (10, ["Ани"]))
        self._take(6, 10)
        self.assertEqual(row.state, "received")

    def test_our_own_message_is_not_taken_back(self):
        self._queue("Ани")
        message = self._publish()
        refused = self.backend._ed_take("x.xml", message._ed_content())
        self._assert_refused(refused, "Message_БП_ОД")
        self.assertEqual(self._state(), (1, 0, 0))

    def test_a_message_of_another_base_is_refused(self):
        self._assert_refused(self._take(5, 0, sender="УТ"), "УТ")
        self.assertEqual(self._state(), (0, 0, 0))

    def test_a_broken_file_is_refused_and_may_come_again(self):
        content = self._from_1c(5, 0)
        broken = self.backend._ed_take("x.xml", content[:100])
        self.assertEqual(broken.state, "failed")
        self.assertEqual(self._work(self._take(5, 0)).state, "done")

    def test_a_file_cut_in_its_body_is_not_confirmed(self):
        content = self._from_1c(5, 0, [(PARTNER, self._key("g1", "Ани"))])
        cut = content[: content.index("<Наименование>".encode())]
        message = self._work(self.backend._ed_take("x.xml", cut))
        self.assertEqual(message.state, "failed")
        self.assertEqual(self._state(), (0, 0, 0))
        whole = self.backend._ed_take("x.xml", content)
        self.assertEqual((whole.state, whole.number), ("received", 5))

    def _key(self, guid, name):
        return {
            "КлючевыеСвойства": {
                "Ссылка": guid,
                "Наименование": name,
                "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
            }
        }

    def test_a_file_made_by_hand_is_known_by_its_content(self):
        content = write_message(Header(), [], "1.19")
        first = self._work(self.backend._ed_take("a.xml", content))
        second = self.backend._ed_take("b.xml", content)
        self.assertEqual((first.state, second.state), ("done", "superseded"))
        self.assertEqual(self._state(), (0, 0, 0))

    def test_settings_of_1c_choose_the_version_and_what_it_takes(self):
        self.backend.write({"ed_peer_code": False})
        header = Header(
            sender="НФ",
            receiver="ОД",
            number=0,
            received=0,
            versions=["1.22", "1.10", "1.16", "1.15"],
            new_from="91d5a7dd-2d96-4af5-b855-90ad613450b9",
            object_types=[ObjectType("Документ.РеализацияТоваровУслуг", "*", "*")],
        )
        message = self.backend._ed_take("x.xml", write_message(header, [], ""))
        self.assertEqual((message.state, message.kind), ("done", "settings"))
        self.assertRecordValues(
            self.backend,
            [
                {
                    "ed_version": "1.16",
                    "ed_peer_code": "НФ",
                    "ed_peer_guid": "91d5a7dd-2d96-4af5-b855-90ad613450b9",
                    "ed_last_received_no": 0,
                }
            ],
        )
        self.assertFalse(self.backend._ed_is_taken("Документ.ЧекККМ"))

    def test_settings_without_a_common_version_are_explained(self):
        version = self.backend.ed_version
        content = self._from_1c(0, 0, versions=["1.3"])
        message = self.backend._ed_take("x.xml", content.replace(b"Data/1.19", b"Data"))
        self.assertEqual(message.state, "failed")
        self.assertIn("1.3", message.error)
        self.assertEqual(self.backend.ed_version, version)

    def test_a_receipt_is_due_only_for_objects(self):
        self._work(self._take(5, 0))
        self.assertFalse(self.backend._ed_collect())
        category = {"КлючевыеСвойства": {"Ссылка": "g9", "Наименование": "Чай"}}
        objects = [("Справочник.НоменклатураГруппа", category)]
        self._work(self._take(6, 0, objects))
        message = self._publish()
        self.assertEqual((message.number, message.receipt_no), (1, 6))
        self.assertFalse(self.backend._ed_collect())
