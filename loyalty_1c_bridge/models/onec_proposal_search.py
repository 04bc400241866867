from odoo import api, models
from odoo.fields import Domain

from ..engine import ids, values
from ..engine.similarity import plain_name, similarity
from .onec_map_match import TARGETS

# From this likeness on a name is proposed; never accepted by itself.
ALIKE = 0.9
# Names looked at for one object.
CANDIDATES = 400
# Letters of the longest word that have to agree.
START = 4


class OnecProposal(models.Model):
    """Where proposals come from."""

    _inherit = "onec.proposal"

    @api.model
    def _propose(self, backend, otype, keys):
        """Records that may be some objects of 1C, the most likely first.

        :param keys: ``{external id: facts}``: of a partner ``inn``, ``kpp``, ``name``,
            ``accounts``; of a product ``barcode``, ``article``, ``name``; of reference
            data as for ``backend._resolve``
        :return: ``{external id: [(record, score, reason, exact), ...]}``
        """
        self = self.sudo().with_company(backend.company_id)
        method = getattr(self, f"_propose_{otype}", self._propose_reference)
        return method(backend, otype, keys) if keys else {}

    # --- counterparties -------------------------------------------------------------

    @api.model
    def _propose_partner(self, backend, otype, keys):
        by_tax_id = self._partners_by_tax_id(backend, keys)
        by_account = self._partners_by_account(backend, keys)
        found = {}
        for key, facts in keys.items():
            answer = self._by_tax_id(facts, by_tax_id)
            account = [
                (partner, 0.9, "bank_account", False)
                for number in facts.get("accounts") or []
                for partner in by_account.get(_account(number), [])
            ]
            answer += account
            if not answer:
                answer = self._by_name(backend, "res.partner", facts)
            found[key] = _once(answer)
        return found

    @api.model
    def _partners_by_tax_id(self, backend, keys):
        numbers = {ids.normalise(facts.get("inn")) for facts in keys.values()} - {""}
        spelled = [prefix + number for number in numbers for prefix in ("", *ids.KINDS)]
        told = [facts["inn"] for facts in keys.values() if facts.get("inn")]
        partners = self._candidates(
            backend, "res.partner", [("vat", "in", spelled + told)]
        )
        # A contact shows the tax id of its company: the company is meant.
        partners = partners.filtered(lambda p: p.commercial_partner_id == p)
        return partners.grouped(lambda partner: ids.normalise(partner.vat))

    @api.model
    def _by_tax_id(self, facts, by_tax_id):
        partners = by_tax_id.get(ids.normalise(facts.get("inn")), [])
        kpp = ids.normalise(facts.get("kpp"))
        same = [p for p in partners if ids.normalise(p.onec_kpp) == kpp]
        open_ones = [p for p in partners if not p.onec_kpp or not kpp]
        best = same or open_ones
        reason = "tax_id_kpp" if same and kpp else "tax_id"
        return [
            (partner, 1.0, reason, len(best) == 1)
            if partner in best
            else (partner, 0.8, "tax_id_only", False)
            for partner in sorted(partners, key=lambda p: p not in best)
        ]

    @api.model
    def _partners_by_account(self, backend, keys):
        numbers = {
            _account(number)
            for facts in keys.values()
            for number in facts.get("accounts") or []
        }
        accounts = self.env["res.partner.bank"].search(
            [("sanitized_acc_number", "in", list(numbers - {""}))]
        )
        return {
            number: same.partner_id.commercial_partner_id
            for number, same in accounts.grouped("sanitized_acc_number").items()
        }

    # --- goods ----------------------------------------------------------------------

    @api.model
    def _propose_product(self, backend, otype, keys):
        groups = {}
        for field in ("barcode", "default_code"):
            fact = "barcode" if field == "barcode" else "article"
            told = {facts.get(fact) for facts in keys.values()} - {None, ""}
            products = self._candidates(
                backend, "product.product", [(field, "in", list(told))]
            )
            groups[field] = products.grouped(field)
        found = {}
        for key, facts in keys.items():
            barcode = groups["barcode"].get(facts.get("barcode")) or []
            article = groups["default_code"].get(facts.get("article")) or []
            answer = [(p, 1.0, "barcode", len(barcode) == 1) for p in barcode]
            answer += [
                (p, 0.95, "article", len(article) == 1 and not barcode) for p in article
            ]
            found[key] = _once(
                answer or self._by_name(backend, "product.product", facts)
            )
        return found

    # --- reference data -------------------------------------------------------------

    @api.model
    def _propose_reference(self, backend, otype, keys):
        exact = getattr(backend.sudo(), f"_exact_{otype}", None)
        reason = {"tax": "rate", "uom": "code", "currency": "code", "account": "code"}
        found = {}
        for key, facts in keys.items():
            record = exact(facts or {}) if exact else None
            if record:
                name = reason.get(otype, "same_name")
                if otype == "tax" and facts.get("included") is None:
                    name = "rate_only"
                found[key] = [(record, 1.0, name, True)]
            elif otype == "tax":
                found[key] = self._taxes_of_rate(backend, facts)
            else:
                found[key] = self._by_name(
                    backend, TARGETS[otype], facts, alike=0.6
                ) or self._only_one(backend, otype)
        return found

    @api.model
    def _taxes_of_rate(self, backend, facts):
        rate, _gross = values.tax_rate(facts.get("rate") or facts.get("name"))
        if rate in (None, values.EXEMPT):
            return []
        taxes = self._candidates(
            backend,
            "account.tax",
            [
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("amount", "=", float(rate)),
            ],
        )
        return [(tax, 0.8, "rate_only", False) for tax in taxes]

    @api.model
    def _only_one(self, backend, otype):
        if otype not in ("warehouse", "price_type"):
            return []
        records = self._candidates(backend, TARGETS[otype], [])
        return [(records, 0.5, "only", False)] if len(records) == 1 else []

    # --- helpers --------------------------------------------------------------------

    @api.model
    def _candidates(self, backend, model, domain, limit=None):
        records = self.env[model]
        domain = Domain(domain)
        if {"company_id", "company_ids"} & records._fields.keys():
            domain &= Domain(records._check_company_domain(backend.company_id))
        return records.search(domain, limit=limit)

    @api.model
    def _by_name(self, backend, model, facts, alike=ALIKE):
        """Records of a similar name; only people accept them."""
        name = (facts or {}).get("name")
        words = sorted(plain_name(name).split(), key=len)
        if not words:
            return []
        # The beginning of the longest word, whatever is mistyped after it; "ё" is
        # spelled "е" in plain names and the database has to find both.
        longest = words[-1][:START].replace("е", "_")
        label = self.env[model]._rec_name or "name"
        records = self._candidates(
            backend, model, [(label, "ilike", longest)], CANDIDATES
        )
        scored = [(similarity(name, record[label]), record) for record in records]
        return [
            (
                record,
                round(score, 2),
                "same_name" if score == 1 else "like_name",
                False,
            )
            for score, record in sorted(scored, key=lambda pair: -pair[0])
            if score >= alike
        ][:5]


def _account(number):
    return "".join(char for char in (number or "") if char.isalnum()).upper()


def _once(answer):
    """Each record once, with its best reason."""
    return list(
        {record: (record, *rest) for record, *rest in reversed(answer)}.values()
    )[::-1]
