"""Values of printed cards: sheets of gift cards, member cards of credit-card size."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from odoo.addons.base.models import ir_actions_report

from ..engine import barcodes, codes

CARDS_A_PAGE = 10
# Measured: without the patched Qt, wkhtmltopdf draws a CSS millimetre at 1/1.3.
UNPATCHED_SCALE = 1.3


class LoyaltyCardReport(models.AbstractModel):
    """What the templates of printed cards have in common."""

    _name = "loyalty.card.report"
    _description = "Printed cards"

    @api.model
    def _values(self, cards, **values):
        return {
            "doc_ids": cards.ids,
            "doc_model": "loyalty.card",
            "docs": cards,
            "mm": self._millimetres,
            "qr": self._qr,
            "code128": self._code128,
            "grouped": codes.grouped,
            "money": self._money,
            "address": self._balance_address(),
            **values,
        }

    @api.model
    def _millimetres(self, number):
        """A length for the style sheet that comes out right on paper."""
        patched = ir_actions_report._wkhtml().is_patched_qt
        return f"{number * (1 if patched else UNPATCHED_SCALE):.2f}mm"

    @api.model
    def _qr(self, card):
        return barcodes.data_uri(barcodes.qr_png(card.code))

    @api.model
    def _code128(self, card):
        return barcodes.data_uri(barcodes.code128_png(card.code))

    @api.model
    def _money(self, card):
        """The face value as people write it: no cents where there are none."""
        value = card.face_value or card.points
        currency = card.currency_id
        digits = 0 if value == int(value) else currency.decimal_places
        parts = [formatLang(self.env, value, digits=digits), currency.symbol]
        if currency.position == "before":
            parts.reverse()
        return "\N{NO-BREAK SPACE}".join(parts)

    @api.model
    def _balance_address(self):
        address = self.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
        return f"{address.partition('://')[2] or address}/gift-card"


class GiftSheetReport(models.AbstractModel):
    _name = "report.loyalty_club.report_gift_sheet"
    _inherit = "loyalty.card.report"
    _description = "Sheet of gift cards"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Only officers print gift cards: who sees the codes can spend them."""
        if not self.env.su and not self.env.user.has_group(
            "loyalty_club.group_loyalty_officer"
        ):
            raise AccessError(self.env._("Only loyalty officers may print gift cards."))
        cards = self.env["loyalty.card"].browse(docids).exists()
        if others := cards.filtered(lambda card: card.program_type != "gift_card"):
            raise UserError(
                self.env._(
                    "These are no gift cards: %s. Choose gift cards to print.",
                    ", ".join(others.mapped("masked_code")),
                )
            )
        return self._values(
            cards,
            pages=[
                cards[i : i + CARDS_A_PAGE] for i in range(0, len(cards), CARDS_A_PAGE)
            ],
        )


class MemberCardReport(models.AbstractModel):
    _name = "report.loyalty_club.report_member_card"
    _inherit = "loyalty.card.report"
    _description = "Member cards"

    @api.model
    def _get_report_values(self, docids, data=None):
        cards = self.env["loyalty.card"].browse(docids).exists()
        if others := cards.filtered(lambda card: not card.is_club):
            raise UserError(
                self.env._(
                    "These are no member cards: %s. Choose cards of a club to print.",
                    ", ".join(others.mapped("masked_code")),
                )
            )
        return self._values(cards)


class JoinPosterReport(models.AbstractModel):
    _name = "report.loyalty_club.report_join_poster"
    _inherit = "loyalty.card.report"
    _description = "Poster with the registration page of a branch"

    @api.model
    def _get_report_values(self, docids, data=None):
        branches = self.env["loyalty.branch"].browse(docids).exists()
        return {
            "docs": branches,
            "mm": self._millimetres,
            "club": lambda branch: branch.company_id._loyalty_club(),
            "picture": self._join_picture,
        }

    @api.model
    def _join_picture(self, branch):
        return barcodes.data_uri(barcodes.qr_png(branch.join_url, module=16))
