from odoo import fields, models
from odoo.fields import Domain

from ..engine import values
from .constants import ISO_NUMERIC, OKEI


class OnecBackend(models.Model):
    """Reference data of 1C: taxes, units, currencies, warehouses, price types."""

    _inherit = "onec.backend"

    accept_exact = fields.Boolean(
        "Accept exact matches",
        default=True,
        help="A tax of the same rate and inclusion, a unit of the same ОКЕИ code, a "
        "currency of the same ISO code, a warehouse, price type or account of the same "
        "name are matched at once when there is exactly one. Otherwise each waits for "
        "somebody's choice.",
    )

    def _resolve(self, otype, keys):
        """Our records for reference data of 1C.

        A key that nothing is known of is not in the answer: the caller stops that line
        and asks. An empty record means "none", as of «Без НДС».

        :param otype: a key of ``OTYPES``
        :param keys: ``{external id: facts}``; of a tax ``name``, ``rate`` (text)
            and ``included`` (or None), of a unit ``code``, ``name``, ``international``,
            of a currency ``code``, of others ``name`` and what a part adds
        :return: ``{external id: record}``
        """
        self.ensure_one()
        answer = {}
        for external_id, row in self._find(otype, keys).items():
            record = row._records()
            if row.state != "ignored" and record:
                answer[external_id] = record
        exact = getattr(self, f"_exact_{otype}", None)
        if exact is None or not self.accept_exact:
            return answer
        found = {}
        for external_id in keys.keys() - answer.keys():
            record = exact(keys[external_id] or {})
            if record is None:
                continue
            answer[external_id] = record
            if record:
                found[external_id] = record
        self._bind(otype, found, {key: keys[key].get("name") for key in found})
        return answer

    def _bind(self, otype, records, names=None):
        """Write rows of the map for things born in 1C.

        :param records: ``{external id: record}``; a record that has another object of
            the same kind already gets a role, so that both stay known
        """
        self.ensure_one()
        maps = self.env["onec.map"].sudo()
        for external_id, record in records.items():
            taken = maps.search_count(
                [
                    ("backend_id", "=", self.id),
                    ("otype", "=", otype),
                    ("model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("role", "=", ""),
                ],
                limit=1,
            )
            maps.create(
                {
                    "backend_id": self.id,
                    "otype": otype,
                    "external_id": external_id,
                    "external_name": (names or {}).get(external_id),
                    "model": record._name,
                    "res_id": record.id,
                    "role": external_id if taken else "",
                    "origin": "1c",
                    "last_in": fields.Datetime.now(),
                }
            )

    # --- exactly one, or None ---------------------------------------------------------

    def _only(self, records):
        return records if len(records) == 1 else None

    def _exact_tax(self, facts):
        rate, gross = values.tax_rate(facts.get("rate"))
        if rate is None:
            return None
        included = True if gross else facts.get("included")
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", 0.0 if rate == values.EXEMPT else float(rate)),
            ]
        )
        taxes = self.env["account.tax"].search(domain)
        if rate == values.EXEMPT:
            return taxes if len(taxes) == 1 else taxes.browse()
        if included is not None:
            taxes = taxes.filtered(lambda tax: tax.price_include == included)
        return self._only(taxes)

    def _exact_uom(self, facts):
        code = values.unit_code(
            facts.get("code"), facts.get("name"), facts.get("international")
        )
        for xmlid, okei in OKEI.items():
            if okei == code:
                return self.env.ref(xmlid, raise_if_not_found=False)
        name = (facts.get("name") or "").strip()
        return (
            self._only(self.env["uom.uom"].search([("name", "=ilike", name)]))
            if (name)
            else None
        )

    def _exact_currency(self, facts):
        code = values.currency_code(facts.get("code"), ISO_NUMERIC)
        return self._only(self.env["res.currency"].search([("name", "=", code)]))

    def _exact_warehouse(self, facts):
        return self._named("stock.warehouse", facts)

    def _exact_price_type(self, facts):
        lists = self._named("product.pricelist", facts)
        code = values.currency_code(facts.get("currency"), ISO_NUMERIC)
        return lists if lists and code in ("", lists.currency_id.name) else None

    def _exact_account(self, facts):
        code = (facts.get("code") or "").strip()
        accounts = self.env["account.account"].with_company(self.company_id)
        return self._only(accounts.search([("code", "=", code)])) if code else None

    def _exact_payment_method(self, facts):
        return self._named("account.journal", facts)

    def _named(self, model, facts):
        """The one record of the company that is called so, whatever the case."""
        name = (facts.get("name") or "").strip()
        if not name:
            return None
        records = self.env[model]
        return self._only(
            records.search(
                Domain(records._check_company_domain(self.company_id))
                & Domain("name", "=ilike", name)
            )
        )
