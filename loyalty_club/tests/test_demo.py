from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The shop that people look at first tells the story to the coin."""

    def test_the_shop_is_built_once_and_tells_the_story(self):
        programs = self.env["loyalty.program"]
        programs._load_demo()
        club = self.env.ref("loyalty_club.club_arev_demo")
        cards = self.env["loyalty.card"].search([("program_id", "=", club.id)])
        self.assertEqual(len(cards), 40)
        self.assertEqual(
            cards.tier_id.sorted("threshold").mapped("name"),
            ["Bronze", "Silver", "Gold"],
        )
        ani = self.env.ref("loyalty_club.partner_ani_demo")
        card = cards.filtered(lambda card: card.partner_id == ani)
        self.assertRecordValues(
            card, [{"points": 4515, "pending_points": 0, "tier_metric_value": 147000}]
        )
        self.assertEqual(card.tier_id.name, "Silver")
        self.assertEqual(
            sum(
                card.lot_ids.filtered(lambda lot: lot.state == "open").mapped(
                    "remaining"
                )
            ),
            4515,
        )
        self.assertIn(
            "prepayment only",
            self.env.ref("loyalty_club.order_problem_demo").loyalty_warning,
        )
        moves = self.env["loyalty.point.move"].search_count([])
        programs._load_demo()
        self.assertEqual(self.env["loyalty.point.move"].search_count([]), moves)
