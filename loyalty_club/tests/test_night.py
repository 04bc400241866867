from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestNight(LoyaltyCommon):
    """What is done for many cards at once is what one by one would have done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-05-10 08:00:00"))

    def _members(self, number):
        partners = self.env["res.partner"].create(
            [{"name": f"Member {n}"} for n in range(number)]
        )
        cards = self.env["loyalty.card"].union(*(self._enroll(p) for p in partners))
        cards[:1].branch_id = self.kentron
        for position, card in enumerate(cards):
            card._post_points(
                [
                    card._entry("bonus", 100.25, expiration_date=date(2026, 4, 30)),
                    card._entry("bonus", 50 + position, expiration_date=False),
                    card._entry("bonus", 7, expiration_date=date(2026, 5, 9)),
                    card._entry("bonus", 30, expiration_date=date(2026, 5, 10)),
                ]
            )
        cards[1]._post_points([cards[1]._entry("spend", -40)])
        return cards

    def _due(self, cards):
        return self.env["loyalty.point.lot"].search(
            [
                ("card_id", "in", cards.ids),
                ("state", "=", "open"),
                ("expiration_date", "<", "2026-05-10"),
            ],
            order="id",
        )

    def _one_by_one(self, lots):
        """The door, lot by lot."""
        self.env["loyalty.card"]._post_points(
            [
                lot.card_id._entry(
                    "expire",
                    -lot.remaining,
                    lot_ids=(lot.id,),
                    company_id=lot.company_id.id,
                )
                for lot in lots
            ]
        )

    def _rows(self, cards):
        """All stored values of ledger, lots and cards, but for ids and names."""
        self.env.flush_all()
        self.env.invalidate_all()
        result = []
        for card in cards.sudo():
            rows = card.move_ids.filtered(lambda move: move.kind == "expire")
            for records in (rows.sorted("sequence_number"), card.lot_ids, card):
                names = [
                    name
                    for name, field in records._fields.items()
                    if field.store
                    and field.type not in ("one2many", "many2many")
                    and name
                    not in ("id", "card_id", "partner_id", "lot_id", "code", "date")
                    and not name.startswith(("create_", "write_", "message_"))
                ]
                result.append(records.read(names, load="_classic_write"))
        for row in (row for rows in result for row in rows):
            del row["id"]
        return result

    def test_expiry_at_once_writes_what_the_door_would(self):
        at_once, one_by_one = self._members(3), self._members(3)
        self.env["loyalty.card"]._expire_lots(self._due(at_once))
        self._one_by_one(self._due(one_by_one))
        self.assertEqual(self._rows(at_once), self._rows(one_by_one))
        self.assertEqual(
            at_once.move_ids.filtered(lambda m: m.kind == "expire").mapped("user_id"),
            self.env.user,
        )
        for position, card in enumerate(at_once):
            self.assertLedger(card, 80 + position)
            self.assertEqual(card.move_ids[0].balance_after, 80 + position)
            self.assertEqual(card.ledger_length, len(card.move_ids))
            self.assertTrue(card.tier_dirty)

    def test_a_lot_expires_once(self):
        card = self._members(2)[0]
        due = self._due(card)
        self.assertEqual(len(self.env["loyalty.card"]._expire_lots(due)), 2)
        self.assertFalse(self.env["loyalty.card"]._expire_lots(due))
        self.assertLedger(card, 80)

    def test_those_who_listen_hear_of_expired_points(self):
        cards = self._members(2)
        heard = []
        self.patch(
            type(cards), "_on_points_posted", lambda self, moves: heard.append(moves)
        )
        moves = self.env["loyalty.card"]._expire_lots(self._due(cards))
        self.assertEqual(heard, [moves])

    def test_the_nightly_job_expires_and_the_check_finds_nothing(self):
        cards = self._members(3)
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        for position, card in enumerate(cards):
            self.assertLedger(card, 80 + position)
        report = self.env["loyalty.check"]._run()
        self.assertFalse(report.line_ids.filtered(lambda line: line.card_id in cards))

    def test_a_wallet_expires_too(self):
        program = self.env["loyalty.program"].create(
            {"name": "Gift", "program_type": "gift_card", "trigger": "auto"}
        )
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 50})
        lot = card.lot_ids
        lot.sudo().expiration_date = date(2026, 5, 1)
        self.env["loyalty.card"]._expire_lots(lot)
        self.assertLedger(card, 0)

    def test_tiers_of_many_are_decided_as_of_one(self):
        at_once, one_by_one = self._members(4), self._members(4)
        for cards in (at_once, one_by_one):
            for card, amount in zip(cards, (0, 150000, 150000, 400000), strict=True):
                self.env["loyalty.purchase"].create(
                    {
                        "partner_id": card.partner_id.id,
                        "program_id": self.club.id,
                        "company_id": self.company.id,
                        "date": "2026-05-01",
                        "amount": amount,
                    }
                )
            cards._update_tiers()
            cards[2]._set_tier(self.gold, "friend", date(2026, 6, 1))
        with freeze_time("2027-06-01 08:00:00"):
            at_once._update_tiers()
            for card in one_by_one:
                card._update_tiers()
            first, second = self._rows(at_once), self._rows(one_by_one)
        self.assertEqual(first, second)
        self.assertEqual(at_once.mapped("tier_metric_value"), [0, 0, 0, 0])
        self.assertEqual(
            [str(card.tier_grace_until) for card in at_once],
            ["False", "2027-07-01", "2027-07-01", "2027-07-01"],
        )
        self.assertFalse(any(at_once.mapped("tier_dirty")))
        self.assertFalse(at_once[2].tier_locked)
