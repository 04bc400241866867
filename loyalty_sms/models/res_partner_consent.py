"""Consent switches of customers, each change with its line in the history."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.loyalty_club.models import origin as club_origin
from odoo.addons.loyalty_club.models.res_partner_register import CONSENTS

from . import consent_origin

# Channels and purpose that a switch stands for.
SWITCHES = {
    "consent_sms": (("sms",), "marketing"),
    "consent_email": (("email",), "marketing"),
    "consent_messenger": (("whatsapp", "viber"), "marketing"),
    "consent_call": (("call",), "marketing"),
    "consent_service": (("sms", "email", "whatsapp", "viber"), "service"),
}
MARKETING = tuple(name for name in SWITCHES if name != "consent_service")
ADDRESSES = {"phone", "phone_sanitized", "email", "email_normalized", "country_id"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    consent_ids = fields.One2many(
        "loyalty.consent",
        "partner_id",
        "Consents",
        readonly=True,
        groups="loyalty_sms.group_sms_user",
    )
    tz_is_own = fields.Boolean(
        "Time zone is the customer's",
        copy=False,
        readonly=True,
        help="The zone was chosen for this customer, not taken from the employee who"
        " made the record.",
    )

    @api.model
    def _open_time_zones(self):
        """Customers who log in have the zone of their own browser."""
        self.env.execute_query(
            SQL(
                """UPDATE res_partner partner SET tz_is_own = TRUE
                     FROM res_users person
                    WHERE person.partner_id = partner.id AND person.share
                      AND partner.tz IS NOT NULL
                   RETURNING partner.id"""
            )
        )

    @api.model
    def _consent_switches(self):
        """``{(channel, purpose): name of the switch}``."""
        return {
            (channel, purpose): name
            for name, (channels, purpose) in SWITCHES.items()
            if name != "consent_service"
            for channel in channels
        }

    # -- CRUD ----------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("tz") and "tz_is_own" not in vals:
                vals["tz_is_own"] = True
        partners = super().create(vals_list)
        if consent_origin.current().silent:
            return partners
        rows = []
        for partner, vals in zip(partners, vals_list, strict=True):
            given = [name for name in SWITCHES if vals.get(name)]
            refused = vals.get("consent_service") is False
            for name in [*given, *(["consent_service"] if refused else [])]:
                rows += partner._consent_rows(name, not refused or name in given)
        partners._record_consents(rows)
        return partners

    def write(self, vals):
        """Every change of a switch, and of the number it was given for, is recorded."""
        if vals.get("tz"):
            vals = {"tz_is_own": True, **vals}
        if (
            consent_origin.current().silent
            or not (set(SWITCHES) | ADDRESSES) & set(vals)
            or not self.ids
        ):
            return super().write(vals)
        before = {partner.id: partner.sudo()._consent_facts() for partner in self}
        res = super().write(vals)
        rows, lapsed = [], {}
        for partner in self.sudo():
            partner_rows, names = partner._consent_changes(before[partner.id], vals)
            rows += partner_rows
            if names:
                lapsed.setdefault(tuple(names), []).append(partner.id)
        for names, ids in lapsed.items():
            with consent_origin.origin(silent=True):
                super(ResPartner, self.browse(ids)).write(dict.fromkeys(names, False))
        self._record_consents(rows)
        return res

    def _consent_facts(self):
        return {
            "phone": self.phone_sanitized or None,
            "email": self.email_normalized or None,
            **{name: self[name] for name in SWITCHES},
        }

    def _consent_address(self, channel, facts=None):
        facts = facts or self._consent_facts()
        return facts["email" if channel == "email" else "phone"]

    def _consent_rows(self, name, given, facts=None, **extra):
        """Rows of the history for a switch that is on or off."""
        channels, purpose = SWITCHES[name]
        facts = facts or self.sudo()._consent_facts()
        return [
            {
                "partner_id": self.id,
                "number": number,
                "channel": channel,
                "purpose": purpose,
                "action": "opt_in" if given else "opt_out",
                **extra,
            }
            for channel in channels
            if (number := self._consent_address(channel, facts))
        ]

    def _consent_changes(self, before, vals):
        """What a write changed: rows of the history, and switches that lapsed."""
        after = self._consent_facts()
        shown = consent_origin.current().shown
        rows, lapsed = [], []
        for name, (channels, _purpose) in SWITCHES.items():
            was, is_on = before[name], after[name]
            kind = "email" if channels == ("email",) else "phone"
            moved = before[kind] != after[kind]
            if name == "consent_service":
                if was != is_on or (moved and not is_on):
                    rows += self._consent_rows(name, is_on, after)
                continue
            anew = name in vals or name in shown
            if moved and before[kind] and was:
                rows += self._consent_rows(name, False, before, source="number")
                if is_on and not anew:
                    lapsed.append(name)
                    continue
            if is_on and (moved or not was):
                rows += self._consent_rows(name, True, after)
            elif was and not is_on and not moved:
                rows += self._consent_rows(name, False, after)
        return rows, lapsed

    def _record_consents(self, rows):
        if not rows:
            return
        frame = consent_origin.current()
        club = club_origin.current()
        if club and club.reason == "merge":
            return
        rows = [row for row in rows if not self._is_shared_number(row)]
        for row in rows:
            row.setdefault("source", frame.source)
            row.setdefault("text", frame.text or self._consent_words(row))
        rows = self._ask_to_confirm(rows)
        self.env["loyalty.consent"].sudo()._record(rows)

    def _is_shared_number(self, row):
        """A number that one customer gives up may still be another's, who agreed."""
        if row.get("source") != "number":
            return False
        name = self._consent_switches()[row["channel"], row["purpose"]]
        column = "email_normalized" if row["channel"] == "email" else "phone_sanitized"
        domain = [
            (column, "=", row["number"]),
            (name, "=", True),
            ("id", "!=", row["partner_id"]),
        ]
        return bool(self.sudo().search_count(domain, limit=1))

    def _consent_words(self, row):
        """What the form or list said, when nothing better is known."""
        name = self._consent_switches().get((row["channel"], row["purpose"]))
        field = self._fields[name or "consent_service"]
        partner_sudo = self.sudo().browse(row["partner_id"])
        return ", ".join(filter(None, [field.string, partner_sudo.consent_source]))

    def _ask_to_confirm(self, rows):
        """Where the company wants it, a consent holds when the customer confirms it."""
        if not self.env.company.sudo().loyalty_double_opt_in:
            return rows
        events = []
        for row in rows:
            if row["action"] != "opt_in" or row["channel"] == "call":
                continue
            if row["purpose"] == "marketing" and row["source"] != "install":
                row["action"] = "asked"
                events.append(self._consent_question(row))
        self.env["loyalty.sms.event"]._emit_many(events)
        return rows

    def _consent_question(self, row):
        """The event by which the customer is asked, in the channel that it is about."""
        partner = self.sudo().browse(row["partner_id"])
        company = self.env.company
        channel, number = row["channel"], row["number"]
        values = {
            "via": channel,
            "confirm_link": f"{partner._stop_link(channel, company)}?yes=1",
        }
        moment = fields.Datetime.now().strftime("%Y%m%d%H%M")
        key = f"consent_asked:{partner.id}:{channel}:{number}:{moment}"
        document = (partner._name, partner.id)
        return ("consent_asked", partner, key, document, values, company.id)

    def _switch_off(self, name, numbers):
        """Clear a switch of all customers with one of these numbers or addresses."""
        channels, purpose = SWITCHES[name]
        column = "email_normalized" if channels == ("email",) else "phone_sanitized"
        domain = Domain(column, "in", list(numbers)) & Domain(name, "=", True)
        partners = self.with_context(active_test=False).search(domain)
        if partners and len(channels) > 1:
            still = self.env["loyalty.consent.state"].search(
                [
                    ("number", "in", list(numbers)),
                    ("channel", "in", channels),
                    ("purpose", "=", purpose),
                    ("allowed", "=", True),
                ]
            )
            held = set(still.mapped("number"))
            partners = partners.filtered(lambda p: p[column] not in held)
        if partners:
            with consent_origin.origin(silent=True):
                partners.write({name: False})

    # -- sources ---------------------------------------------------------------------
    def _loyalty_update_profile(self, values):
        """The form shows all switches: what is ticked counts for a new number too."""
        with consent_origin.origin(
            source="portal", shown=frozenset(n for n in CONSENTS if values.get(n))
        ):
            return super()._loyalty_update_profile(values)

    @api.model
    def _loyalty_self_register(self, values, branch_sudo, referral_code=None):
        with consent_origin.origin(source="web"):
            return super()._loyalty_self_register(values, branch_sudo, referral_code)

    @api.model
    def _create_members(self, vals_list):
        with consent_origin.origin(source="import"):
            return super()._create_members(vals_list)

    # -- asking ----------------------------------------------------------------------
    def _sms_allowed(self, channel, purpose):
        """Whether this customer may be written to in a channel for a purpose, now."""
        self.ensure_one()
        message_class = "transactional" if purpose == "all" else purpose
        decisions = self.env["loyalty.message"]._consents(
            self, channel, message_class, self.env.company
        )
        return not decisions[self.id].reason

    def action_view_consents(self):
        """The history of the customer's consents."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_sms.loyalty_consent_action"
        )
        numbers = [self.phone_sanitized, self.email_normalized]
        action["domain"] = [
            "|",
            ("partner_id", "=", self.id),
            ("number", "in", [number for number in numbers if number]),
        ]
        action["context"] = {}
        return action
