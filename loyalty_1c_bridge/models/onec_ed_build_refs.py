from decimal import Decimal

from odoo import models

from ..engine.spread import money
from .constants import ISO_NUMERIC, OKEI
from .onec_ed_book import Blocked

# Rates that are called general; others above zero are reduced ones.
GENERAL_RATES = {"RU": (18, 20, 22), "KZ": (12, 16), "AM": (20,), "BY": (20,)}
# Rates of the enumeration СтавкиНДС of versions up to 1.16.
OLD_RATES = (0, 2, 4, 10, 18, 20)


class OnecEdBuild(models.AbstractModel):
    """References: how documents name organizations, partners, currencies and rates."""

    _inherit = "onec.ed.build"

    # --- organization, partners, contracts ------------------------------------------

    def _organization(self, book):
        """Key of the organization whose books the base keeps."""
        company = book.company
        row = book.map("organization", company)
        key = ("organization", "res.company", company.id, "")
        values = book.once(
            "organization",
            lambda: {
                "Ссылка": row.external_id,
                "Наименование": company.name,
                "НаименованиеСокращенное": company.name,
                **self._tax_ids(company.partner_id, company.country_id),
                "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
            },
        )
        book.master(key, "Справочник.Организации", lambda: {"КлючевыеСвойства": values})
        return values

    def _tax_ids(self, partner, home):
        """Tax numbers as the format has them, those of other countries apart."""
        number = "".join(char for char in partner.vat or "" if char.isalnum()).upper()
        country = partner.country_id
        code = (home.code or "").upper()
        digits = number.removeprefix(code) if code else number
        if not number:
            return {}
        foreign = country and home and country != home
        if not foreign and digits.isdigit() and len(digits) <= 12:
            return {"ИНН": digits, "КПП": self._kpp(partner)}
        return {"НалоговыйНомерНерезидента": number}

    def _kpp(self, partner):
        number = partner["onec_kpp"] if "onec_kpp" in partner._fields else ""
        return number if number and len(number) == 9 else None

    def _load_partners(self, book, partners, currencies):
        partners = partners.commercial_partner_id
        book.load("partner", partners)
        book.load("currency", currencies, "ed")
        for currency in currencies:
            book.load("contract", partners, currency.name)

    def _partner(self, book, partner):
        """Key of a counterparty; contacts and addresses belong to their company."""
        partner = partner.commercial_partner_id
        values = book.once(
            ("partner", partner.id), lambda: self._partner_key(book, partner)
        )
        book.master(
            ("partner", "res.partner", partner.id, ""),
            "Справочник.Контрагенты",
            lambda: self._partner_values(values, partner),
        )
        return values

    def _partner_key(self, book, partner):
        home = book.company.country_id
        numbers = self._tax_ids(partner, home)
        # Individual entrepreneurs of Russia have 12 digits.
        person = not partner.is_company or len(numbers.get("ИНН") or "") == 12
        name = partner.name or partner.email or partner.phone or f"№ {partner.id}"
        values = {
            "Ссылка": book.guid("partner", partner),
            "Наименование": name[:100],
            "НаименованиеПолное": name,
            **numbers,
            "ЮридическоеФизическоеЛицо": (
                "ФизическоеЛицо" if person else "ЮридическоеЛицо"
            ),
        }
        if partner.country_id and partner.country_id != home:
            values["СтранаРегистрации"] = {
                "ДанныеКлассификатора": {"Наименование": partner.country_id.name}
            }
        return values

    def _partner_values(self, key, partner):
        contacts = [
            ("Телефон", partner.phone),
            ("АдресЭлектроннойПочты", partner.email),
            ("ЮридическийАдрес", partner._display_address(True).replace("\n", ", ")),
        ]
        return {
            "КлючевыеСвойства": key,
            "КонтактнаяИнформация": [
                {"ВидКонтактнойИнформации": kind, "ЗначенияПолей": text.strip(", ")}
                for kind, text in contacts
                if text and text.strip(", ")
            ],
        }

    def _contract(self, book, partner, currency, supplier=False):
        """Key of the contract with a partner in a currency, one each."""
        partner = partner.commercial_partner_id
        role = f"{currency.name}/supplier" if supplier else currency.name
        key = ("contract", "res.partner", partner.id, role)
        party = self._partner(book, partner)
        name = "Основной договор"
        if currency != book.company.currency_id:
            name += f" ({currency.name})"
        values = {
            "Ссылка": book.guid("contract", partner, role),
            "ВидДоговора": "СПоставщиком" if supplier else "СПокупателем",
            "Организация": self._organization(book),
            "Контрагент": party,
            "ВалютаВзаиморасчетов": self._currency(book, currency),
            "РасчетыВУсловныхЕдиницах": False,
            "Наименование": name,
        }
        book.master(
            key,
            "Справочник.Договоры",
            lambda: {
                "КлючевыеСвойства": {
                    **values,
                    "Контрагент": self._partner(book, partner),
                    "Организация": self._organization(book),
                    "ВалютаВзаиморасчетов": self._currency(book, currency),
                }
            },
        )
        return values

    def _settlement(self, book, partner, currency, rate=1.0, **accounts):
        """ДанныеВзаиморасчетов: contract, currency and, by the map, accounts.

        :param rate: units of the company's currency for one of ``currency``
        :param accounts: ``debt`` and ``advance``: accounts here, or their codes in 1C
        """
        values = {
            "Договор": self._contract(
                book, partner, currency, accounts.pop("supplier", False)
            ),
            "ВалютаВзаиморасчетов": self._currency(book, currency),
            "РасчетыВУсловныхЕдиницах": False,
        }
        if currency != book.company.currency_id and rate:
            factor = 1
            while rate * factor < 10 and factor < 1000000:
                factor *= 10
            rate = Decimal(str(rate * factor)).quantize(Decimal("0.0001"))
            values["КурсВзаиморасчетов"] = rate
            values["КратностьВзаиморасчетов"] = factor
        for name, element in (
            ("debt", "СчетУчетаРасчетовСКонтрагентом"),
            ("advance", "СчетУчетаРасчетовПоАвансам"),
        ):
            values[element] = self._account(book, accounts.get(name))
        return values

    # --- classifiers ------------------------------------------------------------------

    def _uom(self, book, uom):
        """Key of a unit by its ОКЕИ code; units without one go by name."""
        codes = book.once("okei", lambda: self._uom_codes(book))
        code = codes.get(uom.id)
        values = {
            "ДанныеКлассификатора": {
                "Код": code or f"{uom.id:04d}",
                "Наименование": uom.name,
            }
        }
        book.master(
            ("uom", "uom.uom", uom.id, "ed"),
            "Справочник.ЕдиницыИзмерения",
            lambda: {"КлючевыеСвойства": values, "НаименованиеПолное": uom.name},
        )
        return values

    def _uom_codes(self, book):
        names = [xmlid.partition(".")[2] for xmlid in OKEI]
        known = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                [("model", "=", "uom.uom"), ("name", "in", names)],
                ["module", "name", "res_id"],
            )
        )
        codes = {row.res_id: OKEI.get(row.complete_name) for row in known}
        codes.update(self._external(book, "uom", "uom.uom"))
        return codes

    def _currency(self, book, currency):
        """Key of a currency by its number of ISO 4217."""
        code = ISO_NUMERIC.get(currency.name)
        if not code:
            code = book.once(
                "currencies",
                lambda: self._external(book, "currency", "res.currency"),
            ).get(currency.id)
        if not code:
            raise Blocked(
                self.env._(
                    "1C knows currencies by number. Enter the number of %(currency)s "
                    "under Correspondence, Currencies.",
                    currency=currency.name,
                )
            )
        values = {"ДанныеКлассификатора": {"Код": code, "Наименование": currency.name}}
        book.master(
            ("currency", "res.currency", currency.id, "ed"),
            "Справочник.Валюты",
            lambda: {
                "КлючевыеСвойства": values,
                "НаименованиеПолное": currency.full_name or currency.name,
            },
        )
        return values

    def _external(self, book, otype, model):
        """``{record id: id in 1C}`` of what somebody, or 1C, matched."""
        rows = (
            self.env["onec.map"]
            .sudo()
            .search_fetch(
                [
                    ("backend_id", "=", book.backend.id),
                    ("otype", "=", otype),
                    ("model", "=", model),
                    ("role", "=", ""),
                    ("origin", "!=", "odoo"),
                ],
                ["res_id", "external_id"],
            )
        )
        return {row.res_id: row.external_id for row in rows}

    def _account(self, book, account):
        """Code in 1C of an account of ours, where somebody matched it."""
        if not account or isinstance(account, str):
            return account or None
        codes = book.once(
            "accounts", lambda: self._external(book, "account", "account.account")
        )
        return codes.get(account.id)

    def _vat(self, book, taxes):
        """A VAT rate of any country, as a structure; 1.16 and older take some."""
        rates = [
            tax.amount
            for tax in taxes.flatten_taxes_hierarchy()
            if tax.amount_type == "percent"
        ]
        if not rates:
            return {
                "Ставка": Decimal(0),
                "РасчетнаяСтавка": False,
                "НеОблагается": True,
                "ВидСтавки": "БезНДС",
            }
        rate = money(sum(rates))
        if book.version in ("1.10", "1.16") and rate not in OLD_RATES:
            raise Blocked(
                self.env._(
                    "Version %(version)s of EnterpriseData has no VAT rate of "
                    "%(rate)s %%. Choose version 1.17 or newer in the 1C base.",
                    version=book.version,
                    rate=f"{rate.normalize():f}",
                )
            )
        code = (book.company.country_id.code or "").upper()
        general = GENERAL_RATES.get(code) or (
            book.company.account_sale_tax_id.amount or rate,
        )
        kind = "Нулевая" if not rate else "Общая" if rate in general else "Пониженная"
        return {
            "Ставка": rate,
            "РасчетнаяСтавка": False,
            "НеОблагается": False,
            "ВидСтавки": kind,
        }

    # --- places -----------------------------------------------------------------------

    def _warehouse(self, book, warehouse, retail=False):
        values = {
            "Ссылка": book.guid("warehouse", warehouse),
            "Наименование": warehouse.name,
            "ТипСклада": "Розничный" if retail else "Оптовый",
        }
        book.master(
            ("warehouse", "stock.warehouse", warehouse.id, ""),
            "Справочник.Склады",
            lambda: {"КлючевыеСвойства": {**values, "ТипСклада": "Оптовый"}},
        )
        return values

    def _default_warehouse(self, book):
        return book.once(
            "warehouse",
            lambda: self.env["stock.warehouse"].search(
                [("company_id", "=", book.company.id)], limit=1
            ),
        )
