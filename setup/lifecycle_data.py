"""Run in Odoo's shell: members, cards and orders that an uninstall must not touch."""

# ruff: noqa: F821

members = env["res.partner"].create(
    [
        {"name": "Ani", "phone": "+37410123450"},
        {"name": "Davit", "phone": "+37410123451"},
    ]
)
good, gift = env["product.product"].create(
    [
        {"name": "Coffee", "type": "consu", "list_price": 40.0, "taxes_id": False},
        {"name": "Gift Card", "type": "service", "list_price": 50.0, "taxes_id": False},
    ]
)
club, gift_cards = env["loyalty.program"].create(
    [
        {
            "name": "Club",
            "program_type": "loyalty",
            "applies_on": "both",
            "trigger": "auto",
            "rule_ids": [
                (0, 0, {"reward_point_mode": "money", "reward_point_amount": 1})
            ],
            "reward_ids": [(0, 0, {"reward_type": "discount", "required_points": 20})],
        },
        {
            "name": "Gift cards",
            "program_type": "gift_card",
            "applies_on": "future",
            "trigger": "auto",
            "rule_ids": [
                (0, 0, {"reward_point_mode": "money", "product_ids": [(4, gift.id)]})
            ],
            "reward_ids": [
                (
                    0,
                    0,
                    {
                        "reward_type": "discount",
                        "discount_mode": "per_point",
                        "discount": 1,
                        "discount_applicability": "order",
                    },
                )
            ],
        },
    ]
)
cards = env["loyalty.card"].create(
    [
        {"program_id": club.id, "partner_id": member.id, "points": 100}
        for member in members
    ]
    + [{"program_id": gift_cards.id, "points": 50}]
)
env["loyalty.history"].create(
    [
        {"card_id": card.id, "description": "Opening balance", "issued": card.points}
        for card in cards
    ]
)
orders = env["sale.order"].create(
    [
        {
            "partner_id": member.id,
            "order_line": [(0, 0, {"product_id": good.id, "product_uom_qty": 2})],
        }
        for member in members
        for _ in range(3)
    ]
)
for order in orders:
    order._update_programs_and_rewards()
for order, card in zip(orders[::3], cards, strict=False):
    order._apply_program_reward(club.reward_ids, card)
for order in orders[:-1]:
    order.action_confirm()
orders[1]._action_cancel()
env.cr.commit()
