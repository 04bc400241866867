from datetime import datetime, time

from odoo import fields, models

from ..engine.spread import Line, money, spread
from .onec_ed_book import LeftOut, quantity


class OnecEdBuild(models.AbstractModel):
    """Sales: РеализацияТоваровУслуг.

    What was paid with points is a discount in the lines; what a gift card or a wallet
    paid stays in the sale and is netted by a document of its own; what was paid for
    gift cards and top-ups is no sale at all.
    """

    _inherit = "onec.ed.build"

    # --- common to documents ----------------------------------------------------------

    def _number(self, book, record, name=None):
        """Number of a document in 1C, eleven characters at most and never changed.

        1C cuts longer ones, and cut numbers of a year would all be the same; the number
        here is in the comment.
        """
        if name and len(name) <= 11 and name != "/":
            return name
        return f"{book.backend.prefix or ''}{record.id:09d}"

    def _moment(self, book, day, created):
        """Date and hour in the zone of the base; noon when made on another day."""
        local = fields.Datetime.context_timestamp(
            self.with_context(tz=book.backend.tz), created
        ).replace(tzinfo=None, microsecond=0)
        if day is None or local.date() == day:
            return local
        return datetime.combine(day, time(12))

    def _document_key(self, book, otype, record, name, day):
        return {
            "Ссылка": book.guid(otype, record),
            "Дата": self._moment(book, day, record.create_date),
            "Номер": self._number(book, record, name),
            "Организация": self._organization(book),
        }

    def _common(self, name, note=""):
        text = " · ".join(filter(None, [f"Odoo {name}", note]))
        return {"Комментарий": text, "СостояниеОбъекта": "Актуальный"}

    # --- sets -------------------------------------------------------------------------

    def _prepare_sale(self, book, moves):
        lines = moves.invoice_line_ids
        lines.fetch(["tax_ids", "sale_line_ids"])
        self._load_partners(book, moves.commercial_partner_id, moves.currency_id)
        self._load_products(book, lines.product_id, lines.product_uom_id)
        book.load("organization", book.company)
        orders = lines.sale_line_ids.order_id
        warehouses = orders.warehouse_id | self._default_warehouse(book)
        book.load("warehouse", warehouses)
        self._stored_value(book)
        cards = lines.loyalty_card_id.sudo()
        book.load("loyalty_program", cards.program_id)
        book.load("card", cards.filtered("is_club"))

    def _stored_value(self, book):
        """``{product id: type of program}`` of goods that only keep money."""
        return book.once("stored value", self._find_stored_value)

    def _find_stored_value(self):
        programs = self.env["loyalty.program"].sudo()
        programs = programs.search(
            [("program_type", "in", ("gift_card", "ewallet"))]
        ).with_context(active_test=False)
        return {
            product.id: program.program_type
            for program in programs
            for product in program.trigger_product_ids
        }

    # --- lines ------------------------------------------------------------------------

    def _move_parts(self, book, move):
        """Lines of an invoice by what they are to 1C, counted once a message."""
        return book.once(("parts", move.id), lambda: self._split_lines(book, move))

    def _split_lines(self, book, move):
        """``{"goods": [(line, Line)], "gift_card": sum, "ewallet": sum, "paid": {}}``.

        ``paid`` is ``{card: sum}`` of gift cards and wallets that paid the invoice.
        """
        kept = self._stored_value(book)
        parts = {"gift_card": money(0), "ewallet": money(0), "paid": {}}
        goods, discounts = [], []
        for line in move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ):
            card = line.loyalty_card_id.sudo()
            if card and not card.is_club:
                parts["paid"].setdefault(card, money(0))
                parts["paid"][card] -= money(line.price_total)
            elif line.product_id.id in kept:
                parts[kept[line.product_id.id]] += money(line.price_total)
            elif line.price_total < 0:
                discounts.append(self._spread_line(line, card))
            else:
                goods.append((line, self._spread_line(line, card)))
        spread([sums for _line, sums in goods], discounts)
        self._round_goods(move, goods, parts)
        return {**parts, "goods": goods}

    def _spread_line(self, line, card):
        return Line(
            line.id,
            money(line.price_total),
            money(line.price_total - line.price_subtotal),
            tuple(line.tax_ids.ids),
            money(abs(line._loyalty_cost(card))) if card else money(0),
        )

    def _round_goods(self, move, goods, parts):
        """Coins of rounding over the whole invoice go to the largest line."""
        if not goods:
            return
        paid = sum(parts["paid"].values(), money(0))
        due = money(move.amount_total) + paid - parts["gift_card"] - parts["ewallet"]
        largest = max((sums for _line, sums in goods), key=lambda sums: sums.total)
        off = due - sum((sums.total for _line, sums in goods), money(0))
        if largest.total + off >= 0:
            largest.total += off

    # --- the document -----------------------------------------------------------------

    def _values_sale(self, book, move):
        parts = self._move_parts(book, move)
        if not parts["goods"]:
            raise LeftOut(
                self.env._(
                    "%(invoice)s only sells gift cards or tops up a wallet: it reaches "
                    "1C with its payment.",
                    invoice=move.name,
                )
            )
        if parts["paid"]:
            self._add_companion(book, "netting", move)
        rate = 1 / move.invoice_currency_rate if move.invoice_currency_rate else 1.0
        total = sum((sums.total for _line, sums in parts["goods"]), money(0))
        return {
            "КлючевыеСвойства": self._sale_key(book, move),
            "ВидОперации": "РеализацияКлиенту",
            "Валюта": self._currency(book, move.currency_id),
            "Сумма": total,
            "СуммаВключаетНДС": True,
            "Склад": self._warehouse(book, self._move_warehouse(book, move)),
            "Контрагент": self._partner(book, move.partner_id),
            "ДанныеВзаиморасчетов": self._settlement(
                book,
                move.partner_id,
                move.currency_id,
                rate,
                debt=self._receivable(move),
            ),
            "Налогообложение": self._taxation(parts["goods"]),
            "Товары": [
                self._good_row(book, number, line, sums)
                for number, (line, sums) in enumerate(self._goods(parts), 1)
            ],
            "Услуги": [
                self._service_row(book, number, line, sums)
                for number, (line, sums) in enumerate(self._services(parts), 1)
            ],
            "СпособПогашенияЗадолженности": "Автоматически",
            **self._card_values(book, move),
            "ОбщиеСвойстваОбъектовФормата": self._common(move.name, move.ref),
        }

    def _add_companion(self, book, otype, record, op="upsert"):
        book.facts.setdefault("companions", []).append((otype, record, op))

    def _sale_key(self, book, move):
        return self._document_key(
            book, "sale", move, move.name, move.invoice_date or move.date
        )

    def _receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).account_id[:1]

    def _move_warehouse(self, book, move):
        orders = move.invoice_line_ids.sale_line_ids.order_id
        return orders.warehouse_id[:1] or self._default_warehouse(book)

    def _taxation(self, goods):
        taxed = any(line.tax_ids for line, _sums in goods)
        return "ПродажаОблагаетсяНДС" if taxed else "ПродажаНеОблагаетсяНДС"

    @staticmethod
    def _is_good(line):
        return bool(line.product_id) and line.product_id.type != "service"

    def _goods(self, parts):
        return [item for item in parts["goods"] if self._is_good(item[0])]

    def _services(self, parts):
        return [item for item in parts["goods"] if not self._is_good(item[0])]

    def _good_row(self, book, number, line, sums):
        count = quantity(line.quantity) or quantity(1)
        return {
            "НомерСтрокиДокумента": number,
            "ДанныеНоменклатуры": self._good(book, line.product_id),
            "ЕдиницаИзмерения": self._uom(book, line.product_uom_id),
            "Количество": count,
            "СтавкаНДС": self._vat(book, line.tax_ids),
            "СуммаНДС": sums.tax,
            **self._sums(book, count, sums),
            "СчетДоходов": self._account(book, line.account_id),
        }

    def _sums(self, book, count, sums):
        """Sums of a line of goods.

        1C's trade configurations see the discount by points apart from the price;
        accounting has no discounts and gets the price that was paid.
        """
        if not (sums.points and book.backend._has_loyalty()):
            return {
                "Сумма": sums.total,
                "Цена": money(sums.total / count),
                "СуммаБонусныхБаллов": sums.points or None,
            }
        full = sums.total + sums.discount
        return {
            "Сумма": full,
            "Цена": money(full / count),
            "ВидСкидки": "Бонус",
            "СуммаСкидки": sums.discount,
            "СуммаСУчетомСкидки": sums.total,
            "СуммаБонусныхБаллов": sums.points,
        }

    def _service_row(self, book, number, line, sums):
        count = quantity(line.quantity) or quantity(1)
        product = line.product_id
        return {
            "НомерСтрокиДокумента": number,
            "Номенклатура": self._product(book, product) if product else None,
            "Количество": count,
            "Сумма": sums.total,
            "Цена": money(sums.total / count),
            "СтавкаНДС": self._vat(book, line.tax_ids),
            "СуммаНДС": sums.tax,
            "Содержание": line.name or product.display_name or None,
            "СчетДоходов": self._account(book, line.account_id),
        }

    def _card_values(self, book, move):
        """The member's card and program, for 1C configurations that keep them."""
        cards = move.invoice_line_ids.loyalty_card_id.sudo().filtered("is_club")
        if not cards or not book.backend._has_loyalty():
            return {}
        return {
            "ДисконтнаяКарта": self._card(book, cards[0]),
            "ПрограммаЛояльности": self._program(book, cards[0].program_id),
        }

    def _card(self, book, card):
        values = {"Ссылка": book.guid("card", card), "НомерКарты": card.code}
        if card.partner_id:
            values["ВладелецКарты"] = {
                "Контрагент": self._partner(book, card.partner_id)
            }
        return values

    def _program(self, book, program):
        return {
            "Ссылка": book.guid("loyalty_program", program),
            "Наименование": program.name,
            "ВалютаКонвертацииБонусов": self._currency(book, program.currency_id),
        }
