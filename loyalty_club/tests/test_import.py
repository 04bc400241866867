import base64
import io
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from ..models import loyalty_import
from .common import LoyaltyCommon


class ImportCommon(LoyaltyCommon):
    @classmethod
    def _load(cls, rows, kind="members", filename="list.csv", **values):
        """An import of CSV lines, or of the bytes of a file."""
        content = rows if isinstance(rows, bytes) else "\n".join(rows).encode()
        return cls.env["loyalty.import"].create(
            {
                "kind": kind,
                "program_id": cls.club.id,
                "file": base64.b64encode(content),
                "filename": filename,
                **values,
            }
        )

    @classmethod
    def _run(cls, rows, kind="members", **values):
        load = cls._load(rows, kind, **values)
        load.action_check()
        load.action_run()
        return load

    def _problems(self, load):
        return [(line.row, line.column or "") for line in load.problem_ids]

    def _partner(self, phone):
        return self.env["res.partner"].search([("phone", "=", phone)])

    def assertNothing(self, model, before):
        self.assertEqual(self.env[model].search_count([]), before)


@tagged("post_install", "-at_install")
class TestImportMembers(ImportCommon):
    def test_members_come_with_card_points_and_tier(self):
        load = self._run(
            [
                "ФИО;Телефон;Дата рождения;Пол;Номер карты;Баллы;Действуют до;"
                "Уровень;Филиал;Согласие SMS",
                "Арам Саргсян;099 111222;17.05.1990;м;044-7ZZ0-1111;1 500,50;"
                "31.12.2030;Silver;Kentron;да",
            ]
        )
        partner = self._partner("+37499111222")
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Арам Саргсян",
                    "gender": "male",
                    "loyalty_branch_id": self.kentron.id,
                    "consent_sms": True,
                    "consent_source": load.name,
                    "phone_sanitized": "+37499111222",
                }
            ],
        )
        self.assertEqual(str(partner.birthday), "1990-05-17")
        self.assertTrue(partner.consent_date)
        card = partner.loyalty_card_ids
        self.assertRecordValues(
            card,
            [
                {
                    "code": "0447ZZ01111",
                    "tier_id": self.silver.id,
                    "tier_locked": True,
                    "branch_id": self.kentron.id,
                }
            ],
        )
        self.assertEqual(partner.loyalty_tier_id, self.silver)
        self.assertLedger(card, 1500.5)
        self.assertEqual(str(card.lot_ids.expiration_date), "2030-12-31")
        self.assertEqual(card.move_ids.kind, "opening")
        self.assertEqual(load.state, "done")
        self.assertEqual(load.imported_count, 1)

    def test_a_member_without_points_gets_the_first_tier(self):
        self._run(["Name,Phone", "Aram,+37499111222"])
        card = self._partner("+37499111222").loyalty_card_ids
        self.assertEqual(card.tier_id, self.bronze)
        self.assertLedger(card, 0)
        self.assertFalse(card.move_ids)

    def test_one_problem_and_nothing_is_imported(self):
        before = self.env["res.partner"].search_count([])
        load = self._load(
            ["Name,Phone,Email", "Aram,099111222,aram", ",12,x@y.am", "Eva,,e@y.am"]
        )
        load.action_check()
        self.assertEqual(
            self._problems(load), [(2, "Email"), (3, "Name"), (3, "Phone")]
        )
        self.assertEqual((load.row_count, load.bad_row_count), (3, 2))
        with self.assertRaisesRegex(UserError, "2 of 3 rows"):
            load.action_run()
        self.assertEqual(load.state, "checked")
        self.assertNothing("res.partner", before)

    def test_bad_rows_are_left_out_when_somebody_says_so(self):
        load = self._load(["Name,Phone", "Aram,099111222", "Eva,12"])
        load.action_check()
        load.skip_bad_rows = True
        load.action_run()
        self.assertEqual(load.imported_count, 1)
        self.assertTrue(self._partner("+37499111222"))
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Eva")]))

    def test_who_is_known_already_is_named(self):
        self._enroll()
        self.env["res.partner"].create({"name": "Eva", "national_id": "AN1"})
        blocked = self._enroll(self.env["res.partner"].create({"name": "Lost"}))
        old_code = blocked.code
        blocked.action_replace_code()
        load = self._load(
            [
                "Name,Phone,National id,Card",
                "Ani,091234567,,",
                "Eva,,AN1,",
                f"Aram,,,{blocked.code}",
                f"Armen,,,{old_code}",
                "Nare,099111222,,",
                "Nare again,+37499111222,,",
            ]
        )
        load.action_check()
        self.assertEqual(
            [row for row, _column in self._problems(load)], [2, 3, 4, 5, 7]
        )
        messages = load.problem_ids.mapped("message")
        self.assertEqual(messages[0], "Ani is a member already.")
        self.assertIn("Eva is a customer already", messages[1])
        self.assertEqual(messages[2], "The card belongs to Lost.")
        self.assertIn("blocked", messages[3])
        self.assertIn("row 6", messages[4])

    def test_known_customers_become_members_and_keep_their_data(self):
        self.ani.write({"email": "ani@own.am", "gender": False})
        load = self._run(
            ["Name,Phone,Email,Gender", "Annie,091234567,other@x.am,female"],
            existing="enrol",
        )
        self.assertRecordValues(
            self.ani, [{"name": "Ani", "email": "ani@own.am", "gender": "female"}]
        )
        self.assertEqual(len(self.ani.loyalty_card_ids), 1)
        load.action_undo()
        self.assertTrue(self.ani.exists())
        self.assertFalse(self.ani.loyalty_card_ids)

    def test_referrers_are_linked_whatever_the_order_of_rows(self):
        self._enroll()
        self._run(
            [
                "Name,Phone,Referrer",
                "Eva,099111222,099333444",
                "Aram,099333444,091234567",
            ]
        )
        aram = self._partner("+37499333444")
        self.assertEqual(self._partner("+37499111222").loyalty_referrer_id, aram)
        self.assertEqual(aram.loyalty_referrer_id, self.ani)

    def test_an_unknown_referrer_is_a_problem(self):
        load = self._load(["Name,Phone,Referrer", "Eva,099111222,099333444", "A,,"])
        load.action_check()
        self.assertEqual(load.problem_ids.row, 2)
        self.assertEqual(load.good_row_count, 1)

    def test_members_come_from_cards_of_a_phone(self):
        self._run(
            b"BEGIN:VCARD\nVERSION:3.0\nFN:Aram\nTEL;TYPE=CELL:099111222\n"
            b"BDAY:1990-05-17\nEND:VCARD\n",
            filename="contacts.vcf",
        )
        self.assertEqual(self._partner("+37499111222").name, "Aram")

    def test_an_import_is_undone_while_nobody_used_it(self):
        load = self._run(["Name,Phone,Points", "Aram,099111222,500", "Eva,099333444,"])
        aram = self._partner("+37499111222")
        card = aram.loyalty_card_ids
        eva = self._partner("+37499333444")
        load.action_undo()
        self.assertEqual(load.state, "cancelled")
        self.assertFalse(eva.exists())
        self.assertLedger(card, 0)
        self.assertFalse(card.active)
        self.assertFalse(aram.active)

    def test_an_import_that_was_used_is_not_undone(self):
        load = self._run(["Name,Phone,Points", "Aram,099111222,500"])
        card = self._partner("+37499111222").loyalty_card_ids
        card._post_points([card._entry("spend", -100)])
        with self.assertRaisesRegex(UserError, "Aram"):
            load.action_undo()
        self.assertEqual(load.state, "done")
        self.assertLedger(card, 400)

    def test_a_file_chosen_in_the_form_shows_its_columns(self):
        form = Form(self.env["loyalty.import"])
        form.program_id = self.club
        form.file = base64.b64encode(b"Name;Nummer\nAram;099111222")
        self.assertEqual(form.delimiter, ";")
        self.assertEqual(len(form.column_ids), 2)
        with form.column_ids.edit(1) as column:
            column.field_name = "phone"
        load = form.save()
        self.assertEqual(load.column_ids.mapped("header"), ["Name", "Nummer"])
        self.assertEqual(load.column_ids.mapped("field_name"), ["name", "phone"])
        load.action_check()
        self.assertEqual((load.problem_count, load.good_row_count), (0, 1))

    def test_columns_can_be_chosen_by_hand(self):
        load = self._load(["Wer,Nummer", "Aram,099111222"])
        with self.assertRaisesRegex(UserError, "Name"):
            load.action_check()
        load.column_ids[0].field_name = "name"
        load.column_ids[1].field_name = "phone"
        load.action_check()
        self.assertEqual(load.problem_count, 0)

    def test_merged_cells_are_problems(self):
        book = openpyxl.Workbook()
        for row in (["Name", "Phone"], ["Aram", "099111222"], ["Eva", "099333444"]):
            book.active.append(row)
        book.active.merge_cells("A2:A3")
        stream = io.BytesIO()
        book.save(stream)
        load = self._load(stream.getvalue(), filename="list.xlsx")
        load.action_check()
        self.assertIn("A2:A3", load.problem_ids[0].message)
        self.assertEqual(load.bad_row_count, 1)

    def test_a_file_that_is_no_list_is_refused(self):
        with self.assertRaisesRegex(UserError, "neither an Excel file"):
            self._load(b"%PDF-1.7 hello")

    def test_the_template_is_a_file_we_read(self):
        for kind in ("members", "balances", "purchases"):
            load = self._load(["Name,Phone", "Aram,1"], kind=kind)
            book = openpyxl.load_workbook(io.BytesIO(load._template()))
            self.assertEqual(len(book.sheetnames), 2)
            page = book.worksheets[0]
            self.assertEqual(page.freeze_panes, "A2")
            headers = [cell.value for cell in page[1]]
            filled = self._load(load._template(), kind=kind, filename="t.xlsx")
            self.assertEqual(filled.column_ids.mapped("header"), headers)
            self.assertTrue(all(filled.column_ids.mapped("field_name")))

    def test_problems_are_written_beside_the_rows(self):
        load = self._load(["Name,Phone", "Aram,099111222", "=Eva,12"])
        load.action_check()
        book = openpyxl.load_workbook(io.BytesIO(load._problem_rows()))
        rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
        self.assertEqual(rows[0], ["Row", "Problems", "Name", "Phone"])
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[1][0], 3)
        self.assertEqual(rows[1][2:], ["=Eva", "12"])
        self.assertEqual(book.active["C2"].data_type, "s")
        self.assertIn("Phone: No valid phone number of Armenia", rows[1][1])


@tagged("post_install", "-at_install")
class TestImportPoints(ImportCommon):
    def test_balances_are_posted_once(self):
        card = self._enroll()
        rows = ["Phone,Points,Points expire", "091234567,250,2030-01-31"]
        load = self._run(rows, "balances")
        self.assertLedger(card, 250)
        self.assertEqual(card.move_ids.key, f"import:{load.id}:2")
        self.assertEqual(str(card.lot_ids.expiration_date), "2030-01-31")
        again = self._load(rows, "balances")
        again.action_check()
        self.assertIn("already", again.problem_ids.message)
        load.action_undo()
        self.assertLedger(card, 0)
        again.action_check()
        again.action_run()
        self.assertLedger(card, 250)

    def test_a_balance_of_a_stranger_is_a_problem(self):
        load = self._load(["Phone,Points", "099111222,5", ",7"], "balances")
        load.action_check()
        self.assertEqual(load.problem_ids.mapped("row"), [2, 3])

    def test_purchases_count_for_the_tier_and_come_once(self):
        card = self._enroll()
        self.ani.ref = "00042"
        rows = [
            "Customer number,Date,Amount,Receipt",
            "00042,2026-03-01,60000,R1",
            "00042,2026-03-02,50000,R2",
        ]
        with freeze_time("2026-03-06 10:00:00"):
            load = self._run(rows, "purchases")
            card._update_tiers()
        purchases = self.env["loyalty.purchase"].search(
            [("partner_id", "=", self.ani.id)]
        )
        self.assertEqual(sum(purchases.mapped("amount")), 110000)
        self.assertEqual(card.tier_id, self.silver)
        again = self._load(rows, "purchases")
        again.action_check()
        self.assertEqual(again.bad_row_count, 2)
        load.action_undo()
        self.assertFalse(purchases.exists())
        self.assertTrue(card.tier_dirty)


@tagged("post_install", "-at_install")
class TestImportInBackground(ImportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = ["Name,Phone,Points"] + [
            f"Member {n},+3749911{n:04},{n + 1}" for n in range(40)
        ]

    def _start(self):
        with (
            patch.object(loyalty_import, "ROWS_IN_A_BATCH", 10),
            patch.object(loyalty_import, "ROWS_AT_ONCE", 5),
        ):
            load = self._load(self.rows)
            load.action_check()
            load.action_run()
        self.assertEqual((load.state, len(load.batch_ids)), ("running", 4))
        return load

    def _work(self, xmlid="loyalty_club.cron_import"):
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).method_direct_trigger()
        self.env.invalidate_all()

    def assertImported(self, load):
        self.assertEqual((load.state, load.imported_count), ("done", 40))
        self.assertEqual(load.progress, 100)
        cards = self.env["loyalty.card"].search([("program_id", "=", self.club.id)])
        self.assertEqual(len(cards), 40)
        self.assertEqual(sum(cards.mapped("points")), 820)

    def test_a_large_import_runs_in_batches(self):
        load = self._start()
        self._work()
        self.assertImported(load)

    def test_what_was_done_before_a_crash_is_not_done_again(self):
        load = self._start()
        applied = type(load)._apply
        calls = []

        def crash_in_the_third(self, rows):
            calls.append(len(rows))
            created = applied(self, rows)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return created

        with patch.object(type(load), "_apply", crash_in_the_third):
            for _batch in range(2):
                load._as_worker()._run_next_batch()
            self.env.flush_all()
            with self.assertRaises(KeyboardInterrupt), self.env.cr.savepoint():
                load._as_worker()._run_next_batch()
        self.env.invalidate_all()
        self.assertEqual((load.state, load.done_count), ("running", 20))
        self._work("loyalty_club.cron_import_second")
        self.assertImported(load)

    def test_a_member_who_came_meanwhile_stops_the_import(self):
        load = self._start()
        self._enroll(
            self.env["res.partner"].create({"name": "New", "phone": "+37499110025"})
        )
        self._work()
        self.assertEqual(load.state, "failed")
        self.assertIn("New is a member already", load.failure)
        self.assertEqual(load.imported_count, 20)
        load.action_undo()
        self.assertEqual(load.state, "cancelled")
        cards = self.env["loyalty.card"].search([("program_id", "=", self.club.id)])
        self.assertEqual(len(cards), 1)

    def test_a_stopped_import_goes_on_where_it_was(self):
        load = self._start()
        load._as_worker()._run_next_batch()
        load.action_cancel_run()
        self._work()
        self.assertEqual((load.state, load.done_count), ("failed", 10))
        load.action_run()
        self._work()
        self.assertImported(load)

    def test_a_large_file_is_checked_in_the_background(self):
        load = self._load(self.rows)
        load._set_state("checking", ("draft",))
        load.user_id = self.env.user
        self._work()
        self.assertEqual((load.state, load.good_row_count), ("checked", 40))


@tagged("post_install", "-at_install")
class TestImportRights(ImportCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._user("io", "loyalty_club.group_loyalty_officer")
        cls.cashier = cls._user("ic", "loyalty_club.group_loyalty_cashier")

    def test_an_officer_imports_members(self):
        load = self._load(["Name,Phone", "Aram,099111222"]).with_user(self.officer)
        load.action_check()
        load.action_run()
        partner = self._partner("+37499111222")
        self.assertEqual(partner.create_uid, self.officer)
        self.assertTrue(partner.loyalty_card_ids)

    def test_points_are_for_managers(self):
        load = self._load(["Name,Points", "Aram,500"]).with_user(self.officer)
        with self.assertRaisesRegex(AccessError, "managers"):
            load.action_check()
        self.assertEqual(load.state, "draft")

    def test_states_change_by_buttons_only(self):
        load = self._load(["Name,Points", "Aram,500"]).with_user(self.officer)
        for values in (
            {"state": "checking"},
            {"user_id": self.env.ref("base.user_admin").id},
        ):
            with self.assertRaisesRegex(AccessError, "buttons"):
                load.write(values)
        with self.assertRaisesRegex(AccessError, "buttons"):
            load.create({"program_id": self.club.id, "state": "running"})
        self.assertEqual(load.state, "draft")

    def test_what_was_checked_is_what_is_imported(self):
        load = self._load(["Name,Points", "Aram,500"])
        load.action_check()
        by_officer = load.with_user(self.officer)
        with self.assertRaises(UserError):
            by_officer.column_ids[1].field_name = False
        with self.assertRaises(UserError):
            by_officer.column_ids[1].unlink()
        with self.assertRaises(UserError):
            by_officer.file = base64.b64encode(b"Name")
        self.assertTrue(load.has_points)
        with self.assertRaisesRegex(AccessError, "managers"):
            by_officer.action_run()

    def test_a_cashier_imports_nothing(self):
        load = self._load(["Name,Phone", "Aram,099111222"]).with_user(self.cashier)
        with self.assertRaises(AccessError):
            load.action_check()

    def test_another_company_is_another_matter(self):
        other = self.env["res.company"].create({"name": "Other"})
        load = self._load(["Name,Phone", "Aram,099111222"])
        stranger = self._user("stranger", "loyalty_club.group_loyalty_manager")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            load.with_user(stranger).read(["name"])

    def test_files_are_given_to_those_who_may(self):
        load = self._load(["Name,Phone", "Aram,099111222"])
        url = f"/loyalty/import/{load.id}/template"
        self.authenticate("ic", "ic")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate("io", "io")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertTrue(answer.content.startswith(b"PK"))
