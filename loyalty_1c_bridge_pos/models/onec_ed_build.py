from dataclasses import dataclass

from odoo import models

from odoo.addons.loyalty_1c_bridge.engine.spread import Line, money, spread


@dataclass(slots=True)
class TillLine:
    """What rows of a report need of a line of an order."""

    product_id: object
    product_uom_id: object
    quantity: float
    tax_ids: object
    name: str
    account_id: object = None


class OnecEdBuild(models.AbstractModel):
    """Retail reports of closed sessions, and payments of invoiced orders."""

    _inherit = "onec.ed.build"

    # --- sessions ---------------------------------------------------------------------

    def _prepare_retail_report(self, book, records):
        super()._prepare_retail_report(book, records)
        if records._name != "pos.session":
            return
        orders = records.order_ids
        lines = orders.lines
        self._load_products(book, lines.product_id, lines.product_uom_id)
        self._load_partners(book, orders.partner_id, records.currency_id)
        book.load("journal", records.config_id)
        warehouses = records.config_id.picking_type_id.warehouse_id
        book.load("warehouse", warehouses | self._default_warehouse(book))
        self._stored_value(book)
        self._load_points(book, "pos.order", orders)
        self._load_pos_cards(book, orders)

    def _load_pos_cards(self, book, orders):
        rows = self.env["loyalty.point.move"].sudo()
        rows = rows.search(
            [
                ("program_id.program_type", "=", "gift_card"),
                ("kind", "in", ("earn", "reverse")),
                ("res_model", "=", "pos.order"),
                ("res_id", "in", orders.ids),
            ]
        )
        sold = book.facts.setdefault("pos sold", {})
        for row in rows:
            sold.setdefault(row.res_id, []).append((row.card_id, money(row.points)))

    def _retail_facts(self, book, record):
        if record._name != "pos.session":
            return super()._retail_facts(book, record)
        config = record.config_id
        warehouse = config.picking_type_id.warehouse_id
        facts = {
            "name": record.name,
            "day": record._onec_day(),
            "currency": record.currency_id,
            "desk": self._till_desk(book, config),
            "warehouse": warehouse or self._default_warehouse(book),
            "cashier": record.user_id.name,
            "lines": [],
            "paid": {},
            "sold": {},
            "gift_card": money(0),
            "cards": money(0),
            "points": [],
        }
        for order in record._onec_orders():
            self._add_pos_order(book, facts, order)
        return facts

    def _add_pos_order(self, book, facts, order):
        """Lines of an order: goods, goods that came back, discounts, cards."""
        sign = -1 if order.amount_total < 0 else 1
        kept = self._stored_value(book)
        goods, discounts = [], []
        for line in order.lines:
            total = sign * money(line.price_subtotal_incl)
            card = line.coupon_id.sudo()
            if line.is_reward_line and card.program_type in ("gift_card", "ewallet"):
                paid = facts["paid"].get(card, money(0)) - sign * total
                facts["paid"][card] = paid
            elif line.product_id.id in kept:
                facts["gift_card"] += sign * total
            elif line.is_reward_line and total < 0:
                discounts.append(self._pos_sums(line, sign))
            elif total < 0:
                facts["lines"].append((*self._pos_line(line, -sign), -sign))
            else:
                goods.append(self._pos_line(line, sign))
        spread([sums for _line, sums in goods], discounts)
        facts["lines"] += [(line, sums, sign) for line, sums in goods]
        for card, amount in book.facts["pos sold"].get(order.id, ()):
            facts["sold"][card] = facts["sold"].get(card, money(0)) + amount
        for payment in order.payment_ids:
            if payment._onec_otype() == "card_payment":
                facts["cards"] += money(payment.amount)
        facts["points"] += book.facts["points"].get(("pos.order", order.id), [])

    def _pos_line(self, line, sign):
        till = TillLine(
            line.product_id,
            line.product_uom_id,
            sign * line.qty,
            line.tax_ids_after_fiscal_position,
            line.full_product_name or line.product_id.display_name,
        )
        return till, self._pos_sums(line, sign)

    def _pos_sums(self, line, sign):
        points = money(line.points_cost or 0) if line.is_reward_line else money(0)
        return Line(
            line.id,
            sign * money(line.price_subtotal_incl),
            sign * money(line.price_subtotal_incl - line.price_subtotal),
            tuple(line.tax_ids_after_fiscal_position.ids),
            points,
        )

    # --- payments of invoiced orders --------------------------------------------------

    def _prepare_payments(self, book, payments):
        if payments._name != "pos.payment":
            super()._prepare_payments(book, payments)
            return
        orders = payments.pos_order_id
        book.load("organization", book.company)
        self._load_partners(book, orders.partner_id, payments.currency_id)
        book.load("journal", payments.payment_method_id.journal_id)
        self._prepare_sale(book, orders.account_move)
        for otype in ("sale", "return"):
            book.load(
                otype,
                orders.account_move.filtered(
                    lambda move, kind=otype: move._onec_otype() == kind
                ),
            )

    def _values_cash_in(self, book, payment):
        if payment._name != "pos.payment":
            return super()._values_cash_in(book, payment)
        return self._pos_cash(book, payment, "cash_in", "ПринятоОт")

    def _values_cash_out(self, book, payment):
        if payment._name != "pos.payment":
            return super()._values_cash_out(book, payment)
        return self._pos_cash(book, payment, "cash_out", "Выдать")

    def _values_card_payment(self, book, payment):
        if payment._name != "pos.payment":
            return super()._values_card_payment(book, payment)
        values = self._pos_payment(book, payment, "card_payment")
        values["КлючевыеСвойства"]["ВидОперации"] = (
            "ОплатаОтКлиентаПлатежнойКартой"
            if payment.amount >= 0
            else "ВозвратОплатыКлиентуНаПлатежнуюКарту"
        )
        values["Валюта"] = self._currency(book, payment.currency_id)
        values["Сумма"] = money(abs(payment.amount))
        return values

    def _pos_cash(self, book, payment, otype, party):
        values = self._pos_payment(book, payment, otype)
        partner = payment.pos_order_id.partner_id
        journal = payment.payment_method_id.journal_id
        values |= {
            "ВидРасчетов": "СПокупателем",
            "ОбщиеДанные": {
                "Валюта": self._currency(book, payment.currency_id),
                "Сумма": money(abs(payment.amount)),
                party: partner.display_name,
            },
            "Касса": {
                "Ссылка": book.guid("journal", journal),
                "Наименование": journal.name,
                "Валюта": self._currency(book, payment.currency_id),
                "Организация": self._organization(book),
            },
        }
        return values

    def _pos_payment(self, book, payment, otype):
        order = payment.pos_order_id
        amount, currency = money(abs(payment.amount)), payment.currency_id
        name = payment._onec_facts()["document_name"]
        return {
            "КлючевыеСвойства": self._document_key(
                book, otype, payment, name, order.session_id._onec_day()
            ),
            "Контрагент": self._partner(book, order.partner_id),
            "РасшифровкаПлатежа": [
                {
                    "Сумма": amount,
                    "СуммаВзаиморасчетов": amount,
                    "ДанныеВзаиморасчетов": self._settlement(
                        book, order.partner_id, currency
                    ),
                    "ВидРасчетовРасширенный": {
                        "ВидРасчетовСПокупателямиПоставщиками": "Долг"
                    },
                    "СпособПогашенияЗадолженности": "Автоматически",
                    "ДокументРасчетов": self._settled_document(
                        book, order.account_move
                    ),
                }
            ],
            "ОбщиеСвойстваОбъектовФормата": self._common(name),
        }
