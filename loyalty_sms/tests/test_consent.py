from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.common import LoyaltyCommon

from ..models import consent_origin


@tagged("post_install", "-at_install")
class TestConsent(LoyaltyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.history = cls.env["loyalty.consent"]
        cls.states = cls.env["loyalty.consent.state"]
        cls.user = cls._user("marketing", "loyalty_sms.group_sms_user")

    def _rows(self, partner):
        rows = self.history.search([("partner_id", "=", partner.id)], order="id")
        return [(r.channel, r.purpose, r.action, r.source, r.number) for r in rows]

    def _holds(self, number, channel="sms", purpose="marketing"):
        return self.states.search(
            [
                ("number", "=", number),
                ("channel", "=", channel),
                ("purpose", "=", purpose),
            ]
        ).mapped("allowed")

    # -- switches -----------------------------------------------------------------
    def test_a_switch_turned_on_is_a_line_of_the_history_with_its_proof(self):
        self.ani.consent_sms = True
        row = self.history.search([("partner_id", "=", self.ani.id)])
        self.assertRecordValues(
            row,
            [
                {
                    "number": "+37491234567",
                    "channel": "sms",
                    "purpose": "marketing",
                    "action": "opt_in",
                    "source": "operator",
                    "user_id": self.env.uid,
                }
            ],
        )
        self.assertTrue(row.text)
        self.assertEqual(self._holds("+37491234567"), [True])
        self.assertTrue(self.ani._sms_allowed("sms", "marketing"))

    def test_a_switch_turned_off_withdraws_and_the_first_line_stays(self):
        self.ani.consent_sms = True
        self.ani.consent_sms = False
        self.assertEqual(
            [row[2] for row in self._rows(self.ani)], ["opt_in", "opt_out"]
        )
        self.assertEqual(self._holds("+37491234567"), [False])
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))

    def test_writing_what_holds_already_adds_nothing(self):
        self.ani.consent_sms = True
        self.ani.write({"consent_sms": True, "phone": "+37491234567"})
        self.assertEqual(len(self._rows(self.ani)), 1)

    def test_consents_given_at_creation_are_recorded(self):
        boris = self.env["res.partner"].create(
            {
                "name": "Boris",
                "phone": "+37491000001",
                "email": "Boris@example.com",
                "consent_email": True,
                "consent_messenger": True,
            }
        )
        self.assertEqual(
            self._rows(boris),
            [
                ("email", "marketing", "opt_in", "operator", "boris@example.com"),
                ("whatsapp", "marketing", "opt_in", "operator", "+37491000001"),
                ("viber", "marketing", "opt_in", "operator", "+37491000001"),
            ],
        )

    def test_calls_have_a_consent_of_their_own(self):
        self.ani.consent_call = True
        self.assertEqual(self._holds("+37491234567", "call"), [True])
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))

    def test_service_messages_refused_are_recorded_for_every_channel(self):
        self.ani.email = "ani@example.com"
        self.assertTrue(self.ani._sms_allowed("sms", "service"))
        self.ani.consent_service = False
        self.assertEqual(
            {row[0] for row in self._rows(self.ani)},
            {"sms", "email", "whatsapp", "viber"},
        )
        self.assertFalse(self.ani._sms_allowed("sms", "service"))
        self.assertFalse(self.ani._sms_allowed("sms", "survey"))
        self.assertTrue(self.ani._sms_allowed("sms", "all"))

    def test_a_member_of_the_till_gave_consent_at_the_till(self):
        cashier = self._user("till", "loyalty_club.group_loyalty_cashier")
        self.kentron.operator_ids = cashier
        self.env["loyalty.till"].with_user(cashier).register(
            {
                "branch_id": self.kentron.id,
                "name": "Carmen",
                "phone": "+37491000002",
                "consent_sms": True,
            }
        )
        carmen = self.env["res.partner"].search([("phone", "=", "+37491000002")])
        row = self.history.search(
            [("partner_id", "=", carmen.id), ("channel", "=", "sms")]
        )
        self.assertEqual(row.source, "pos")
        self.assertEqual(row.user_id, cashier)

    def test_members_who_are_imported_come_with_their_consents(self):
        people = self.env["res.partner"]._create_members(
            [
                {"name": "A", "phone": "+37491000003", "consent_sms": True},
                {"name": "B", "phone": "+37491000004", "consent_sms": False},
            ]
        )
        rows = self.history.search([("partner_id", "in", people.ids)])
        self.assertEqual(rows.mapped("source"), ["import"])
        self.assertEqual(rows.number, "+37491000003")

    def test_who_joins_on_the_page_gave_consent_there(self):
        self.env["res.partner"]._loyalty_self_register(
            {
                "name": "Dora",
                "phone": "+37491000005",
                "email": "dora@example.com",
                "consent_sms": True,
            },
            self.kentron,
        )
        dora = self.env["res.partner"].search([("phone", "=", "+37491000005")])
        rows = self._rows(dora)
        self.assertIn(("sms", "marketing", "opt_in", "web", "+37491000005"), rows)

    # -- numbers ------------------------------------------------------------------
    def test_a_consent_lapses_when_the_number_changes(self):
        self.ani.consent_sms = True
        self.ani.phone = "+37491765432"
        self.assertFalse(self.ani.consent_sms)
        self.assertEqual(
            self._rows(self.ani)[-1],
            ("sms", "marketing", "opt_out", "number", "+37491234567"),
        )
        self.assertEqual(self._holds("+37491765432"), [])
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))

    def test_a_consent_given_with_the_new_number_counts(self):
        self.ani.consent_sms = True
        self.ani.write({"phone": "+37491765432", "consent_sms": True})
        self.assertTrue(self.ani.consent_sms)
        self.assertEqual(self._holds("+37491234567"), [False])
        self.assertEqual(self._holds("+37491765432"), [True])

    def test_what_is_ticked_in_the_portal_counts_for_the_new_number(self):
        self.ani.write({"consent_sms": True, "country_id": self.env.ref("base.am").id})
        self.ani._loyalty_update_profile(
            {"phone": "+37491765432", "consent_sms": True, "consent_service": True}
        )
        self.assertTrue(self.ani.consent_sms)
        self.assertEqual(self._holds("+37491765432"), [True])
        self.assertEqual(self._rows(self.ani)[-1][3], "portal")

    def test_a_shared_number_given_up_by_one_stays_with_the_other(self):
        other = self.ani.copy({"name": "Aram", "consent_sms": True})
        other.phone = "+37491234567"
        self.ani.consent_sms = True
        self.ani.phone = "+37491765432"
        self.assertEqual(self._holds("+37491234567"), [True])
        self.assertTrue(other._sms_allowed("sms", "marketing"))

    def test_a_withdrawal_holds_for_all_customers_of_the_number(self):
        other = self.env["res.partner"].create(
            {"name": "Aram", "phone": "+37491234567", "consent_sms": True}
        )
        self.ani.consent_sms = True
        self.ani.consent_sms = False
        self.assertFalse(other.consent_sms)
        self.assertFalse(other._sms_allowed("sms", "marketing"))

    # -- recording ----------------------------------------------------------------
    def _record(self, **values):
        return self.history._record(
            [
                {
                    "partner_id": self.ani.id,
                    "number": "+37491234567",
                    "channel": "sms",
                    "purpose": "marketing",
                    "source": "message",
                    **values,
                }
            ]
        )

    def test_switches_follow_what_is_recorded(self):
        self.ani.consent_sms = True
        self._record(action="opt_out", text="STOP")
        self.assertFalse(self.ani.consent_sms)
        self._record(action="opt_in", text="START")
        self.assertTrue(self.ani.consent_sms)
        self.assertEqual(
            [row[2] for row in self._rows(self.ani)], ["opt_in", "opt_out", "opt_in"]
        )

    def test_the_messenger_switch_stays_while_one_messenger_is_allowed(self):
        self.ani.consent_messenger = True
        self._record(action="opt_out", channel="viber")
        self.assertTrue(self.ani.consent_messenger)
        self.assertFalse(self.ani._sms_allowed("viber", "marketing"))
        self.assertTrue(self.ani._sms_allowed("whatsapp", "marketing"))
        self._record(action="opt_out", channel="whatsapp")
        self.assertFalse(self.ani.consent_messenger)

    def test_the_last_of_several_lines_holds(self):
        row = {
            "partner_id": self.ani.id,
            "number": "+37491234567",
            "channel": "sms",
            "purpose": "marketing",
        }
        self.history._record(
            [{**row, "action": "opt_in"}, {**row, "action": "opt_out"}]
        )
        self.assertEqual(self._holds("+37491234567"), [False])

    def test_nothing_at_all_is_on_the_lists_of_the_erp_too(self):
        self.ani.consent_sms = True
        self._record(purpose="all", action="opt_out")
        blocked = self.env["phone.blacklist"].search([("number", "=", "+37491234567")])
        self.assertTrue(blocked)
        self.assertFalse(self.ani.consent_sms)
        self.assertFalse(self.ani._sms_allowed("sms", "all"))
        self._record(purpose="all", action="opt_in")
        self.assertFalse(blocked.active)
        self.assertTrue(self.ani._sms_allowed("sms", "all"))

    def test_the_list_of_the_erp_is_respected(self):
        self.env["phone.blacklist"].create({"number": "+37491234567"})
        self.ani.consent_sms = True
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))
        self.assertFalse(self.ani._sms_allowed("sms", "all"))

    def test_an_unsubscribed_address_still_gets_receipts(self):
        self.ani.write({"email": "ani@example.com", "consent_email": True})
        self.env["mail.blacklist"].create({"email": "ani@example.com"})
        self.assertFalse(self.ani._sms_allowed("email", "marketing"))
        self.assertFalse(self.ani._sms_allowed("email", "service"))
        self.assertTrue(self.ani._sms_allowed("email", "all"))

    def test_words_and_address_of_the_proof_are_kept(self):
        with consent_origin.origin(source="web", text="I agree", remote="192.0.2.7"):
            self.ani.consent_sms = True
        row = self.history.search([("partner_id", "=", self.ani.id)])
        self.assertRecordValues(
            row, [{"source": "web", "text": "I agree", "remote": "192.0.2.7"}]
        )

    # -- the history is proof -----------------------------------------------------
    def test_nobody_changes_the_history(self):
        self.ani.consent_sms = True
        row = self.history.search([("partner_id", "=", self.ani.id)])
        for user in (self.env.ref("base.user_admin"), self.user):
            own = row.with_user(user)
            with self.assertRaises(AccessError):
                own.write({"action": "opt_out"})
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create({"number": "+37491234567"})
        with self.assertRaises(AccessError):
            row.sudo().unlink()
        self.assertEqual(row.action, "opt_in")

    def test_merged_customers_gave_nothing_new(self):
        double = self.env["res.partner"].create(
            {"name": "Ani", "phone": "+37491234567", "consent_sms": True}
        )
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((double | self.ani).ids, self.ani)
        self.env.invalidate_all()
        self.assertFalse(self.ani.consent_sms)
        rows = self.history.search([("number", "=", "+37491234567")])
        self.assertEqual(rows.mapped("action"), ["opt_in"])
        self.assertEqual(rows.partner_id, self.ani)
        self.assertFalse(self.ani._sms_allowed("sms", "marketing"))

    # -- installation -------------------------------------------------------------
    def test_switches_from_before_open_the_history_once(self):
        with consent_origin.origin(silent=True):
            self.ani.write({"consent_sms": True, "consent_service": False})
        self.env.flush_all()
        self.states._open()
        rows = self._rows(self.ani)
        self.assertIn(("sms", "marketing", "opt_in", "install", "+37491234567"), rows)
        self.assertIn(("sms", "service", "opt_out", "install", "+37491234567"), rows)
        self.assertEqual(self._holds("+37491234567"), [True])
        self.states._open()
        self.assertEqual(self._rows(self.ani), rows)

    def test_the_customer_opens_the_own_history(self):
        self.ani.consent_sms = True
        action = self.ani.with_user(self.user).action_view_consents()
        found = self.history.with_user(self.user).search(action["domain"])
        self.assertEqual(found.partner_id, self.ani)
