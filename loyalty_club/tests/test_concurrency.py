"""Real parallel transactions: what they leave is committed, the database is a clone."""

import threading
from functools import partial

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "database_breaking")
class TestConcurrency(BaseCase):
    """Several tills at the same second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        # Inside a test run every cursor is the test's own; these must be real.
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            club = env["loyalty.program"].create(
                {
                    "name": "Concurrent club",
                    "program_type": "loyalty",
                    "applies_on": "both",
                    "trigger": "auto",
                    "is_club": True,
                    "earn_on": "order",
                    "release_policy": "immediate",
                    "expiry_mode": "none",
                    "rule_ids": [
                        Command.clear(),
                        Command.create(
                            {"reward_point_mode": "money", "reward_point_amount": 1}
                        ),
                    ],
                    "reward_ids": [
                        Command.clear(),
                        Command.create(
                            {
                                "reward_type": "discount",
                                "discount_mode": "per_point",
                                "discount": 1,
                                "required_points": 1,
                                "discount_applicability": "order",
                            }
                        ),
                    ],
                    "cap_doc_percent": 0,
                }
            )
            product = env["product.product"].create(
                {"name": "Concurrent", "type": "service", "taxes_id": False}
            )
            cls.club_id, cls.product_id = club.id, product.id
            cr.commit()  # pylint: disable=invalid-commit
        cls.addClassCleanup(cls._retire_club)

    @classmethod
    def _retire_club(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["loyalty.program"].browse(cls.club_id).active = False
            cr.commit()  # pylint: disable=invalid-commit

    def _in_own_transaction(self, work):
        """Run ``work(env)`` in a transaction of its own, as a request would."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            result = retrying(partial(work, env), env)
            cr.commit()  # pylint: disable=invalid-commit
            return result

    def _at_once(self, *works):
        """Run each ``work(env)`` in parallel; their snapshots are taken together.

        :return: what each returned, or the exception it ended with
        """
        barrier = threading.Barrier(len(works))
        outcomes = [None] * len(works)

        def run(index, work):
            first = [True]

            def attempt(env):
                env.cr.execute("SELECT 1")
                if first:
                    first.clear()
                    barrier.wait(timeout=30)
                return work(env)

            try:
                outcomes[index] = self._in_own_transaction(attempt)
            except UserError as error:
                outcomes[index] = error

        threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=120)
        return outcomes

    def _member(self, points=0):
        def work(env):
            partner = env["res.partner"].create({"name": "Hurried"})
            card = env["loyalty.program"].browse(self.club_id)._enroll(partner)
            if points:
                card._post_points([card._entry("adjust", points)])
            return partner.id, card.id

        return self._in_own_transaction(work)

    def _quotation(self, partner_id, amount, spend=0):
        def work(env):
            order = env["sale.order"].create(
                {
                    "partner_id": partner_id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product_id, "price_unit": amount}
                        )
                    ],
                }
            )
            if spend:
                order.action_loyalty_spend(spend)
            return order.id

        return self._in_own_transaction(work)

    def _confirm(self, order_id):
        return lambda env: env["sale.order"].browse(order_id).action_confirm() and 1

    def _figures(self, card_id):
        def work(env):
            card = env["loyalty.card"].browse(card_id)
            available = card.lot_ids.filtered(lambda lot: lot.state == "open")
            self.assertEqual(sum(card.move_ids.mapped("points")), card.points)
            self.assertEqual(sum(available.mapped("remaining")), max(card.points, 0))
            self.assertEqual(
                sorted(card.move_ids.mapped("sequence_number")),
                list(range(1, card.ledger_length + 1)),
            )
            return card.points

        return self._in_own_transaction(work)

    def test_two_tills_cannot_spend_the_same_points(self):
        partner, card = self._member(6000)
        # Paid with points altogether, so that nothing is earned in between.
        orders = [self._quotation(partner, 4000, spend=4000) for _till in range(2)]
        outcomes = self._at_once(*map(self._confirm, orders))
        refused = [o for o in outcomes if isinstance(o, UserError)]
        self.assertEqual(len(refused), 1, outcomes)
        self.assertRegex(str(refused[0]), "has .* and this takes 4000")
        self.assertEqual(self._figures(card), 2000)

    def test_many_tills_earn_for_one_member_at_once(self):
        partner, card = self._member()
        orders = [self._quotation(partner, 100) for _till in range(4)]
        outcomes = self._at_once(*map(self._confirm, orders))
        self.assertEqual(outcomes, [1] * 4)
        self.assertEqual(self._figures(card), 400)

    def test_two_first_purchases_make_one_card(self):
        partner = self._in_own_transaction(
            lambda env: env["res.partner"].create({"name": "New"}).id
        )
        orders = [self._quotation(partner, 100) for _till in range(2)]
        self.assertEqual(self._at_once(*map(self._confirm, orders)), [1, 1])

        def cards(env):
            return env["loyalty.card"].search([("partner_id", "=", partner)]).ids

        (card,) = self._in_own_transaction(cards)
        self.assertEqual(self._figures(card), 200)

    def test_the_same_key_is_posted_once(self):
        _partner, card_id = self._member()

        def post(env):
            card = env["loyalty.card"].browse(card_id)
            entry = card._entry("bonus", 50, key=f"test:once:{card_id}")
            return len(card._post_points([entry]))

        self.assertEqual(sorted(self._at_once(post, post, post)), [0, 0, 1])
        self.assertEqual(self._figures(card_id), 50)

    def test_daily_cap_holds_for_two_tills(self):
        partner, card = self._member(6000)
        self._in_own_transaction(
            lambda env: env["loyalty.program"]
            .browse(self.club_id)
            .write({"cap_day_points": 1000})
        )
        try:
            orders = [self._quotation(partner, 5000, spend=700) for _till in range(2)]
            outcomes = self._at_once(*map(self._confirm, orders))
        finally:
            self._in_own_transaction(
                lambda env: env["loyalty.program"]
                .browse(self.club_id)
                .write({"cap_day_points": 0})
            )
        self.assertEqual(sum(isinstance(o, UserError) for o in outcomes), 1, outcomes)
        self.assertEqual(self._figures(card), 6000 - 700 + 4300)

    def test_expiry_and_a_sale_at_the_same_moment(self):
        partner, card_id = self._member()

        def old_lot(env):
            card = env["loyalty.card"].browse(card_id)
            card._post_points([card._entry("bonus", 100, expiration_date="2020-01-01")])
            return card.lot_ids.ids

        lot_ids = self._in_own_transaction(old_lot)
        order = self._quotation(partner, 1000)

        def expire(env):
            lots = env["loyalty.point.lot"].browse(lot_ids)
            env["loyalty.card"]._expire_lots(lots)
            return 1

        self.assertEqual(self._at_once(expire, self._confirm(order)), [1, 1])
        self.assertEqual(self._figures(card_id), 1000)

    def test_cards_locked_in_any_order_do_not_block_each_other(self):
        _one, first = self._member(100)
        _two, second = self._member(100)

        def both(env, ids):
            cards = env["loyalty.card"].browse(ids)
            env["loyalty.card"]._post_points(
                [card._entry("adjust", 1) for card in cards]
            )
            return 1

        outcomes = self._at_once(
            partial(both, ids=[first, second]), partial(both, ids=[second, first])
        )
        self.assertEqual(outcomes, [1, 1])
        self.assertEqual((self._figures(first), self._figures(second)), (102, 102))

    def test_a_printed_gift_card_is_sold_and_spent_once(self):
        def printed(env):
            program = env["loyalty.program"].create(
                {"name": "Concurrent gifts", "program_type": "gift_card"}
            )
            batch = env["loyalty.gift.batch"].create(
                {
                    "name": "Concurrent",
                    "program_id": program.id,
                    "face_value": 100,
                    "count": 1,
                }
            )
            batch.action_generate()
            return program.id, batch.card_ids.id

        program_id, card_id = self._in_own_transaction(printed)

        def sell(env, receipt):
            card = env["loyalty.card"].browse(card_id)
            return len(card._activate_gift_card(100, "test.receipt", receipt))

        def spend(env, receipt):
            card = env["loyalty.card"].browse(card_id)
            card._check_spendable(70)
            entry = card._entry("spend", -70, res_model="test.receipt", res_id=receipt)
            return len(card._post_points([entry]))

        try:
            outcomes = self._at_once(partial(sell, receipt=1), partial(sell, receipt=2))
            refused = [o for o in outcomes if isinstance(o, UserError)]
            self.assertEqual(len(refused), 1, outcomes)
            self.assertIn("sold already", str(refused[0]))
            self.assertEqual(self._figures(card_id), 100)
            outcomes = self._at_once(
                partial(spend, receipt=3), partial(spend, receipt=4)
            )
            self.assertEqual(sum(isinstance(o, UserError) for o in outcomes), 1)
            self.assertEqual(self._figures(card_id), 30)
        finally:
            self._in_own_transaction(
                lambda env: env["loyalty.program"]
                .browse(program_id)
                .write({"active": False})
            )

    def _transfer(self, source_id, target_id, points, key=None):
        def work(env):
            cards = env["loyalty.card"]
            source, target = cards.browse(source_id), cards.browse(target_id)
            return len(source._transfer_points(target, points, "At once", key))

        return work

    def test_transfers_at_once_never_overdraw_nor_repeat(self):
        (_one, first), (_two, second) = self._member(100), self._member(100)
        outcomes = self._at_once(
            self._transfer(first, second, 80), self._transfer(first, second, 80)
        )
        self.assertEqual(sum(isinstance(o, UserError) for o in outcomes), 1, outcomes)
        self.assertEqual((self._figures(first), self._figures(second)), (20, 180))
        outcomes = self._at_once(
            self._transfer(second, first, 30, f"transfer:{second}"),
            self._transfer(second, first, 30, f"transfer:{second}"),
        )
        self.assertEqual(sorted(outcomes), [0, 2])
        self.assertEqual((self._figures(first), self._figures(second)), (50, 150))

    def test_transfers_in_both_directions_end(self):
        (_one, first), (_two, second) = self._member(100), self._member(100)
        outcomes = self._at_once(
            self._transfer(first, second, 10), self._transfer(second, first, 30)
        )
        self.assertEqual(outcomes, [2, 2])
        self.assertEqual((self._figures(first), self._figures(second)), (120, 80))
