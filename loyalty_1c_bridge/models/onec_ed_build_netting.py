from odoo import models

from ..engine.spread import money
from .onec_ed_book import Blocked, LeftOut

NETTING = "ПроведениеВзаимозачета"
TRANSFER = "ПереносЗадолженности"
WRITE_OFF = "СписаниеЗадолженности"


class OnecEdBuild(models.AbstractModel):
    """КорректировкаДолга: netting, transfers, write-offs, and what cards paid."""

    _inherit = "onec.ed.build"

    def _prepare_netting(self, book, records):
        book.load("organization", book.company)
        if records._name == "loyalty.point.move":
            partners = records.partner_id | records.card_id.partner_id
            currencies = records.program_id.currency_id
            self._load_partners(book, partners, currencies)
            return
        self._prepare_sale(book, records)
        partners = records.line_ids.partner_id
        self._load_partners(book, partners, records.currency_id)
        book.load("sale", records.filtered(lambda move: move.is_sale_document()))

    def _values_netting(self, book, record):
        if record._name == "loyalty.point.move":
            return self._lost_wallet(book, record)
        if record.is_sale_document(include_receipts=True):
            return self._paid_by_cards(book, record)
        return self._netted_debts(book, record)

    def _netting_values(self, book, record, name, day, currency, kind, **values):
        return {
            "КлючевыеСвойства": self._document_key(book, "netting", record, name, day),
            "Валюта": self._currency(book, currency),
            "ВидОперации": kind,
            **values,
            "ОбщиеСвойстваОбъектовФормата": self._common(
                name, record["ref"] if "ref" in record._fields else record.reason
            ),
        }

    def _debt_row(self, book, partner, currency, amount, account=None, **values):
        supplier = values.pop("supplier", False)
        advance = values.pop("advance", False)
        return {
            "Сумма": amount,
            "СуммаВзаиморасчетов": amount,
            "ДанныеВзаиморасчетов": self._settlement(
                book, partner, currency, debt=account, supplier=supplier
            ),
            "ВидРасчетов": "СПоставщиком" if supplier else "СПокупателем",
            "ВидРасчетовРасширенный": {
                "ВидРасчетовСПокупателямиПоставщиками": "Аванс" if advance else "Долг"
            },
            **values,
        }

    # --- gift cards and wallets that paid ---------------------------------------------

    def _paid_by_cards(self, book, move):
        """What gift cards and wallets paid of a sale, or got back by a return."""
        paid = self._move_parts(book, move)["paid"]
        if not paid:
            raise LeftOut(
                self.env._("%(document)s is not paid by cards.", document=move.name)
            )
        amount = sum(paid.values(), money(0))
        partner, currency = move.partner_id, move.currency_id
        otype = move._onec_otype()
        debt = self._debt_row(
            book,
            partner,
            currency,
            amount,
            self._receivable(move),
            ДокументРасчетов=self._settled_document(book, move),
        )
        gifts = all(card.program_type == "gift_card" for card in paid)
        event = "gift_use" if gifts else "wallet_use"
        rule = self._template(book, event)
        back = otype == "return"
        values = {
            "СуммаДебиторскойЗадолженности": money(0) if back else amount,
            "СуммаКредиторскойЗадолженности": amount if back else money(0),
            "КонтрагентДебитор": self._partner(book, partner),
            "КонтрагентКредитор": self._partner(book, partner),
            "КредиторскаяЗадолженность" if back else "ДебиторскаяЗадолженность": [debt],
        }
        kind = WRITE_OFF
        if gifts and self._sells_gift_cards(book) and rule.debit:
            values["СчетКт" if back else "СчетДт"] = rule.debit
        else:
            # The money lies as an advance with the customer.
            kind = NETTING
            values["СуммаКредиторскойЗадолженности"] = amount
            values["СуммаДебиторскойЗадолженности"] = amount
            side = "ДебиторскаяЗадолженность" if back else "КредиторскаяЗадолженность"
            values[side] = [
                self._debt_row(
                    book, partner, currency, amount, rule.debit, advance=True
                )
            ]
        day = move.invoice_date or move.date
        return self._netting_values(
            book, move, move.name, day, currency, kind, **values
        )

    def _sells_gift_cards(self, book):
        return book.knows("Документ.РеализацияПодарочныхСертификатов")

    def _lost_wallet(self, book, row):
        """Money of a wallet that expired or was taken off: income."""
        partner = row.partner_id or row.card_id.partner_id
        if not partner:
            raise Blocked(
                self.env._(
                    "Wallet %(card)s has no owner, so 1C cannot write it off. Enter "
                    "the owner, or make the entry in 1C by hand.",
                    card=row.card_id.masked_code,
                )
            )
        amount, currency = money(-row.points), row.program_id.currency_id
        rule = self._template(book, "gift_cancel")
        wallet = self._template(book, "wallet_use")
        return self._netting_values(
            book,
            row,
            f"№ {row.id}",
            self._local_day(book, row.date),
            currency,
            WRITE_OFF,
            СуммаКредиторскойЗадолженности=amount,
            КонтрагентКредитор=self._partner(book, partner),
            КредиторскаяЗадолженность=[
                self._debt_row(
                    book, partner, currency, amount, wallet.debit, advance=True
                )
            ],
            СчетКт=rule.credit or None,
        )

    # --- entries of the ledger --------------------------------------------------------

    def _netted_debts(self, book, move):
        debts = move._onec_debts()
        lowered = debts.filtered(lambda line: line.balance < 0)
        raised = debts - lowered
        others = move.line_ids - debts
        for side in (lowered, raised):
            self._check_one_partner(side.partner_id.commercial_partner_id, move.name)
        values = {
            "СуммаДебиторскойЗадолженности": self._debt_sum(lowered),
            "СуммаКредиторскойЗадолженности": self._debt_sum(raised),
            "КонтрагентДебитор": self._party(book, lowered),
            "КонтрагентКредитор": self._party(book, raised),
            "ДебиторскаяЗадолженность": self._debt_rows(book, lowered),
            "КредиторскаяЗадолженность": self._debt_rows(book, raised),
        }
        kind = NETTING
        if others:
            kind = WRITE_OFF
            side = "СчетДт" if lowered else "СчетКт"
            values[side] = self._account(book, others.account_id[:1])
        elif self._is_transfer(lowered, raised):
            kind = TRANSFER
        return self._netting_values(
            book, move, move.name, move.date, move.currency_id, kind, **values
        )

    @staticmethod
    def _is_transfer(lowered, raised):
        """The same kind of debt goes from one partner to another."""
        types = (lowered | raised).account_id.mapped("account_type")
        return len(set(types)) == 1 and lowered.partner_id != raised.partner_id

    @staticmethod
    def _debt_sum(lines):
        return sum((money(abs(line.amount_currency)) for line in lines), money(0))

    def _party(self, book, lines):
        return self._partner(book, lines.partner_id[:1]) if lines else None

    def _debt_rows(self, book, lines):
        return [
            self._debt_row(
                book,
                line.partner_id,
                line.currency_id,
                money(abs(line.amount_currency)),
                line.account_id,
                supplier=line.account_id.account_type == "liability_payable",
            )
            for line in lines
        ]
