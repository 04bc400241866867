from odoo import models

from ..models import origin
from ..models.res_partner_register import CONSENTS


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Tiers follow the purchases, which belong to one customer only now."""
        res = super()._update_foreign_keys(src_partners, dst_partner)
        (src_partners | dst_partner).invalidate_recordset()
        self._clear_referral_circles(src_partners, dst_partner)
        cards_sudo = self.env["loyalty.card"].sudo()
        clubs_sudo = cards_sudo.search(
            [("partner_id", "=", dst_partner.id), ("is_club", "=", True)]
        )
        clubs_sudo._update_tiers()
        clubs_sudo._sync_partner_tiers()
        return res

    def _merge_loyalty_cards(self, src_partners, dst_partner):
        """Cards with a ledger are merged lot by lot, before core adds up the others."""
        for sources, target in self._ledger_cards_to_merge(src_partners, dst_partner):
            if target.partner_id != dst_partner:
                target.write({"partner_id": dst_partner.id})
            sources._merge_into(target)
        self.env.flush_all()
        return super()._merge_loyalty_cards(src_partners, dst_partner)

    def _ledger_cards_to_merge(self, src_partners, dst_partner):
        """Pairs of cards that go and the card that stays, one for each program."""
        cards_sudo = self.env["loyalty.card"].sudo()
        rows = cards_sudo._read_group(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("is_ledger", "=", True),
                "|",
                ("program_id.applies_on", "=", "both"),
                "&",
                ("program_id.program_type", "in", ("ewallet", "loyalty")),
                ("program_id.applies_on", "=", "future"),
            ],
            ["program_id"],
            ["id:recordset"],
        )
        for _program, found_sudo in rows:
            ordered = found_sudo.sorted(
                lambda card: (card.partner_id != dst_partner, card.id)
            )
            target = ordered[0]
            sources = ordered.filtered(lambda card: card.partner_id in src_partners)
            yield sources - target, target

    def _clear_referral_circles(self, src_partners, dst_partner):
        merged_sudo = (src_partners | dst_partner).sudo()
        for partner_sudo in merged_sudo:
            seen, friend = merged_sudo.browse(), partner_sudo.loyalty_referrer_id
            while friend and friend not in seen:
                if friend in merged_sudo:
                    partner_sudo.loyalty_referrer_id = False
                    break
                seen |= friend
                friend = friend.loyalty_referrer_id

    def _update_values(self, src_partners, dst_partner):
        """A consent that was never given, or withdrawn, is not taken from a double."""
        names = (*CONSENTS, "consent_date", "consent_source")
        kept = {name: dst_partner.sudo()[name] for name in names}
        with origin.origin(reason="merge"):
            res = super()._update_values(src_partners, dst_partner)
        dst_partner.sudo().write(kept)
        return res
