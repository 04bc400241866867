from odoo import models

from ..engine.spread import money
from .onec_ed_book import Blocked, LeftOut

# How documents of settlement are named in ДокументРасчетов.
SETTLED = {
    "sale": "РеализацияТоваровУслугСсылка",
    "return": "ВозвратТоваровОтПокупателяСсылка",
}


class OnecEdBuild(models.AbstractModel):
    """Payments: bank, cash desk and payment cards; debts paid and advances."""

    _inherit = "onec.ed.build"

    def _prepare_bank_in(self, book, payments):
        self._prepare_payments(book, payments)

    def _prepare_bank_out(self, book, payments):
        self._prepare_payments(book, payments)

    def _prepare_cash_in(self, book, payments):
        self._prepare_payments(book, payments)

    def _prepare_cash_out(self, book, payments):
        self._prepare_payments(book, payments)

    def _prepare_card_payment(self, book, payments):
        self._prepare_payments(book, payments)

    def _prepare_payments(self, book, payments):
        self._load_partners(book, payments.partner_id, payments.currency_id)
        book.load("organization", book.company)
        book.load("journal", payments.journal_id)
        book.load("bank_account", payments.journal_id.bank_account_id)
        settled = book.facts.setdefault("settled", {})
        settled.update(self._find_settled(payments))
        moves = self.env["account.move"].union(
            *(move for items in settled.values() for move, _amount in items)
        )
        self._prepare_sale(book, moves)
        sales = moves.filtered(lambda move: move._onec_otype() == "sale")
        book.load("sale", sales)
        book.load("return", moves.filtered(lambda move: move._onec_otype() == "return"))

    def _find_settled(self, payments):
        """``{payment id: [(invoice or credit note, amount)]}`` in its currency."""
        found = {payment.id: [] for payment in payments}
        by_move = {
            payment.move_id.id: payment for payment in payments if payment.move_id
        }
        partials = self.env["account.partial.reconcile"].search(
            [
                "|",
                ("debit_move_id.move_id", "in", list(by_move)),
                ("credit_move_id.move_id", "in", list(by_move)),
            ],
            order="id",
        )
        for partial in partials:
            debit, credit = (
                partial.debit_move_id.move_id,
                partial.credit_move_id.move_id,
            )
            for own, other, amount in (
                (debit, credit, partial.debit_amount_currency),
                (credit, debit, partial.credit_amount_currency),
            ):
                if own.id in by_move and other.is_invoice(include_receipts=True):
                    found[by_move[own.id].id].append((other, money(abs(amount))))
        for payment in payments.filtered(lambda p: not p.move_id):
            left = money(payment.amount)
            for move in payment.invoice_ids:
                part = min(left, money(move.amount_total))
                found[payment.id].append((move, part))
                left -= part
        return found

    # --- what a payment pays ----------------------------------------------------------

    def _payment_parts(self, book, payment):
        """``{"rows": [(invoice or nothing, amount)], "gift": sum, "retail": sum}``.

        What paid for gift cards over the counter goes as their sale, and what paid
        receipts of the till is inside the retail report; the rest are debts paid, and
        an advance.
        """
        parts = {"rows": [], "gift": money(0), "retail": money(0)}
        counter = self._is_over_counter(book, payment)
        left = money(payment.amount)
        advance = money(0)
        for move, amount in book.facts["settled"].get(payment.id, ()):
            amount = min(amount, left)
            left -= amount
            if self._is_retail(move):
                parts["retail"] += amount
                continue
            gift = self._share_of(book, move, amount, "gift_card")
            wallet = self._share_of(book, move, amount - gift, "ewallet")
            if counter:
                parts["gift"] += gift
            advance += wallet if counter else gift + wallet
            if debt := amount - gift - wallet:
                parts["rows"].append((move, debt))
        if left + advance:
            parts["rows"].append((None, left + advance))
        return parts

    def _is_retail(self, move):
        """Whether a receipt is reported with the day of its till."""
        return move._onec_is_retail()

    def _is_over_counter(self, book, payment):
        """Whether gift cards bought with this payment go as a sale of gift cards.

        Versions before 1.17 have no such document, and money of the bank is no
        till's: there the payment is an advance.
        """
        return (
            payment.payment_type == "inbound"
            and payment.journal_id._onec_kind() in ("cash", "card")
            and book.knows("Документ.РеализацияПодарочныхСертификатов")
        )

    def _share_of(self, book, move, amount, kind):
        """What of ``amount`` paid for gift cards or top-ups of an invoice."""
        total = money(move.amount_total)
        part = self._move_parts(book, move)[kind]
        if not total or not part:
            return money(0)
        return min(amount, money(amount * part / total))

    def _check_payment(self, book, payment):
        """Parts of a payment that is a document of its own.

        :raise LeftOut: all of it goes otherwise
        """
        if not payment.partner_id:
            raise Blocked(
                self.env._(
                    "Payment %(payment)s has no partner. Enter who paid or was paid.",
                    payment=payment.display_name,
                )
            )
        parts = self._payment_parts(book, payment)
        if parts["gift"]:
            self._add_companion(book, "gift_sale", payment)
        if not parts["rows"]:
            raise LeftOut(
                self.env._(
                    "%(payment)s paid for gift cards or receipts of the till only: the "
                    "money is in the sale of gift cards or in the retail report.",
                    payment=payment.display_name,
                )
            )
        return parts

    # --- documents --------------------------------------------------------------------

    def _values_bank_in(self, book, payment):
        return self._bank_values(book, payment, "bank_in")

    def _values_bank_out(self, book, payment):
        values = self._bank_values(book, payment, "bank_out")
        common = values["ОбщиеДанные"]
        if (
            "ДатаВходящегоДокумента"
            not in book.schema.type("ОбщиеСвойстваСБДС").elements
        ):
            for name in ("ДатаВходящегоДокумента", "НомерВходящегоДокумента"):
                values["КлючевыеСвойства"][name] = common.pop(name)
        purpose = common.pop("НазначениеПлатежа")
        common["РеквизитыПлатежа"] = {"НазначениеПлатежа": purpose} if purpose else None
        return values

    def _bank_values(self, book, payment, otype):
        parts = self._check_payment(book, payment)
        values = self._payment_values(book, payment, otype, parts)
        values["ОбщиеДанные"] = {
            "ДатаВыписки": payment.date,
            "ДатаВходящегоДокумента": payment.date,
            "НомерВходящегоДокумента": payment.payment_reference or payment.name,
            "Валюта": self._currency(book, payment.currency_id),
            "Сумма": self._payment_sum(parts),
            "БанковскийСчетОрганизации": self._own_account(book, payment.journal_id),
            "НазначениеПлатежа": payment.memo or None,
        }
        return values

    def _values_cash_in(self, book, payment):
        values = self._cash_values(book, payment, "cash_in")
        values["ОбщиеДанные"]["ПринятоОт"] = payment.partner_id.display_name
        return values

    def _values_cash_out(self, book, payment):
        values = self._cash_values(book, payment, "cash_out")
        values["ОбщиеДанные"]["Выдать"] = payment.partner_id.display_name
        return values

    def _cash_values(self, book, payment, otype):
        parts = self._check_payment(book, payment)
        values = self._payment_values(book, payment, otype, parts)
        values["ОбщиеДанные"] = {
            "Валюта": self._currency(book, payment.currency_id),
            "Сумма": self._payment_sum(parts),
            "Основание": payment.memo or None,
        }
        values["Касса"] = self._cash_desk(book, payment)
        return values

    def _values_card_payment(self, book, payment):
        parts = self._check_payment(book, payment)
        values = self._payment_values(book, payment, "card_payment", parts)
        values.pop("ВидРасчетов")
        inbound = payment.payment_type == "inbound"
        values["КлючевыеСвойства"]["ВидОперации"] = (
            "ОплатаОтКлиентаПлатежнойКартой"
            if inbound
            else "ВозвратОплатыКлиентуНаПлатежнуюКарту"
        )
        values["Валюта"] = self._currency(book, payment.currency_id)
        values["Сумма"] = self._payment_sum(parts)
        if payment.journal_id.bank_account_id:
            values["БанковскийСчетОрганизации"] = self._own_account(
                book, payment.journal_id
            )
        return values

    def _payment_sum(self, parts):
        return sum((amount for _move, amount in parts["rows"]), money(0))

    def _payment_values(self, book, payment, otype, parts):
        supplier = payment.partner_type == "supplier"
        return {
            "КлючевыеСвойства": self._document_key(
                book, otype, payment, payment.name, payment.date
            ),
            "ВидРасчетов": "СПоставщиком" if supplier else "СПокупателем",
            "Контрагент": self._partner(book, payment.partner_id),
            "РасшифровкаПлатежа": [
                self._payment_row(book, payment, supplier, *item)
                for item in parts["rows"]
            ],
            "ОбщиеСвойстваОбъектовФормата": self._common(payment.name, payment.memo),
        }

    def _payment_row(self, book, payment, supplier, move, amount):
        rate = abs(payment.amount_company_currency_signed) / (payment.amount or 1.0)
        advance = self._advance_account(book, payment) if not move else None
        kind = "Долг" if move else "Аванс"
        return {
            "Сумма": amount,
            "СуммаВзаиморасчетов": amount,
            "ДанныеВзаиморасчетов": self._settlement(
                book,
                payment.partner_id,
                payment.currency_id,
                rate,
                supplier=supplier,
                debt=payment.destination_account_id,
                advance=advance,
            ),
            "ВидРасчетовРасширенный": {"ВидРасчетовСПокупателямиПоставщиками": kind},
            "СпособПогашенияЗадолженности": "Автоматически",
            "ДокументРасчетов": self._settled_document(book, move),
        }

    def _advance_account(self, book, payment):
        """Code of the account of advances, where a template of postings names one."""
        return None

    def _settled_document(self, book, move):
        otype = move._onec_otype() if move else None
        if otype not in SETTLED or not self._move_parts(book, move)["goods"]:
            return None
        return {
            SETTLED[otype]: self._document_key(
                book, otype, move, move.name, move.invoice_date or move.date
            )
        }

    # --- where the money is -----------------------------------------------------------

    def _own_account(self, book, journal):
        """Key of the organization's bank account of a journal."""
        account = journal.bank_account_id
        if not account:
            raise Blocked(
                self.env._(
                    "Journal %(journal)s has no bank account number. Enter it in the "
                    "journal, and 1C knows where the money is.",
                    journal=journal.name,
                )
            )
        values = {
            "Ссылка": book.guid("bank_account", account),
            "НомерСчета": (account.acc_number or "").replace(" ", "")[:34],
            "Банк": self._bank(account.bank_id),
            "Владелец": {"ОрганизацииСсылка": self._organization(book)},
        }
        currency = journal.currency_id or book.company.currency_id
        book.master(
            ("bank_account", "res.partner.bank", account.id, ""),
            "Справочник.БанковскиеСчета",
            lambda: {
                "КлючевыеСвойства": values,
                "ВалютаДенежныхСредств": self._currency(book, currency),
            },
        )
        return values

    def _bank(self, bank):
        if not bank:
            return None
        code = bank.bic or ""
        local = code.isdigit() and len(code) == 9
        return {
            "ДанныеКлассификатораБанков": {
                "Наименование": bank.name,
                "БИК": code if local else None,
                "СВИФТБИК": code if code and not local and len(code) <= 11 else None,
            }
        }

    def _cash_desk(self, book, payment):
        return {
            "Ссылка": book.guid("journal", payment.journal_id),
            "Наименование": payment.journal_id.name,
            "Валюта": self._currency(book, payment.currency_id),
            "Организация": self._organization(book),
        }
