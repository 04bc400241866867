from odoo import models

from ..engine.spread import money
from .onec_ed_book import Blocked, LeftOut

GIFT_SALE = "Документ.РеализацияПодарочныхСертификатов"


class OnecEdBuild(models.AbstractModel):
    """Gift cards: sold over the counter, expired or cancelled.

    Their codes are money and never leave: 1C gets a serial number of ours.
    """

    _inherit = "onec.ed.build"

    # --- РеализацияПодарочныхСертификатов ---------------------------------------------

    def _prepare_gift_sale(self, book, payments):
        if payments._name != "account.payment":
            self._prepare_retail_report(book, payments)
            return
        self._prepare_payments(book, payments)
        moves = self.env["account.move"].union(
            *(
                move
                for payment in payments
                for move, _amount in book.facts["settled"].get(payment.id, ())
            )
        )
        self._load_sold_cards(book, moves)

    def _load_sold_cards(self, book, moves):
        """``book.facts["sold"]``: ``{move id: [(card, amount)]}``."""
        sold = book.facts.setdefault("sold", {})
        orders = {
            order.id: move.id
            for move in moves
            for order in move.invoice_line_ids.sale_line_ids.order_id
        }
        rows = self.env["loyalty.point.move"].sudo()
        rows = rows.search(
            [
                ("program_id.program_type", "=", "gift_card"),
                ("kind", "in", ("earn", "reverse")),
                "|",
                "&",
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                "&",
                ("res_model", "=", "sale.order"),
                ("res_id", "in", list(orders)),
            ],
            order="id",
        )
        for row in rows:
            order = row.res_model == "sale.order"
            move_id = orders[row.res_id] if order else row.res_id
            cards = sold.setdefault(move_id, {})
            cards[row.card_id] = cards.get(row.card_id, money(0)) + money(row.points)

    def _values_gift_sale(self, book, record):
        """Gift cards that a payment paid for, or that a till sold."""
        if record._name == "account.payment":
            return self._gifts_of_payment(book, record)
        facts = self._retail_facts(book, record)
        if facts["gift_card"] <= 0:
            raise LeftOut(
                self.env._("%(report)s: no gift card was sold.", report=facts["name"])
            )
        return self._gift_sale_values(
            book,
            self._retail_key(book, "gift_sale", record, facts),
            facts["desk"],
            facts["cashier"],
            facts["gift_card"],
            facts["sold"],
            None,
            money(0),
            facts["name"],
        )

    def _gifts_of_payment(self, book, payment):
        amount = self._payment_parts(book, payment)["gift"]
        if not amount:
            raise LeftOut(
                self.env._(
                    "%(payment)s pays for no gift card any more.",
                    payment=payment.display_name,
                )
            )
        moves = [move for move, _amount in book.facts["settled"][payment.id]]
        cards = {}
        for move in moves:
            cards.update(book.facts["sold"].get(move.id, {}))
        by_card = payment.journal_id._onec_kind() == "card"
        return self._gift_sale_values(
            book,
            self._document_key(book, "gift_sale", payment, payment.name, payment.date),
            self._till_desk(book, payment.journal_id),
            payment.create_uid.name,
            amount,
            cards,
            payment.partner_id,
            amount if by_card else money(0),
            payment.name,
        )

    def _gift_sale_values(
        self, book, key, desk, cashier, amount, cards, partner, paid_by_card, name
    ):
        values = {
            "КлючевыеСвойства": key,
            "НомерКассовойСмены": f"{key['Дата']:%Y%m%d}",
            "ЭтоВозврат": False,
            "КассаККМ": desk,
            "Кассир": {"Наименование": cashier},
            "СуммаДокумента": amount,
            "ПодарочныеСертификаты": self._gift_rows(book, cards, amount),
            "ОбщиеСвойстваОбъектовФормата": self._common(name),
        }
        if partner:
            values["Контрагент"] = self._partner(book, partner)
        if paid_by_card:
            values["ОплатаПлатежнымиКартами"] = [{"СуммаОплаты": paid_by_card}]
        return values

    def _gift_rows(self, book, cards, amount):
        """Rows of gift cards; one without a card when their sum is another."""
        cards = {card: part for card, part in cards.items() if part > 0}
        if sum(cards.values(), money(0)) != amount:
            return [{"Сумма": amount}]
        return [
            {"ДанныеСертификата": self._gift_card(book, card), "Сумма": part}
            for card, part in cards.items()
        ]

    def _gift_card(self, book, card):
        return {
            "СерийныйНомер": f"{book.backend.prefix or ''}{card.id:09d}",
            "ДействителенДо": card.expiration_date or None,
        }

    def _till_desk(self, book, record, otype="journal"):
        """Key of a cash register: a journal, or a branch with its till."""
        values = {
            "Ссылка": book.guid(otype, record),
            "Наименование": record.name,
            "Организация": self._organization(book),
        }
        book.master(
            (otype, record._name, record.id, ""),
            "Справочник.КассыККМ",
            lambda: {"КлючевыеСвойства": values},
        )
        return values

    # --- АннулированиеПодарочныхСертификатов ------------------------------------------

    def _prepare_gift_cancel(self, book, rows):
        book.load("organization", book.company)
        book.load("gift_card", rows.card_id)

    def _values_gift_cancel(self, book, row):
        name = f"№ {row.id}"
        return {
            "КлючевыеСвойства": self._document_key(
                book, "gift_cancel", row, name, self._local_day(book, row.date)
            ),
            "ПодарочныеСертификаты": [
                {
                    "ДанныеСертификата": self._gift_card(book, row.card_id),
                    "Сумма": money(-row.points),
                }
            ],
            "ОбщиеСвойстваОбъектовФормата": self._common(name, row.reason),
        }

    def _local_day(self, book, moment):
        return self._moment(book, None, moment).date()

    # --- accounts by templates --------------------------------------------------------

    def _template(self, book, event):
        """Template of postings of the company for an event."""
        rules = book.once(
            "templates",
            lambda: {
                rule.event: rule
                for rule in self.env["onec.posting.rule"].search(
                    [("company_id", "=", book.company.id)]
                )
            },
        )
        return rules.get(event, self.env["onec.posting.rule"])

    def _advance_account(self, book, payment):
        """Gift cards and top-ups paid by bank are advances on their own account."""
        parts = [
            self._move_parts(book, move)
            for move, _amount in book.facts["settled"].get(payment.id, ())
        ]
        if any(part["gift_card"] for part in parts):
            return self._template(book, "gift_sale").credit
        if any(part["ewallet"] for part in parts):
            return self._template(book, "wallet_topup").credit
        return super()._advance_account(book, payment)

    def _check_one_partner(self, partners, document):
        if len(partners) > 1:
            raise Blocked(
                self.env._(
                    "%(document)s moves the debts of several partners on one side. "
                    "Make an entry for each of them.",
                    document=document,
                )
            )
