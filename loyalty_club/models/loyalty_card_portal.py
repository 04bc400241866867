"""What members see of their card in the portal."""

from odoo import fields, models
from odoo.tools import format_date, formatLang

from ..engine import barcodes, codes

# The names of points that core's loyalty programs are born with.
UNNAMED = ("Points", "points", "Loyalty point(s)")


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    referral_code = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Part of the link by which the member invites friends.",
    )

    _referral_code_uniq = models.UniqueIndex(
        "(referral_code) WHERE referral_code IS NOT NULL"
    )

    def _ensure_referral_code(self):
        """The member's referral code, made when it is first needed."""
        self.ensure_one()
        if not self.referral_code:
            self.sudo().referral_code = codes.generate(prefix="")
        return self.referral_code

    def _find_by_referral_code(self, text):
        """The member card whose holder sent the link, as superuser; maybe empty."""
        cards_sudo = self.sudo()
        code = codes.normalise(text or "")
        if not codes.is_valid(code):
            return cards_sudo.browse()
        domain = [("referral_code", "=", code), ("is_club", "=", True)]
        return cards_sudo.search(domain, limit=1)

    def _referral_url(self):
        """The link by which friends of the member join at the member's shop."""
        self.ensure_one()
        branches_sudo = self.env["loyalty.branch"].sudo()
        company = self.company_id or self.env.company
        branch_sudo = self.sudo().branch_id or branches_sudo.search(
            [("company_id", "=", company.id)], limit=1
        )
        if not branch_sudo or not company.sudo().loyalty_self_registration:
            return ""
        branch_sudo._ensure_join_token()
        return f"{branch_sudo.join_url}?ref={self._ensure_referral_code()}"

    def _qr_picture(self):
        """The code as a QR picture that is whole in itself."""
        return barcodes.data_uri(barcodes.qr_png(self.code, quiet=4))

    def _grouped_code(self):
        return codes.grouped(self.code)

    def _points_text(self, points):
        """``points`` with their name, as the customer reads them."""
        self.ensure_one()
        if self.program_id.is_payment_program:
            return self.currency_id.format(points)
        digits = 0 if points == int(points) else 2
        number = formatLang(self.env, points, digits=digits)
        return f"{number} {self._points_name()}".strip()

    def _points_name(self):
        """What the shop calls its points, or the usual word in the reader's language.

        The names Odoo gives stay English until somebody translates the program.
        """
        name = self.point_name or ""
        if name not in UNNAMED or (self.env.lang or "en_US").startswith("en"):
            return name
        return self.env._("points")

    def _open_lots_by_day(self):
        """``[(last day or False, points)]``, the soonest to expire first."""
        rows = (
            self.env["loyalty.point.lot"]
            .sudo()
            ._read_group(
                [
                    ("card_id", "=", self.id),
                    ("state", "=", "open"),
                    ("remaining", ">", 0),
                ],
                ["expiration_date:day"],
                ["remaining:sum"],
            )
        )
        return sorted(rows, key=lambda row: (not row[0], row[0] or fields.Date.today()))

    def _pending_lots_shown(self):
        """Lots that wait, the oldest first."""
        return (
            self.env["loyalty.point.lot"]
            .sudo()
            .search(
                [
                    ("card_id", "=", self.id),
                    ("state", "=", "pending"),
                    ("remaining", ">", 0),
                ],
                order="earned_date, id",
            )
        )


class LoyaltyPointLot(models.Model):
    _inherit = "loyalty.point.lot"

    def _why_pending(self):
        """What the points wait for, as a sentence for the customer."""
        self.ensure_one()
        program = self.program_id
        document = self.document_name
        if program._is_held(self.card_id):
            return self.env._("On hold while an invoice is overdue (%s)", document)
        if self.available_date:
            return self.env._(
                "Available on %(date)s (%(document)s)",
                date=format_date(self.env, self.available_date),
                document=document,
            )
        if program.release_policy == "delivered":
            return self.env._("Waits for the delivery of %s", document)
        return self.env._("Waits for the payment of %s", document)


class LoyaltyTier(models.Model):
    _inherit = "loyalty.tier"

    def _benefit_sentences(self):
        """What the tier gives, a sentence each."""
        self.ensure_one()
        currency = self.currency_id
        sentences = []
        if self.earn_multiplier > 1:
            sentences.append(
                self.env._("Points count × %s", f"{self.earn_multiplier:g}")
            )
        if self.free_delivery:
            sentences.append(
                self.env._(
                    "Free delivery from %s", currency.format(self.free_delivery_from)
                )
                if self.free_delivery_from
                else self.env._("Free delivery always")
            )
        if self.birthday_points:
            gift = formatLang(self.env, self.birthday_points, digits=0)
            sentences.append(self.env._("%s points for your birthday", gift))
        if self.pricelist_id:
            sentences.append(self.env._("Prices for members of this tier"))
        if self.cap_doc_percent:
            sentences.append(
                self.env._("Pay up to %s %% with points", f"{self.cap_doc_percent:g}")
            )
        return sentences
