"""What a basket of the quick till is made of, costs, earns and may be paid with."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .limits import program_limit_message
from .loyalty_till import MOST_CHOICES

AMOUNT_LIKE = re.compile(r"^\d[\d\s]*(?:[.,]\d{1,2})?$")
# Longer runs of digits are barcodes that nobody knows, not prices.
MOST_AMOUNT_DIGITS = 9


class LoyaltyTill(models.AbstractModel):
    _inherit = "loyalty.till"

    # -- products ------------------------------------------------------------------
    def _find_product(self, text, branch, buyer):
        domain = self._product_domain(branch)
        products = self.env["product.product"]
        for name in ("barcode", "default_code"):
            if found := products.search(domain & Domain(name, "=", text), limit=1):
                return {
                    "kind": "product",
                    "product": self._product_values(found, branch, buyer),
                }
        return None

    def _find_product_by_name(self, text, branch, buyer):
        domain = self._product_domain(branch) & Domain("name", "ilike", text)
        found = self.env["product.product"].search(domain, limit=MOST_CHOICES)
        if len(text) < 2 or not found:
            return None
        values = [self._product_values(product, branch, buyer) for product in found]
        if len(values) == 1:
            return {"kind": "product", "product": values[0]}
        return {"kind": "products", "choices": values}

    def _product_domain(self, branch):
        stored_value = self.env["loyalty.program"]._stored_value_product_ids()
        return (
            Domain("sale_ok", "=", True)
            & Domain("company_id", "in", (branch.company_id.id, False))
            & Domain("id", "not in", list(stored_value))
        )

    def _product_values(self, product, branch, buyer):
        return {
            "product_id": product.id,
            "name": product.display_name,
            "price": self._price(product, 1.0, branch, buyer),
        }

    def _price(self, product, quantity, branch, buyer):
        """Unit price in the company's currency at the price list of the buyer."""
        pricelist = (buyer or self._walk_in()).sudo().property_product_pricelist
        return pricelist._get_product_price(
            product,
            quantity,
            currency=branch.company_id.currency_id,
            date=fields.Datetime.now(),
        )

    def _walk_in(self):
        """Who buys without saying who they are."""
        return self.env.ref("loyalty_club.partner_till")

    def _find_amount(self, text, branch):
        digits = re.sub(r"\D", "", text)
        if not AMOUNT_LIKE.match(text) or len(digits) > MOST_AMOUNT_DIGITS:
            return None
        amount = float(re.sub(r"\s", "", text).replace(",", "."))
        amount = branch.company_id.currency_id.round(amount)
        return {"kind": "amount", "amount": amount} if amount > 0 else None

    # -- the document --------------------------------------------------------------
    @api.model
    def _prepare_sale_values(self, branch, buyer, lines):
        """Values of the sales receipt of a basket."""
        return {
            "move_type": "out_receipt",
            "company_id": branch.company_id.id,
            "currency_id": branch.company_id.currency_id.id,
            "partner_id": buyer.id,
            "invoice_date": self._today(branch),
            "invoice_user_id": self.env.uid,
            "loyalty_branch_id": branch.id,
            "invoice_line_ids": [
                Command.create(self._prepare_line_values(line, branch, buyer))
                for line in lines
            ],
        }

    @api.model
    def _today(self, branch):
        """The day on the wall clock of the shop."""
        return self.env["loyalty.program"]._today(branch.company_id)

    def _prepare_line_values(self, line, branch, buyer):
        if line.get("amount"):
            return self._prepare_amount_values(line, branch)
        product = self.env["product.product"].search(
            self._product_domain(branch) & Domain("id", "=", line.get("product_id"))
        )
        if not product:
            raise UserError(
                self.env._(
                    "A product of the basket is not sold here any more. Remove the line"
                    " and scan it again."
                )
            )
        quantity = self._positive(line.get("quantity", 1.0))
        return {
            "product_id": product.id,
            "quantity": quantity,
            "price_unit": self._price(product, quantity, branch, buyer),
        }

    def _prepare_amount_values(self, line, branch):
        """A line of an amount alone: what the customer pays, taxes included."""
        company = branch.company_id
        product_sudo = self._amount_product(branch)
        taxes = product_sudo.taxes_id.filtered(lambda tax: tax.company_id == company)
        taxes = taxes or company.sudo().account_sale_tax_id
        price = self._positive(line["amount"])
        if not all(taxes.mapped("price_include")):
            price = taxes.with_context(force_price_include=True).compute_all(
                price, company.currency_id, rounding_method="round_globally"
            )["total_excluded"]
        return {
            "product_id": product_sudo.id,
            "name": product_sudo.name,
            "quantity": 1.0,
            "price_unit": price,
            "tax_ids": [Command.set(taxes.ids)],
        }

    def _amount_product(self, branch):
        """The product by which amounts alone are sold (superuser)."""
        chosen = branch.company_id.sudo().loyalty_till_product_id
        return chosen or self.env.ref("loyalty_club.product_till_sale").sudo()

    @api.model
    def _positive(self, value, allow_zero=False):
        """A figure from the screen as a number that makes sense."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        # A comparison with what is no number is false, so it is refused too.
        if not (0 < number < 1e12 or (allow_zero and number == 0)):
            raise UserError(
                self.env._(
                    "%s is no amount that can be booked. Type a number above zero.",
                    value,
                )
            )
        return number

    # -- what a basket would do ----------------------------------------------------
    @api.model
    def preview(self, card_id, basket, token=None):
        """What a basket costs, earns and may be paid with; nothing is written.

        :param basket: ``{"branch_id", "lines": [{"product_id", "quantity"} or
            {"amount"}], "points", "gift_cards": [{"id", "token"}]}``
        :return: amounts, points, ``explanation`` and ``limits`` as sentences, and
            ``problem``, why the points asked for cannot be spent
        """
        branch = self._branch(basket.get("branch_id"))
        self = self.with_company(branch.company_id)
        card_sudo = self._card(card_id, token) if card_id else None
        draft_sudo = self._virtual_sale(branch, card_sudo, basket)
        result = {
            "lines": self._preview_lines(draft_sudo),
            "total": self._total(draft_sudo),
            **self._nothing_earned(),
        }
        if card_sudo:
            result.update(self._preview_spending(draft_sudo, card_sudo, basket))
        result["gift_cards"] = self._preview_gifts(draft_sudo, basket)
        result["to_pay"] = self._total(draft_sudo)
        if card_sudo:
            result.update(self._preview_earning(draft_sudo, card_sudo))
        return result

    def _virtual_sale(self, branch, card_sudo, basket):
        buyer = card_sudo.partner_id if card_sudo else self._walk_in()
        values = self._prepare_sale_values(branch, buyer, basket.get("lines") or [])
        return self.env["account.move"].sudo().new(values)

    def _total(self, draft_sudo):
        """What the document will come to, its taxes rounded as the books round them."""
        total = draft_sudo.tax_totals["total_amount_currency"]
        return draft_sudo.currency_id.round(total)

    def _nothing_earned(self):
        return {
            "points": 0.0,
            "may_spend": 0.0,
            "may_spend_worth": 0.0,
            "limits": [],
            "problem": "",
            "earns": 0.0,
            "explanation": "",
        }

    def _preview_lines(self, draft_sudo):
        return [
            {"name": line.name, "price": line.price_unit, "total": line.price_total}
            for line in draft_sudo.invoice_line_ids
        ]

    def _preview_spending(self, draft_sudo, card_sudo, basket):
        offer = draft_sudo._loyalty_offer(card_sudo)
        most = float(offer.points) if card_sudo.state == "active" else 0.0
        wanted = self._positive(basket.get("points") or 0.0, allow_zero=True)
        result = {
            "may_spend": most,
            "may_spend_worth": draft_sudo._loyalty_worth(card_sudo, most),
            "limits": self._limit_sentences(card_sudo, offer),
            "points": wanted,
            "problem": "",
        }
        if wanted > most:
            result["points"] = 0.0
            result["problem"] = (
                program_limit_message(self.env, card_sudo, offer, wanted)
                if card_sudo.state == "active"
                else card_sudo._blocked_message()
            )
        elif wanted:
            draft_sudo._loyalty_pay_amount(
                card_sudo, draft_sudo._loyalty_worth(card_sudo, wanted)
            )
        return result

    def _limit_sentences(self, card_sudo, offer):
        """The limits that decide, in words, the tightest first."""
        labels = {
            "percent": self.env._("part of the bill"),
            "amount": self.env._("what points may pay for"),
            "margin": self.env._("margin to keep"),
            "points": self.env._("per bill"),
            "balance": self.env._("balance"),
            "day": self.env._("left for today"),
        }
        return [
            {
                "name": name,
                "label": labels[name],
                "points": float(points),
                "decides": points <= offer.points,
            }
            for name, points in sorted(offer.limits, key=lambda limit: limit[1])
        ]

    def _preview_gifts(self, draft_sudo, basket):
        """What each gift card of the basket pays, in the order they were scanned."""
        gifts = []
        for asked in basket.get("gift_cards") or []:
            card_sudo = self._gift_card(asked)
            values = self._gift_values(card_sudo)
            due = draft_sudo._loyalty_gift_due(card_sudo)
            points = 0.0 if values["message"] else min(card_sudo.points, due)
            amount = draft_sudo._loyalty_worth(card_sudo, points)
            if points:
                draft_sudo._loyalty_pay_amount(card_sudo, amount)
            left = card_sudo.currency_id.round(card_sudo.points - points)
            gifts.append({**values, "amount": amount, "left": left})
        return gifts

    def _preview_earning(self, draft_sudo, card_sudo):
        program_sudo = card_sudo.program_id
        earning = draft_sudo._loyalty_earning(program_sudo, card_sudo)
        return {
            "earns": float(earning.points),
            "explanation": program_sudo._explain(earning.trace())
            if earning.points
            else "",
        }
