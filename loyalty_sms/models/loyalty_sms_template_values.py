"""What templates may say of members, fetched for many members in a few queries."""

from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from odoo.addons.loyalty_club.engine import tiers

from .variables import MEMBER_VARIABLES

_CARD_NAMES = frozenset(("points", "pending", "tier", "next_tier", "to_next", "card"))
_EXPIRY_NAMES = frozenset(("expiring_points", "expiring_date"))


class LoyaltySmsTemplate(models.Model):
    _inherit = "loyalty.sms.template"

    def _variables(self):
        """``{name: Variable}`` that texts may use; events extend it with theirs."""
        return {variable.name: variable for variable in MEMBER_VARIABLES}

    def _samples(self):
        """``{name: value}`` for previews and tests of what must not be real in them.

        That is what only an event knows, what opens an account, and what would be made
        by asking for it.
        """
        members = {variable.name for variable in MEMBER_VARIABLES} - {"invite_link"}
        return {
            name: variable.sample or "…"
            for name, variable in self._variables().items()
            if variable.is_secret or name not in members
        }

    def _member_values(self, partners, names, company, channel="sms"):
        """Values of member variables, in the language of the environment.

        :param names: the variables that are needed; others may be missing
        :return: ``{partner id: {name: value}}``
        """
        values = {partner.id: {} for partner in partners}
        for wanted, method in self._value_sources():
            if wanted & names:
                found = getattr(self, method)(partners, wanted & names, company)
                for partner_id, facts in found.items():
                    values[partner_id].update(facts)
        return values

    def _value_sources(self):
        """``[(names, method)]``: the method answers ``{partner id: {name: value}}``."""
        return [
            ({"name", "first_name", "branch"}, "_values_of_partners"),
            (_CARD_NAMES, "_values_of_cards"),
            (_EXPIRY_NAMES, "_values_of_expiry"),
            ({"company", "club_link", "balance_link"}, "_values_of_company"),
            ({"invite_link"}, "_values_of_invitations"),
        ]

    def _values_of_partners(self, partners, names, company):
        branch_sudo = partners.sudo().loyalty_branch_id
        branches = {branch.id: branch.name for branch in branch_sudo}
        return {
            partner.id: {
                "name": partner.name,
                "first_name": _first_name(partner),
                "branch": branches.get(partner.loyalty_branch_id.id),
            }
            for partner in partners
        }

    def _values_of_cards(self, partners, names, company):
        levels = self._levels_above(company)
        tier_names = {tier.id: tier.name for tier in company._loyalty_club().tier_ids}
        values = {}
        for partner_id, card_sudo in self._cards_of(partners, company).items():
            next_id, missing = levels(card_sudo)
            values[partner_id] = {
                "points": card_sudo.points,
                "pending": card_sudo.pending_points,
                "tier": tier_names.get(card_sudo.tier_id.id),
                "next_tier": tier_names.get(next_id),
                "to_next": missing,
                "card": f"*{(card_sudo.code or '')[-4:]}",
            }
        return values

    def _values_of_expiry(self, partners, names, company):
        cards = {
            card_sudo.id: partner_id
            for partner_id, card_sudo in self._cards_of(partners, company).items()
        }
        if not cards:
            return {}
        self.env["loyalty.point.lot"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (card_id) card_id, expiration_date,
                          SUM(remaining)
                     FROM loyalty_point_lot
                    WHERE card_id IN %s AND state = 'open' AND remaining > 0
                      AND expiration_date IS NOT NULL
                 GROUP BY card_id, expiration_date
                 ORDER BY card_id, expiration_date""",
                tuple(cards),
            )
        )
        return {
            cards[card_id]: {"expiring_points": points, "expiring_date": day}
            for card_id, day, points in rows
        }

    def _values_of_company(self, partners, names, company):
        base = company.get_base_url()
        facts = {
            "company": company.name,
            "club_link": f"{base}/my/club",
            "balance_link": f"{base}/my/club/card",
        }
        return {partner.id: facts for partner in partners}

    def _values_of_invitations(self, partners, names, company):
        # One by one: the code of the link is made when it is first needed.
        return {
            partner_id: {"invite_link": card_sudo._referral_url()}
            for partner_id, card_sudo in self._cards_of(partners, company).items()
        }

    def _cards_of(self, partners, company):
        """``{partner id: member card as superuser}`` in the club of ``company``."""
        club = company._loyalty_club()
        if not club:
            return {}
        holders = {partner.id: partner.commercial_partner_id.id for partner in partners}
        cards_sudo = (
            self.env["loyalty.card"]
            .sudo()
            .search_fetch(
                [
                    ("program_id", "=", club.id),
                    ("partner_id", "in", [*holders, *holders.values()]),
                ],
                [
                    "code",
                    "partner_id",
                    "pending_points",
                    "points",
                    "tier_id",
                    "tier_metric_value",
                ],
            )
        )
        by_holder = {card.partner_id.id: card for card in cards_sudo}
        found = {}
        for partner_id, holder_id in holders.items():
            card_sudo = by_holder.get(partner_id) or by_holder.get(holder_id)
            if card_sudo:
                found[partner_id] = card_sudo
        return found

    def _levels_above(self, company):
        """A function that gives ``(next tier's id, what is missing)`` of a card."""
        levels = company._loyalty_club()._levels()

        def above(card_sudo):
            if not levels:
                return None, None
            way = tiers.progress(
                levels,
                card_sudo.tier_id.id or None,
                Decimal(str(card_sudo.tier_metric_value)),
            )
            return (way.next_key, way.missing) if way else (None, None)

        return above

    def _value_kinds(self, company):
        """``{variable: format}``; what is missing for a tier may be money."""
        kinds = defaultdict(lambda: "text")
        kinds.update(
            (name, variable.kind) for name, variable in self._variables().items()
        )
        if company._loyalty_club().tier_metric in ("spend", "margin"):
            kinds["to_next"] = "money"
        return kinds


def _first_name(partner):
    if partner.is_company or not partner.name:
        return partner.name
    return partner.name.split()[0]
