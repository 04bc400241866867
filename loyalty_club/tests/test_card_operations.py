from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class OperationsCommon(LoyaltyCommon):
    """Ani and Davit with cards, and people who serve them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.davit = cls.env["res.partner"].create(
            {"name": "Davit", "phone": "+37493111222"}
        )
        cls.card = cls._enroll()
        cls.other = cls._enroll(cls.davit)
        group = "loyalty_club.group_loyalty_%s"
        cls.cashier = cls._user("cashier_ops", group % "cashier")
        cls.officer = cls._user("officer_ops", group % "officer")
        cls.manager = cls._user("manager_ops", group % "manager")

    @classmethod
    def _give(cls, card, points, **values):
        values.setdefault("expiration_date", False)
        return card._post_points([card._entry("bonus", points, **values)])


@tagged("post_install", "-at_install")
class TestCorrection(OperationsCommon):
    def _wizard(self, user, points, card=None, **values):
        return (
            self.env["loyalty.card.adjust"]
            .with_user(user)
            .create(
                {
                    "card_id": (card or self.card).id,
                    "points": points,
                    "reason": "Receipt 1042 was missed",
                    **values,
                }
            )
        )

    def _request(self, user, points, **values):
        action = self._wizard(user, points, **values).action_confirm()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_an_officer_corrects_within_the_limit(self):
        self._wizard(self.officer, 500, expiration_date="2030-01-31").action_confirm()
        self.assertLedger(self.card, 500)
        self.assertRecordValues(
            self.card.move_ids,
            [
                {
                    "kind": "adjust",
                    "points": 500,
                    "reason": "Receipt 1042 was missed",
                    "user_id": self.officer.id,
                }
            ],
        )
        self.assertEqual(str(self.card.lot_ids.expiration_date), "2030-01-31")
        self._wizard(self.officer, -200).action_confirm()
        self.assertLedger(self.card, 300)

    def test_a_dialog_posts_once(self):
        wizard = self._wizard(self.officer, 500)
        wizard.action_confirm()
        wizard.action_confirm()
        self.assertLedger(self.card, 500)

    def test_a_correction_never_makes_a_debt(self):
        self._give(self.card, 100)
        wizard = self._wizard(self.officer, -150)
        self.assertIn("never makes a debt", wizard.outcome)
        with self.assertRaisesRegex(UserError, "100"):
            wizard.action_confirm()
        self.assertLedger(self.card, 100)

    def test_cashiers_do_not_correct(self):
        with self.assertRaises(AccessError):
            self._wizard(self.cashier, 10)
        self.assertLedger(self.card, 0)

    def test_above_the_limit_a_second_person_approves(self):
        request = self._request(self.officer, 10001)
        self.assertEqual(request.state, "to_approve")
        self.assertIn(self.manager, request.activity_ids.user_id)
        self.assertLedger(self.card, 0)
        request.with_user(self.manager).action_approve()
        self.assertEqual((request.state, request.approver_id), ("done", self.manager))
        self.assertLedger(self.card, 10001)
        self.assertEqual(self.card.move_ids.key, f"adjust:{request.id}")
        with self.assertRaisesRegex(UserError, "posted already"):
            request.with_user(self.manager).action_approve()
        self.assertLedger(self.card, 10001)

    def test_nobody_approves_the_own_request(self):
        request = self._request(self.manager, 20000)
        self.assertFalse(request.with_user(self.manager).can_decide)
        with self.assertRaisesRegex(AccessError, "another manager"):
            request.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError):
            request.with_user(self.manager).write({"requester_id": self.officer.id})
        with self.assertRaises(AccessError):
            request.with_user(self.manager).write({"state": "done"})
        self.assertEqual(request.state, "to_approve")
        self.assertLedger(self.card, 0)

    def test_officers_do_not_approve(self):
        colleague = self._user("officer_2", "loyalty_club.group_loyalty_officer")
        request = self._request(self.officer, 20000)
        with self.assertRaises(AccessError):
            request.with_user(colleague).action_approve()
        self.assertLedger(self.card, 0)

    def test_what_waits_for_approval_is_not_edited(self):
        request = self._request(self.officer, 20000)
        for user in (self.officer, self.manager):
            with self.assertRaises(UserError):
                request.with_user(user).write({"points": 90000})
        request.with_user(self.officer).action_back_to_draft()
        with self.assertRaises(UserError):
            request.with_user(self.manager).write({"points": 90000})
        request.with_user(self.officer).write({"points": 30000})
        self.assertEqual(request.points, 30000)

    def test_a_request_may_not_be_created_approved(self):
        values = {"card_id": self.card.id, "points": 50000, "reason": "Mine"}
        requests = self.env["loyalty.adjustment.request"].with_user(self.manager)
        for forged in ({"state": "to_approve"}, {"requester_id": self.officer.id}):
            with self.assertRaises(AccessError):
                requests.create({**values, **forged})
        self.assertFalse(requests.search([("card_id", "=", self.card.id)]))

    def test_a_refused_request_posts_nothing(self):
        request = self._request(self.officer, 20000)
        request.with_user(self.manager).action_refuse("Not convincing")
        self.assertEqual(
            (request.state, request.refusal_reason), ("refused", "Not convincing")
        )
        self.assertLedger(self.card, 0)
        with self.assertRaises(UserError):
            request.with_user(self.manager).action_approve()

    def test_the_own_card_always_needs_a_colleague(self):
        own = self._enroll(self.manager.partner_id)
        request = self._request(self.manager, 5, card=own)
        with self.assertRaises(AccessError):
            request.with_user(self.manager).action_approve()
        self.assertLedger(own, 0)


@tagged("post_install", "-at_install")
class TestTransfer(OperationsCommon):
    def _transfer(self, points, user=None, target=None):
        wizard = (
            self.env["loyalty.points.transfer"]
            .with_user(user or self.officer)
            .create(
                {
                    "card_id": self.card.id,
                    "target_id": (target or self.other).id,
                    "points": points,
                    "reason": "Gift",
                }
            )
        )
        wizard.action_transfer()
        return wizard

    def assertUntouched(self, balance):
        self.assertLedger(self.card, balance)
        self.assertLedger(self.other, 0)

    @freeze_time("2026-05-01 08:00:00")
    def test_lots_keep_their_last_day(self):
        self._give(self.card, 100)
        self._give(self.card, 60, expiration_date="2026-12-31")
        self._give(self.card, 30, expiration_date="2026-06-30")
        wizard = self._transfer(110)
        self.assertLedger(self.card, 80)
        self.assertLedger(self.other, 110)
        self.assertEqual(
            [
                (str(lot.expiration_date or "never"), lot.remaining)
                for lot in self.other.lot_ids.sorted("points")
            ],
            [("never", 20), ("2026-06-30", 30), ("2026-12-31", 60)],
        )
        self.assertEqual(self.other.move_ids.counterpart_card_id, self.card)
        self.assertEqual(
            self.card.move_ids.filtered(
                lambda m: m.kind == "transfer"
            ).counterpart_card_id,
            self.other,
        )
        self.assertEqual(self.other.lifetime_points, 0)
        wizard.action_transfer()
        self.assertLedger(self.other, 110)

    def test_no_more_than_there_is(self):
        self._give(self.card, 100)
        with self.assertRaisesRegex(UserError, "100"):
            self._transfer(101)
        self.assertUntouched(100)

    def test_pending_points_stay(self):
        self._give(self.card, 100, pending=True)
        with self.assertRaises(UserError):
            self._transfer(50)
        self.assertLedger(self.card, 0, 100)

    def test_a_transfer_pays_the_debt_of_who_receives(self):
        self._give(self.card, 100)
        self.other._post_points([self.other._entry("reverse", -30, allow_debt=True)])
        self._transfer(50)
        self.assertLedger(self.card, 50)
        self.assertLedger(self.other, 20)

    def test_blocked_cards_neither_give_nor_receive(self):
        self._give(self.card, 100)
        for card in (self.card, self.other):
            card.state = "blocked"
            with self.assertRaisesRegex(UserError, "blocked"):
                self._transfer(10)
            card.state = "active"
        self.assertUntouched(100)

    def test_a_club_may_forbid_transfers(self):
        self._give(self.card, 100)
        self.club.transfer_allowed = False
        with self.assertRaisesRegex(UserError, "may not transfer"):
            self._transfer(10)
        self.assertUntouched(100)

    def test_no_transfer_to_another_club_nor_to_oneself(self):
        self._give(self.card, 100)
        second = self._make_club(name="Second Club")
        foreign = self._enroll(self.davit, second)
        with self.assertRaisesRegex(UserError, "one club"):
            self._transfer(10, target=foreign)
        with self.assertRaisesRegex(UserError, "another member"):
            self._transfer(10, target=self.card)
        with self.assertRaises(UserError):
            self._transfer(-10)
        self.assertUntouched(100)
        self.assertLedger(foreign, 0)

    def test_cashiers_do_not_transfer(self):
        self._give(self.card, 100)
        with self.assertRaises(AccessError):
            self._transfer(10, self.cashier)
        self.assertUntouched(100)


@tagged("post_install", "-at_install")
class TestReplacement(OperationsCommon):
    def _wizard(self, user=None, **values):
        return (
            self.env["loyalty.card.replace"]
            .with_user(user or self.cashier)
            .create({"card_id": self.card.id, **values})
        )

    def test_a_cashier_replaces_a_lost_card(self):
        self._give(self.card, 100)
        old = self.card.code
        wizard = self._wizard(reason="stolen", note="Tram 5")
        self.assertEqual(wizard.masked_code, self.card.masked_code)
        self.assertNotIn(old[5:-5], wizard.masked_code)
        wizard.action_replace()
        self.assertNotEqual(self.card.code, old)
        self.assertLedger(self.card, 100)
        self.assertRecordValues(
            self.card.code_ids,
            [{"code": old, "reason": "stolen", "note": "Tram 5"}],
        )
        card, message = self.env["loyalty.card"]._find_by_code(old)
        self.assertFalse(card)
        self.assertIn("stolen", message)

    def test_a_blank_card_is_scanned(self):
        self._wizard(new_code="2900001234567").action_replace()
        self.assertEqual(self.card.code, "2900001234567")

    def test_a_card_in_use_or_blocked_is_refused(self):
        code, taken = self.card.code, self.other.code
        with self.assertRaisesRegex(UserError, "belongs to a member"):
            self._wizard(new_code=taken).action_replace()
        self.assertEqual(self.card.code, code)
        self.other.action_replace_code("lost")
        with self.assertRaisesRegex(UserError, "blocked"):
            self._wizard(new_code=taken).action_replace()
        self.assertEqual((self.card.code, len(self.card.code_ids)), (code, 0))


@tagged("post_install", "-at_install")
class TestTierByHand(OperationsCommon):
    def _set(self, user, tier, **values):
        self.env["loyalty.tier.set"].with_user(user).create(
            {
                "card_id": self.card.id,
                "tier_id": tier.id,
                "reason": "Partner of the festival",
                **values,
            }
        ).action_set_tier()

    def test_a_tier_set_by_hand_stays_until_its_end(self):
        with freeze_time("2026-03-01 08:00:00"):
            self._set(self.manager, self.gold, until="2026-03-31")
            self.card._update_tiers()
            self.assertEqual(self.card.tier_id, self.gold)
            self.assertRecordValues(
                self.card.tier_change_ids[:1],
                [{"cause": "manual", "reason": "Partner of the festival"}],
            )
        with freeze_time("2026-04-01 08:00:00"):
            self.club.grace_days = 0
            self.card._update_tiers()
            self.assertEqual(self.card.tier_id, self.bronze)
            self.assertFalse(self.card.tier_locked)

    def test_a_manager_releases_it(self):
        self.club.grace_days = 0
        self._set(self.manager, self.gold)
        self.card.with_user(self.manager).action_release_tier()
        self.assertFalse(self.card.tier_locked)
        self.assertEqual(self.card.tier_id, self.bronze)

    def test_only_managers_and_only_sensible_values(self):
        with self.assertRaises(AccessError):
            self._set(self.officer, self.gold)
        with self.assertRaises(UserError), freeze_time("2026-03-02 08:00:00"):
            self._set(self.manager, self.gold, until="2026-03-01")
        foreign = self._make_club(name="Second Club").tier_ids[-1]
        with self.assertRaisesRegex(UserError, "no tier of"):
            self._set(self.manager, foreign)
        self.assertEqual(self.card.tier_id, self.bronze)
        self.assertFalse(self.card.tier_locked)
