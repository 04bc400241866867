from difflib import SequenceMatcher

import phonenumbers

from odoo import api, models
from odoo.fields import Domain

from ..engine import ids

# Below this, two names are of two people, not one renamed.
SAME_NAME = 0.4


class OnecApplyPartner(models.AbstractModel):
    """Counterparties of CommerceML and EnterpriseData as partners.

    Found by their id in 1C, then by tax id and КПП where exactly one partner has them;
    never by name. An id under which 1C sends different people ("retail buyer") says
    nothing about who it is, and is asked about.
    """

    _name = "onec.apply.partner"
    _inherit = "onec.apply"
    _description = "Applying of 1C counterparties"
    _onec_otype = "partner"

    @api.model
    def _default_owners(self):
        return {"street": "if_empty", "phone": "if_empty", "email": "if_empty"}

    @api.model
    def _apply_batch(self, message, items, rows):
        owners = self._owners(message.backend_id)
        by_tax_id = self._by_tax_id(message.backend_id, items)
        return [
            self._apply_one(message, item, rows, owners, by_tax_id) for item in items
        ]

    @api.model
    def _apply_one(self, message, item, rows, owners, by_tax_id):
        row = rows.get(item.id)
        partner = row._records() if row else self.env["res.partner"]
        if row and partner and self._is_somebody_else(row, partner, item.record):
            return self._ask_shared(message, item, row, partner)
        if not partner:
            found = self._same_tax_id(item.record, by_tax_id)
            if len(found) > 1:
                return self._ask_which(message, item, found)
            partner = found
        incoming = self._incoming(message.backend_id, item.record)
        if not partner:
            return self._create(message, item, rows, incoming)
        return self._update(message, item, rows, partner, incoming, owners)

    # --- who --------------------------------------------------------------------------

    @api.model
    def _by_tax_id(self, backend, items):
        """``{tax id: partners}`` of all new counterparties in one query."""
        numbers = {ids.normalise(item.record.inn) for item in items} - {""}
        prefixes = ("", *ids.KINDS)
        partners = self.env["res.partner"].search(
            Domain(self.env["res.partner"]._check_company_domain(backend.company_id))
            & Domain("parent_id", "=", False)
            & (
                Domain(
                    "vat", "in", [p + number for number in numbers for p in prefixes]
                )
                | Domain("company_registry", "in", list(numbers))
            )
        )
        found = {}
        for partner in partners:
            for number in {
                ids.normalise(partner.vat),
                ids.normalise(partner.company_registry),
            } & numbers:
                found[number] = found.get(number, partner.browse()) | partner
        return found

    @api.model
    def _same_tax_id(self, record, by_tax_id):
        number = ids.normalise(record.inn)
        found = by_tax_id.get(number, self.env["res.partner"])
        if record.kpp and len(found) > 1:
            found = found.filtered(lambda one: one.onec_kpp == record.kpp) or found
        if record.kpp and len(found) == 1 and found.onec_kpp not in (False, record.kpp):
            return self.env["res.partner"]  # a branch of the same company
        return found

    @api.model
    def _is_somebody_else(self, row, partner, record):
        here, told = partner._onec_tax_id(), ids.normalise(record.inn)
        if here and told:
            return ids.normalise(here) != told
        if row.origin != "1c" or not record.name or here or told:
            return False
        names = (partner.name or "").casefold(), record.name.casefold()
        return SequenceMatcher(None, *names).ratio() < SAME_NAME

    @api.model
    def _ask_shared(self, message, item, row, partner):
        if not message.dry_run:
            self.env["onec.conflict"]._ask(
                message.backend_id,
                "shared_id",
                f"partner:{item.id}",
                self.env._(
                    "1C uses one id for %(one)s and %(two)s",
                    one=partner.name,
                    two=item.record.name,
                ),
                otype="partner",
                external_id=item.id,
                map_id=row.id,
                message_id=message.id,
                model=partner._name,
                res_id=partner.id,
                left=self._card(partner.name, partner._onec_tax_id(), partner.onec_kpp),
                right=self._card(item.record.name, item.record.inn, item.record.kpp),
                proposal=self.env._(
                    "Nothing was overwritten. Is it the same one, renamed? Choose 1C. "
                    "Is it a common “retail buyer”? Choose ours: the id is ignored."
                ),
                payload={"record": self._plain(item.record)},
            )
        return self._result(item, "conflict", partner, name=item.record.name)

    @api.model
    def _ask_which(self, message, item, found):
        if not message.dry_run:
            self.env["onec.conflict"]._ask(
                message.backend_id,
                "missing_map",
                f"partner:{item.id}",
                self.env._(
                    "%(count)s partners have the tax id of %(name)s",
                    count=len(found),
                    name=item.record.name,
                ),
                otype="partner",
                external_id=item.id,
                message_id=message.id,
                left={str(one.id): one.display_name for one in found},
                right=self._card(item.record.name, item.record.inn, item.record.kpp),
                proposal=self.env._(
                    "Merge the partners, or match one in the correspondence, then try "
                    "again."
                ),
            )
        return self._result(item, "conflict", name=item.record.name)

    @api.model
    def _card(self, name, inn, kpp):
        return {
            self.env._("Name"): name or "",
            self.env._("Tax id"): inn or "",
            self.env._("КПП"): kpp or "",
        }

    # --- what -------------------------------------------------------------------------

    @api.model
    def _plain(self, record):
        return {"name": record.name, "inn": record.inn, "kpp": record.kpp}

    @api.model
    def _incoming(self, backend, record):
        """Values of our fields which 1C speaks of."""
        values = {"name": (record.name or record.full_name or "").strip()}
        number = ids.normalise(record.inn)
        country = backend.company_id.country_id.code
        if number:
            # A malformed number would be refused as a VAT id; it is kept as it is.
            wrong = ids.problem(number, country) and not ids.kinds_of(number)
            values["company_registry" if wrong else "vat"] = number
        if record.kpp:
            values["onec_kpp"] = record.kpp.strip()[:9]
        if record.address:
            values["street"] = record.address
        for contact in record.contacts:
            kind = contact.kind.casefold()
            if "@" in contact.value:
                values.setdefault("email", contact.value.strip())
            elif "тел" in kind or "phone" in kind:
                values.setdefault("phone", self._phone(contact.value, country))
        return {name: value for name, value in values.items() if value}

    @api.model
    def _phone(self, text, country):
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            return text.strip()
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    @api.model
    def _create(self, message, item, rows, incoming):
        record = item.record
        if record.deleted:
            return self._result(item, "skip")
        if message.dry_run:
            return self._result(item, "create", diff=self._diff({}, incoming))
        partner = self.env["res.partner"].create(
            {
                **incoming,
                "name": incoming.get("name") or record.id,
                "is_company": bool(record.official_name)
                or len(ids.normalise(record.inn)) in (9, 10),
            }
        )
        self._link(
            message.backend_id,
            rows,
            [(item, partner)],
            {item.id: {"seen": self._seen(None, incoming)}},
        )
        return self._result(item, "create", partner, diff=self._diff({}, incoming))

    @api.model
    def _update(self, message, item, rows, partner, incoming, owners):
        row = rows.get(item.id)
        current = {name: partner[name] or "" for name in incoming}
        changes, clashes = self._merge(owners, row, current, incoming)
        if item.record.deleted == bool(partner.active):
            changes["active"] = not item.record.deleted
            current["active"] = partner.active
        diff = self._diff(current, changes)
        action = "update" if changes else "skip"
        if changes.get("active") is False:
            action = "archive"
        if message.dry_run:
            return self._result(item, action, partner, diff=diff)
        partner.write(changes)
        self._link(
            message.backend_id,
            rows,
            [(item, partner)],
            {item.id: {"seen": self._seen(row, incoming)}},
        )
        if clashes:
            self._ask_changed(message, item, rows[item.id], partner, clashes)
            action = "conflict"
        return self._result(item, action, partner, diff=diff)

    @api.model
    def _ask_changed(self, message, item, row, partner, clashes):
        self.env["onec.conflict"]._ask(
            message.backend_id,
            "both_changed",
            f"partner:{item.id}",
            self.env._("%s was changed on both sides", partner.display_name),
            otype="partner",
            external_id=item.id,
            map_id=row.id,
            message_id=message.id,
            model=partner._name,
            res_id=partner.id,
            left=dict(self._labels({name: partner[name] for name in clashes})),
            right=dict(self._labels(clashes)),
            payload={"otype": "partner", "values": clashes},
        )

    @api.model
    def _labels(self, values):
        fields = self.env["res.partner"]._fields
        for name, value in values.items():
            yield fields[name]._description_string(self.env), str(value or "")

    @api.model
    def _diff(self, current, values):
        fields = self.env["res.partner"]._fields
        return {
            fields[name]._description_string(self.env): [
                str(current.get(name) or ""),
                str(value),
            ]
            for name, value in values.items()
        }

    @api.model
    def _write_choice(self, conflict):
        """Take over what 1C says of a counterparty changed on both sides."""
        partner = self.env["res.partner"].browse(conflict.res_id).exists()
        partner.write(conflict.payload["values"])


class OnecConflict(models.Model):
    _inherit = "onec.conflict"

    def _resolve_shared_id(self, choice):
        """``1c``: the same one, renamed; ``here``: a common id that says nothing."""
        self.ensure_one()
        partner = self.env["res.partner"].browse(self.res_id).exists()
        if choice != "1c" or not partner:
            self.map_id.write({"state": "ignored"})
            return
        told = (self.payload or {}).get("record") or {}
        values = {"name": told.get("name"), "vat": ids.normalise(told.get("inn"))}
        partner.write({name: value for name, value in values.items() if value})
        self.map_id.write({"state": "ok", "hash_in": False})
