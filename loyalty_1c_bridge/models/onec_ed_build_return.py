from odoo import models

from ..engine.spread import money
from .onec_ed_book import Blocked, quantity


class OnecEdBuild(models.AbstractModel):
    """Credit notes: goods that came back, and corrections of price or quantity."""

    _inherit = "onec.ed.build"

    def _prepare_return(self, book, moves):
        self._prepare_sale(book, moves)
        book.load("sale", moves.reversed_entry_id)

    def _prepare_correction(self, book, moves):
        self._prepare_sale(book, moves | moves.reversed_entry_id)
        book.load("sale", moves.reversed_entry_id)

    # --- ВозвратТоваровОтПокупателя ---------------------------------------------------

    def _values_return(self, book, move):
        parts = self._move_parts(book, move)
        rows = [item for item in parts["goods"] if item[0].product_id]
        if not rows or len(rows) != len(parts["goods"]):
            raise Blocked(
                self.env._(
                    "A return of goods needs a product on each line, and %(document)s "
                    "has lines without. Choose the products, or make the credit note "
                    "from its invoice and mark it as a correction.",
                    document=move.name,
                )
            )
        if parts["paid"]:
            self._add_companion(book, "netting", move)
        rate = 1 / move.invoice_currency_rate if move.invoice_currency_rate else 1.0
        taxed = any(line.tax_ids for line, _sums in rows)
        return {
            "КлючевыеСвойства": self._document_key(
                book, "return", move, move.name, move.invoice_date or move.date
            ),
            "ВидОперации": "ВозвратОтКлиента",
            "Валюта": self._currency(book, move.currency_id),
            "Сумма": sum((sums.total for _line, sums in rows), money(0)),
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
            "ДокументРеализации": self._source(book, move),
            "Налогообложение": "ОблагаетсяНДС" if taxed else "НеОблагаетсяНДС",
            "Товары": [
                self._return_row(book, number, line, sums)
                for number, (line, sums) in enumerate(rows, 1)
            ],
            "СпособПогашенияЗадолженности": "Автоматически",
            "ОбщиеСвойстваОбъектовФормата": self._common(move.name, move.ref),
        }

    def _source(self, book, move):
        """The sale that is taken back, where it is one that 1C knows."""
        source = move.reversed_entry_id
        if not source or source.move_type not in ("out_invoice", "out_receipt"):
            return None
        return {"РеализацияТоваровУслугСсылка": self._sale_key(book, source)}

    def _return_row(self, book, number, line, sums):
        count = quantity(line.quantity) or quantity(1)
        return {
            "НомерСтрокиДокумента": number,
            "ДанныеНоменклатуры": self._good(book, line.product_id),
            "ЕдиницаИзмерения": self._uom(book, line.product_uom_id),
            "Количество": count,
            "Сумма": sums.total,
            "Цена": money(sums.total / count),
            "СтавкаНДС": self._vat(book, line.tax_ids),
            "СуммаНДС": sums.tax,
            "СчетДоходов": self._account(book, line.account_id),
            "ВозвратПодДеятельность": (
                "ОблагаетсяНДС" if line.tax_ids else "НеОблагаетсяНДС"
            ),
        }

    # --- КорректировкаРеализацииТоваров -----------------------------------------------

    def _values_correction(self, book, move):
        source = self._source(book, move)
        if not source:
            raise Blocked(
                self.env._(
                    "%(document)s corrects no invoice. Make the credit note from the "
                    "invoice that it corrects.",
                    document=move.name,
                )
            )
        rows = self._corrected(book, move)
        goods = [row for row in rows if self._is_good(row[0])]
        services = [row for row in rows if not self._is_good(row[0])]
        return {
            "КлючевыеСвойства": self._document_key(
                book, "correction", move, move.name, move.invoice_date or move.date
            ),
            "Склад": self._warehouse(book, self._move_warehouse(book, move)),
            "Валюта": self._currency(book, move.currency_id),
            "Сумма": sum((after.total for _l, after, _b, _q in rows), money(0)),
            "Контрагент": self._partner(book, move.partner_id),
            "Договор": self._contract(book, move.partner_id, move.currency_id),
            "СуммаВключаетНДС": True,
            "ДокументРеализации": source,
            "ИсправляемыйДокументРеализации": source,
            "ВидОперации": "СогласованноеИзменение",
            "ОтражатьВУчете": True,
            "Товары": [
                {
                    "ДанныеНоменклатуры": self._good(book, row[0].product_id),
                    "ЕдиницаИзмерения": self._uom(book, row[0].product_uom_id),
                    **self._correction_row(book, number, *row),
                }
                for number, row in enumerate(goods, 1)
            ],
            "Услуги": [
                {
                    "Номенклатура": self._product(book, row[0].product_id)
                    if row[0].product_id
                    else None,
                    "Содержание": row[0].name or None,
                    **self._correction_row(book, number, *row),
                }
                for number, row in enumerate(services, 1)
            ],
            "СчетУчетаРасчетовСКонтрагентом": self._account(
                book, self._receivable(move)
            ),
            "ОбщиеСвойстваОбъектовФормата": self._common(move.name, move.ref),
        }

    def _corrected(self, book, move):
        """``(line of the invoice, sums now, sums before, quantity now)`` of each line.

        A line of the credit note lowers the line of the invoice with its product; the
        price, unless the prices are the same, and then the quantity.
        """
        source = self._move_parts(book, move.reversed_entry_id)["goods"]
        left = list(self._move_parts(book, move)["goods"])
        rows = []
        for line, before in source:
            match = next(
                (item for item in left if item[0].product_id == line.product_id), None
            )
            after, count = self._copy(before), line.quantity
            if match:
                left.remove(match)
                credit, sums = match
                after.total -= sums.total
                after.tax -= sums.tax
                same = credit.price_unit == line.price_unit
                if same and credit.quantity < line.quantity:
                    count -= credit.quantity
                elif after.total <= 0:
                    count = 0
            rows.append((line, after, before, count))
        if left:
            raise Blocked(
                self.env._(
                    "%(document)s credits “%(line)s”, which is not in the invoice "
                    "%(invoice)s. Mark the credit note as a return of goods.",
                    document=move.name,
                    line=left[0][0].name,
                    invoice=move.reversed_entry_id.name,
                )
            )
        return rows

    @staticmethod
    def _copy(sums):
        return type(sums)(sums.key, sums.total, sums.tax, sums.group)

    def _correction_row(self, book, number, line, after, before, count):
        now, then = quantity(count), quantity(line.quantity)
        vat = self._vat(book, line.tax_ids)
        return {
            "НомерСтрокиДокумента": number,
            "Количество": now,
            "КоличествоДоИзменения": then,
            "Сумма": after.total,
            "СуммаДоИзменения": before.total,
            "Цена": money(after.total / now) if now else money(0),
            "ЦенаДоИзменения": money(before.total / then) if then else money(0),
            "СтавкаНДС": vat,
            "СтавкаНДСДоИзменения": vat,
            "СуммаНДС": after.tax,
            "СуммаНДСДоИзменения": before.tax,
            "ЕстьВДокументеПоступленияРеализации": True,
            "СчетДоходов": self._account(book, line.account_id),
        }
