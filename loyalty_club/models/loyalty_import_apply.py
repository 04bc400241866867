"""How the rows of an import are judged against the database, and written to it."""

from collections import defaultdict

from odoo import fields, models
from odoo.fields import Domain

from ..engine import intake

# Where a row's word for a customer is found on the customer.
PARTNER_FIELDS = {
    "phone": "phone_sanitized",
    "national_id": "national_id",
    "ref": "ref",
}
CONSENTS = ("consent_sms", "consent_email", "consent_messenger", "consent_call")
COPIED = (
    "name",
    "phone",
    "email",
    "gender",
    "birthday",
    "wedding_date",
    "national_id",
    "ref",
    "street",
    "city",
    "zip",
    *CONSENTS,
)


class LoyaltyImport(models.Model):
    _inherit = "loyalty.import"

    # -- judging -----------------------------------------------------------------
    def _judge(self, rows):
        """Problems of rows that only the database knows; also finds their customers.

        :param rows: ``{row number: values}``; ``partner_id`` is added to rows of
            customers that exist
        """
        if not rows:
            return []
        return getattr(self, f"_judge_{self.kind}")(rows)

    def _judge_members(self, rows):
        known = self._known_partners(rows)
        members = self._members_among(known)
        owners, blocked = self._known_codes(rows)
        problems = []
        for number, row in rows.items():
            found = known.get(number, self.env["res.partner"])
            code = row.get("card_code")
            if taken := found & members:
                problems.append(self._row_problem(number, "member", taken))
            elif len(found) > 1:
                names = ", ".join(found.mapped("display_name"))
                problems.append(
                    intake.Problem(number, "", "", "several", {"names": names})
                )
            elif found and self.existing == "problem":
                problems.append(self._row_problem(number, "customer", found))
            elif found:
                row["partner_id"] = found.id
            if code in owners:
                problems.append(
                    self._row_problem(number, "card_used", owners[code], code)
                )
            elif code in blocked:
                problems.append(intake.Problem(number, "", code, "card_blocked"))
        return problems

    def _judge_balances(self, rows):
        problems = self._judge_customers(rows)
        cards = self._cards_by_partner(rows)
        opened = self._opened_before(cards.values())
        for number, row in rows.items():
            if "partner_id" not in row:
                continue
            card = cards.get(row["partner_id"])
            if not card:
                problems.append(intake.Problem(number, "", self._who(row), "unknown"))
            elif card.id in opened:
                facts = {"name": opened[card.id]}
                problems.append(
                    intake.Problem(number, "", self._who(row), "opened", facts)
                )
        return problems

    def _judge_purchases(self, rows):
        problems = self._judge_customers(rows)
        known = self.env["loyalty.purchase"].sudo()
        found = known.search_fetch(
            [
                ("program_id", "=", self.program_id.id),
                ("key", "in", [row["key"] for row in rows.values()]),
            ],
            ["key"],
        )
        keys = set(found.mapped("key"))
        seen = set()
        for number, row in rows.items():
            if row["key"] in keys or row["key"] in seen:
                value = row.get("reference", "")
                problems.append(intake.Problem(number, "", value, "imported"))
            seen.add(row["key"])
        return problems

    def _judge_customers(self, rows):
        """Find the one customer each row names."""
        known = self._known_partners(rows)
        problems = []
        for number, row in rows.items():
            found = known.get(number, self.env["res.partner"])
            if len(found) == 1:
                row["partner_id"] = found.id
                continue
            names = ", ".join(found.mapped("display_name"))
            code = "several" if found else "unknown"
            problems.append(
                intake.Problem(number, "", self._who(row), code, {"names": names})
            )
        return problems

    def _judge_referrers(self, referrers, promised):
        """Take out rows whose referrer is neither in the file nor in the club."""
        asked = set(referrers.values()) - promised
        unknown = asked - set(self._referrers(asked))
        bad = {number for number, word in referrers.items() if word in unknown}
        if not bad:
            return []
        for batch in self.batch_ids:
            kept = {n: row for n, row in batch.rows.items() if int(n) not in bad}
            if not kept:
                batch.unlink()
            elif len(kept) < len(batch.rows):
                batch.write({"rows": kept, "row_count": len(kept)})
        return [
            intake.Problem(number, "", referrers[number], "no_referrer")
            for number in sorted(bad)
        ]

    def _row_problem(self, number, code, partners, value=""):
        facts = {"name": partners[:1].display_name}
        return intake.Problem(number, "", value, code, facts)

    @staticmethod
    def _who(row):
        return ", ".join(str(row[name]) for name in intake.WHO if name in row)

    def _known_partners(self, rows):
        """``{row number: customers its words belong to}``, a few queries for all."""
        partners = self.env["res.partner"].sudo()
        found = defaultdict(lambda: partners)
        for name, field_name in PARTNER_FIELDS.items():
            words = {row[name] for row in rows.values() if name in row}
            if not words:
                continue
            domain = Domain(field_name, "in", list(words)) & Domain(
                "company_id", "in", [False, *self.company_id.ids]
            )
            by_word = partners.search_fetch(domain, [field_name]).grouped(field_name)
            for number, row in rows.items():
                if row.get(name) in by_word:
                    found[number] |= by_word[row[name]]
        if self.kind != "members":
            owners, _blocked = self._known_codes(rows, self.program_id)
            for number, row in rows.items():
                if row.get("card_code") in owners:
                    found[number] |= owners[row["card_code"]]
        return self._narrowed(found)

    def _narrowed(self, found):
        """Of several contacts with one phone, the member is meant."""
        several = {number: some for number, some in found.items() if len(some) > 1}
        if several:
            members = self._members_among(several)
            for number, some in several.items():
                found[number] = (some & members) or some
        return found

    def _members_among(self, found):
        partners = self.env["res.partner"].sudo().union(*found.values())
        cards = self.env["loyalty.card"].sudo()
        return cards.search(
            [
                ("program_id", "=", self.program_id.id),
                ("partner_id", "in", partners.ids),
            ]
        ).partner_id

    def _known_codes(self, rows, program=None):
        """``({code: its holder}, {blocked codes})`` of the codes in the rows."""
        codes = [row["card_code"] for row in rows.values() if "card_code" in row]
        if not codes:
            return {}, set()
        cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
        domain = Domain("code", "in", codes)
        if program:
            domain &= Domain("program_id", "=", program.id)
        owners = {card.code: card.partner_id for card in cards.search(domain)}
        former = self.env["loyalty.card.code"].sudo().search([("code", "in", codes)])
        return owners, set(former.mapped("code"))

    def _cards_by_partner(self, rows):
        ids = {row["partner_id"] for row in rows.values() if "partner_id" in row}
        cards = self.env["loyalty.card"].sudo()
        found = cards.search(
            [("program_id", "=", self.program_id.id), ("partner_id", "in", list(ids))]
        )
        return {card.partner_id.id: card for card in found}

    def _opened_before(self, cards):
        """``{card id: name of the import}`` that gave these cards points already."""
        moves = (
            self.env["loyalty.point.move"]
            .sudo()
            .search_fetch(
                [
                    ("card_id", "in", [card.id for card in cards]),
                    ("kind", "=", "opening"),
                    ("key", "=like", "import:%"),
                ],
                ["card_id", "key"],
            )
        )
        loads = {move.id: int(move.key.split(":")[1]) for move in moves}
        others = (
            self.sudo()
            .browse(set(loads.values()) - set(self.ids))
            .exists()
            .filtered(lambda load: load.state != "cancelled")
        )
        return {
            move.card_id.id: others.browse(loads[move.id]).name
            for move in moves
            if loads[move.id] in others._ids
        }

    def _referrers(self, words):
        """``{word: customer id}`` of members known by phone, card or number."""
        found = {}
        if not words:
            return found
        cards = self.env["loyalty.card"].sudo()
        for field_name in ("partner_id.ref", "partner_id.phone_sanitized", "code"):
            domain = [
                ("program_id", "=", self.program_id.id),
                (field_name, "in", list(words)),
            ]
            for card in cards.search(domain):
                found[card.mapped(field_name)[0]] = card.partner_id.id
        return found

    # -- writing -----------------------------------------------------------------
    def _apply(self, rows):
        """Write judged rows.

        :return: recordsets that were created
        """
        if not rows:
            return []
        return getattr(self, f"_apply_{self.kind}")(rows)

    def _apply_members(self, rows):
        partners = self._make_partners(rows)
        cards = self._make_cards(rows)
        by_partner = {card.partner_id.id: card for card in cards}
        given = self._give_tiers(rows, by_partner)
        fresh = cards.filtered(lambda card: card.partner_id in partners)
        (fresh - given)._give_first_tier()
        (cards - fresh - given)._update_tiers()
        self._post_openings(rows, by_partner)
        return [partners, cards]

    def _make_partners(self, rows):
        """Create the customers of rows, or fill in what the ERP did not know."""
        partners = self.env["res.partner"]
        new, vals_list = [], []
        for row in rows.values():
            values = self._partner_values(row)
            if "partner_id" in row:
                partner = partners.browse(row["partner_id"])
                blank = {
                    name: value for name, value in values.items() if not partner[name]
                }
                partner.write(blank)
            else:
                new.append(row)
                vals_list.append(values)
        created = partners._create_members(vals_list)
        for row, partner in zip(new, created, strict=True):
            row["partner_id"] = partner.id
        return created

    def _partner_values(self, row):
        values = {name: row[name] for name in COPIED if name in row}
        if row.get("source_id"):
            values["loyalty_source_id"] = row["source_id"]
        if branch_id := row.get("branch_id") or self.branch_id.id:
            values["loyalty_branch_id"] = branch_id
        if row.get("note"):
            values["comment"] = row["note"]
        if any(row.get(name) for name in CONSENTS):
            values["consent_date"] = fields.Datetime.now()
            values["consent_source"] = self.name
        if "partner_id" not in row and "tier_id" not in row:
            values["loyalty_tier_id"] = self.program_id._first_tier().id
        return values

    def _make_cards(self, rows):
        vals_list = []
        for row in rows.values():
            values = {"program_id": self.program_id.id, "partner_id": row["partner_id"]}
            if "card_code" in row:
                values["code"] = row["card_code"]
            if branch_id := row.get("branch_id") or self.branch_id.id:
                values["branch_id"] = branch_id
            vals_list.append(values)
        return self.env["loyalty.card"].create(vals_list)

    def _give_tiers(self, rows, cards):
        """Give the tiers that the file names; they stay as long as figures would."""
        given = self.env["loyalty.card"]
        today = self.program_id._today()
        changes = []
        for row in rows.values():
            if "tier_id" not in row:
                continue
            card = cards[row["partner_id"]]
            tier = self.env["loyalty.tier"].browse(row["tier_id"])
            card.write(
                {
                    "tier_id": tier.id,
                    "tier_since": today,
                    "tier_locked": True,
                    "tier_locked_until": row.get("tier_until")
                    or fields.Date.add(today, months=self.program_id.tier_months or 12),
                    "tier_lock_reason": self.name,
                }
            )
            changes.append(
                card._tier_change(card.tier_id[:0], tier, "manual", 0, self.name)
            )
            given |= card
        self.env["loyalty.tier.change"].create(changes)
        given._sync_partner_tiers()
        return given

    def _post_openings(self, rows, cards):
        """Post the points of rows to the ledger; each row has a key of its own."""
        entries = []
        for number, row in rows.items():
            if "points" not in row:
                continue
            card = cards[row["partner_id"]]
            expiry = row.get("points_expiry")
            entries.append(
                card._entry(
                    "opening",
                    float(row["points"]),
                    key=f"import:{self.id}:{number}",
                    company_id=self.company_id.id,
                    expiration_date=fields.Date.to_date(expiry) if expiry else None,
                    reason=row.get("reason") or self.name,
                )
            )
        return self.env["loyalty.card"]._post_points(entries)

    def _apply_balances(self, rows):
        self._post_openings(rows, self._cards_by_partner(rows))
        return []

    def _apply_purchases(self, rows):
        purchases = self.env["loyalty.purchase"].create(
            [self._purchase_values(row) for row in rows.values()]
        )
        self._mark_tiers_due(purchases.partner_id)
        return [purchases]

    def _purchase_values(self, row):
        return {
            "partner_id": row["partner_id"],
            "program_id": self.program_id.id,
            "company_id": self.company_id.id,
            "branch_id": row.get("branch_id") or self.branch_id.id,
            "date": row["date"],
            "amount": float(row["amount"]),
            "margin": float(row.get("margin") or 0),
            "quantity": float(row.get("quantity") or 1),
            "reference": row.get("reference"),
            "key": row["key"],
        }

    def _mark_tiers_due(self, partners):
        cards = self.env["loyalty.card"].sudo()
        cards.search(
            [
                ("program_id", "=", self.program_id.id),
                ("partner_id", "in", partners.ids),
                ("tier_dirty", "=", False),
            ]
        ).write({"tier_dirty": True})

    def _link_referrers(self):
        """Note who recommended whom, once all members of the file exist."""
        wanted = {}
        for batch in self.batch_ids:
            wanted.update(batch.referrals or {})
        known = self._referrers(set(wanted.values()))
        by_referrer = defaultdict(list)
        for partner_id, word in wanted.items():
            if word in known:
                by_referrer[known[word]].append(int(partner_id))
        partners = self.env["res.partner"].sudo()
        for referrer_id, ids in by_referrer.items():
            referred = partners.browse(ids).exists()
            referred.filtered(lambda partner: not partner.loyalty_referrer_id).write(
                {"loyalty_referrer_id": referrer_id}
            )
