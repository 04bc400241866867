from odoo import fields, models

# Ways in which a gift card or a wallet loses money without paying for anything.
LOST = ("expire", "adjust")


class LoyaltyPointMove(models.Model):
    _inherit = "loyalty.point.move"

    def _onec_queue_lost(self):
        """Queue money of gift cards and wallets that expired or was taken off."""
        lost = self.filtered(
            lambda move: (
                move.kind in LOST
                and move.points < 0
                and move.program_id.program_type in ("gift_card", "ewallet")
            )
        )
        if not lost:
            return
        outbox = self.env["onec.outbox"].sudo()
        for company, moves in lost.grouped(lambda m: m._onec_company()).items():
            for backend in self.env["onec.backend"]._ed_targets(company):
                for kind, some in moves.grouped(
                    lambda m: m.program_id.program_type
                ).items():
                    otype = "gift_cancel" if kind == "gift_card" else "netting"
                    outbox._queue(backend, otype, some)

    def _onec_company(self):
        return self.company_id or self.program_id.company_id or self.env.company

    def _onec_facts(self):
        return {
            "document_name": f"{self.document_name or self.kind} № {self.id}",
            "document_date": fields.Datetime.context_timestamp(self, self.date).date(),
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": abs(self.points),
            "currency_id": self.program_id.currency_id.id,
        }
