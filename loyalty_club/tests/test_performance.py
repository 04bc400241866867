from odoo.tests import tagged

from .common import LoyaltyCommon


@tagged("post_install", "-at_install")
class TestPerformance(LoyaltyCommon):
    """How many queries the club adds to the ERP's own documents."""

    def _queries(self, prepare, run):
        """Queries of the second of two runs, when caches are warm as on a server."""
        for _run in range(2):
            record = prepare()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run(record)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
        return queries

    def _confirm_queries(self):
        return self._queries(lambda: self._order(1000), lambda o: o.action_confirm())

    def _post_queries(self):
        return self._queries(
            lambda: self._invoice(1000, post=False), lambda m: m.action_post()
        )

    def _without_club(self):
        self.club.active = False
        return self._confirm_queries(), self._post_queries()

    def _core_program(self):
        """The same program without the club: what core itself costs."""
        self.club.active = False
        program = self._make_club(is_club=False, tier_ids=False, multiplier_ids=False)
        self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.ani.id, "points": 1}
        )
        return program

    def test_confirming_an_order_costs_at_most_six_queries_more_than_core(self):
        self.club.write({"earn_on": "order", "release_policy": "immediate"})
        self._enroll()
        club = self._confirm_queries()
        program = self._core_program()
        core = self._confirm_queries()
        program.active = False
        # Where messages are installed, the purchase is told to them in one insert.
        told = "loyalty.sms.event" in self.env
        self.assertLessEqual(club, core + 6 + told)

    def test_posting_an_invoice_costs_at_most_twelve_queries_more(self):
        card = self._enroll()
        club = self._post_queries()
        self.assertEqual(card.pending_points, 60)
        self.club.active = False
        core = self._post_queries()
        self.assertLessEqual(club, core + 12)

    def test_companies_without_a_club_pay_one_query_at_most(self):
        orders, invoices = self._without_club()
        models = self.env.registry
        sale, move = models["sale.order"], models["account.move"]
        line = models["sale.order.line"]
        nothing = lambda self, *args, **kwargs: None  # noqa: E731
        self.patch(sale, "_loyalty_sync", nothing)
        self.patch(sale, "_loyalty_sync_confirmed", nothing)
        self.patch(move, "_loyalty_sync", nothing)
        self.patch(line, "_check_points_cost", nothing)
        self.assertLessEqual(orders, self._confirm_queries() + 1)
        self.assertLessEqual(invoices, self._post_queries() + 1)

    def test_missing_indexes_of_core_are_there(self):
        self.env.cr.execute(
            """SELECT tablename, indexdef FROM pg_indexes
                WHERE tablename IN ('loyalty_history', 'loyalty_card',
                      'sale_order_line', 'sale_order_coupon_points')"""
        )
        indexes = [
            (table, text.split("USING")[1]) for table, text in self.env.cr.fetchall()
        ]
        for table, columns in (
            ("loyalty_history", "(order_id, order_model)"),
            ("loyalty_card", "(order_id)"),
            ("sale_order_line", "(coupon_id)"),
            ("sale_order_line", "(reward_id)"),
            ("sale_order_coupon_points", "(coupon_id)"),
        ):
            self.assertTrue(
                any(t == table and columns in text for t, text in indexes),
                f"{table}{columns}",
            )
