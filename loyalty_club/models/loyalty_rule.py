from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import earning


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """A rule as the ledger knows it; products are matched by the model."""

    rule_id: int
    mode: str
    points: Decimal
    per_amount: Decimal
    minimum_amount: Decimal
    minimum_quantity: Decimal
    purchases: str
    purchase_n: int
    all_products: bool


class LoyaltyRule(models.Model):
    _inherit = "loyalty.rule"

    def _get_reward_point_mode_selection(self):
        return [
            *super()._get_reward_point_mode_selection(),
            ("product", self.env._("points of the product")),
        ]

    reward_point_mode = fields.Selection(selection=_get_reward_point_mode_selection)
    is_club = fields.Boolean(related="program_id.is_club")
    per_amount = fields.Monetary(
        "For each",
        default=1.0,
        help="3 points for each 100: every 100 of the program's currency earns 3.",
    )
    purchases = fields.Selection(
        [
            ("any", "Every purchase"),
            ("first", "The first purchase"),
            ("nth", "The n-th purchase"),
            ("every", "Every n-th purchase"),
        ],
        "Counts for",
        default="any",
    )
    purchase_n = fields.Integer("n", default=10)

    _per_amount_positive = models.Constraint(
        "CHECK(per_amount IS NULL OR per_amount > 0)",
        "Points are given for each positive amount.",
    )

    @api.constrains("purchases", "purchase_n")
    def _check_purchase_n(self):
        for rule in self:
            if rule.purchases in ("nth", "every") and rule.purchase_n < 1:
                raise ValidationError(
                    self.env._("The number of the purchase is 1 or more.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def _terms(self):
        """This rule as the cached :class:`RuleTerms`."""
        self.ensure_one()
        return RuleTerms(
            rule_id=self.id,
            mode=self.reward_point_mode,
            points=Decimal(str(self.reward_point_amount)),
            per_amount=Decimal(str(self.per_amount or 1.0)),
            minimum_amount=Decimal(str(self.minimum_amount)),
            minimum_quantity=Decimal(self.minimum_qty),
            purchases=self.purchases or "any",
            purchase_n=self.purchase_n,
            all_products=self._get_valid_product_domain().is_true(),
        )

    @api.model
    def _engine_rules(self, terms, products_by_key):
        """Rules for the engine.

        :param terms: the ``rules`` of a program's terms
        :param products_by_key: ``{line key: product record, may be empty}``
        """
        rules = []
        for rule in terms:
            keys = None
            if not rule.all_products:
                domain = self.sudo().browse(rule.rule_id)._get_valid_product_domain()
                products = (
                    self.env["product.product"].sudo().union(*products_by_key.values())
                )
                matched = set(products.filtered_domain(domain)._ids)
                keys = frozenset(
                    key
                    for key, product in products_by_key.items()
                    if product.id in matched
                )
            rules.append(
                earning.Rule(
                    rule.rule_id,
                    rule.mode,
                    rule.points,
                    rule.per_amount,
                    keys,
                    rule.minimum_amount,
                    rule.minimum_quantity,
                    rule.purchases,
                    rule.purchase_n,
                )
            )
        return rules
