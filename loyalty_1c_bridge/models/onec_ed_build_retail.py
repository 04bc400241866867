from odoo import models

from ..engine.spread import money
from .onec_ed_book import LeftOut, quantity


class OnecEdBuild(models.AbstractModel):
    """ОтчетОРозничныхПродажах: a day of the till, or a session of a Point of Sale.

    ``_retail_facts(book, record)`` tells what happened there; the report has its goods,
    what cards, gift cards and points paid, and the points that were given.
    """

    _inherit = "onec.ed.build"

    # --- the club's own till ----------------------------------------------------------

    def _prepare_retail_report(self, book, records):
        book.load("organization", book.company)
        if records._name != "onec.retail.day":
            return
        receipts = self.env["account.move"]
        for day in records:
            book.facts["receipts", day.id] = day._receipts()
            receipts |= book.facts["receipts", day.id]
        self._prepare_sale(book, receipts)
        self._load_sold_cards(book, receipts)
        self._load_points(book, "account.move", receipts)

    def _load_points(self, book, model, records):
        """``book.facts["points"]``: rows of the ledgers of clubs by document.

        Each row gets an id of its own, so that it is known to have been reported.
        """
        rows = self.env["loyalty.point.move"].sudo()
        rows = rows.search(
            [
                ("res_model", "=", model),
                ("res_id", "in", records.ids),
                ("card_id.is_club", "=", True),
            ],
            order="id",
        )
        points = book.facts.setdefault("points", {})
        for row in rows:
            points.setdefault((model, row.res_id), []).append(row)
        book.load("points", rows)
        book.load("card", rows.card_id)
        book.load("loyalty_program", rows.program_id)
        self._load_partners(book, rows.card_id.partner_id, rows.program_id.currency_id)

    def _retail_facts(self, book, record):
        """What happened at a till: a dict for :meth:`_retail_values`.

        ``name``, ``day`` and ``created`` of the report, ``currency``, ``desk`` (key of
        the cash register), ``warehouse``, ``lines`` as ``(line, Line, sign)``, ``paid``
        ``{card: sum}``, ``sold`` ``{card: sum}`` of gift cards, ``gift_card`` sum,
        ``cards`` ``[sum]`` paid by payment cards, ``points`` rows.
        """
        receipts = book.facts["receipts", record.id]
        facts = {
            "name": record.name,
            "day": record.date,
            "currency": record.currency_id,
            "desk": self._till_desk(book, record.branch_id or record.company_id),
            "warehouse": self._default_warehouse(book),
            "cashier": receipts[-1:].create_uid.name,
            "lines": [],
            "paid": {},
            "sold": {},
            "gift_card": money(0),
            "cards": money(0),
            "points": [],
        }
        for receipt in receipts:
            self._add_receipt(book, facts, receipt)
        return facts

    def _add_receipt(self, book, facts, receipt):
        sign = -1 if receipt.move_type == "out_refund" else 1
        parts = self._move_parts(book, receipt)
        facts["lines"] += [(line, sums, sign) for line, sums in parts["goods"]]
        for card, amount in parts["paid"].items():
            facts["paid"][card] = facts["paid"].get(card, money(0)) + sign * amount
        facts["gift_card"] += sign * (parts["gift_card"] + parts["ewallet"])
        for card, amount in book.facts["sold"].get(receipt.id, {}).items():
            facts["sold"][card] = facts["sold"].get(card, money(0)) + amount
        for payment in receipt._get_reconciled_payments():
            if payment.journal_id._onec_kind() == "card":
                facts["cards"] += sign * money(payment.amount)
        facts["points"] += book.facts["points"].get(("account.move", receipt.id), [])

    # --- the report -------------------------------------------------------------------

    def _values_retail_report(self, book, record):
        facts = self._retail_facts(book, record)
        if not facts["lines"] and not facts["gift_card"]:
            raise LeftOut(
                self.env._("%(report)s: nothing was sold.", report=facts["name"])
            )
        own_gifts = self._sells_gift_cards(book)
        if facts["gift_card"] and own_gifts:
            self._add_companion(book, "gift_sale", record)
        goods = self._retail_lines(facts, 1, self._is_good)
        returned = self._retail_lines(facts, -1, lambda line: line.product_id)
        services = self._retail_lines(
            facts, 1, lambda line: not self._is_good(line)
        ) + self._retail_lines(facts, -1, lambda line: not line.product_id)
        taxed = any(line.tax_ids for line, _sums, _sign in facts["lines"])
        return {
            "КлючевыеСвойства": self._retail_key(book, "retail_report", record, facts),
            "Валюта": self._currency(book, facts["currency"]),
            "Сумма": sum(
                (sign * sums.total for _line, sums, sign in facts["lines"]), money(0)
            ),
            "СуммаВключаетНДС": True,
            "Склад": self._warehouse(book, facts["warehouse"], retail=True),
            "Налогообложение": (
                "ПродажаОблагаетсяНДС" if taxed else "ПродажаНеОблагаетсяНДС"
            ),
            "КассаККМ": facts["desk"],
            "ТоварыПродажа": [
                self._retail_row(book, number, line, sums)
                for number, (line, sums, _sign) in enumerate(goods, 1)
            ],
            "ТоварыВозвратПродажи": [
                self._retail_return_row(book, number, line, sums)
                for number, (line, sums, _sign) in enumerate(returned, 1)
            ],
            "Услуги": [
                self._retail_service_row(book, number, *item)
                for number, item in enumerate(services, 1)
            ],
            "ОплатаПлатежнымиКартами": (
                [{"СуммаОплаты": facts["cards"]}] if facts["cards"] > 0 else []
            ),
            "ОплатаСертификатами": [
                {"ДанныеСертификата": self._gift_card(book, card), "Сумма": amount}
                for card, amount in facts["paid"].items()
                if amount > 0
            ],
            "ПодарочныеСертификаты": (
                self._gift_rows(book, facts["sold"], facts["gift_card"])
                if facts["gift_card"] > 0 and not own_gifts
                else []
            ),
            **self._points_tables(book, facts["points"]),
            "ОбщиеСвойстваОбъектовФормата": self._common(facts["name"]),
        }

    def _retail_key(self, book, otype, record, facts):
        return self._document_key(book, otype, record, facts["name"], facts["day"])

    @staticmethod
    def _retail_lines(facts, sign, fits):
        return [item for item in facts["lines"] if item[2] == sign and fits(item[0])]

    def _retail_row(self, book, number, line, sums):
        count = quantity(line.quantity) or quantity(1)
        row = {
            "НомерСтрокиДокумента": number,
            "ДанныеНоменклатуры": self._good(book, line.product_id),
            "ЕдиницаИзмерения": self._uom(book, line.product_uom_id),
            "Количество": count,
            "Сумма": sums.total,
            "Цена": money(sums.total / count),
            "СтавкаНДС": self._vat(book, line.tax_ids),
            "СуммаНДС": sums.tax,
            "СчетДоходов": self._account(book, line.account_id),
        }
        if sums.points:
            full = sums.total + sums.discount
            row |= {
                "Сумма": full,
                "Цена": money(full / count),
                "ВидСкидки": "Бонус",
                "СуммаСкидки": sums.discount,
                "СуммаСУчетомСкидки": sums.total,
            }
        return row

    def _retail_return_row(self, book, number, line, sums):
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
            "СуммаВозврата": sums.total,
            "СчетДоходов": self._account(book, line.account_id),
        }

    def _retail_service_row(self, book, number, line, sums, sign):
        row = self._service_row(book, number, line, sums)
        row.pop("СчетДоходов")  # reports have accounts of goods only
        row["Сумма"] *= sign
        row["Количество"] *= sign
        row["СуммаНДС"] *= sign
        return row

    # --- points -----------------------------------------------------------------------

    def _points_tables(self, book, rows):
        """НачислениеБонусныхБаллов and ОплатаБонуснымиБаллами, by card."""
        earned, spent = {}, {}
        for row in rows:
            book.used.add(("points", row._name, row.id, ""))
            table = spent if row.kind in ("spend", "refund") else earned
            points = money(row.points + row.pending_points)
            table[row.card_id] = table.get(row.card_id, money(0)) + points
        return {
            "НачислениеБонусныхБаллов": [
                {
                    **self._points_row(book, number, card, points),
                    "ДатаНачисления": rows[-1].date,
                }
                for number, (card, points) in enumerate(self._nonzero(earned), 1)
            ],
            "ОплатаБонуснымиБаллами": [
                self._points_row(book, number, card, -points)
                for number, (card, points) in enumerate(self._nonzero(spent), 1)
            ],
        }

    @staticmethod
    def _nonzero(table):
        return [
            (card, points)
            for card, points in table.items()
            if points and card.partner_id
        ]

    def _points_row(self, book, number, card, points):
        return {
            "НомерСтрокиДокумента": number,
            "Контрагент": self._partner(book, card.partner_id),
            "ДисконтнаяКарта": self._card(book, card),
            "ПрограммаЛояльности": self._program(book, card.program_id),
            "СуммаБонусныхБаллов": points,
        }
