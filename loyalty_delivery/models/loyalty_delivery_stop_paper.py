from odoo import api, models

PAPER_PATH = "/courier/s/"


class LoyaltyDeliveryStop(models.Model):
    """A stop on paper: its QR leads back to it."""

    _inherit = "loyalty.delivery.stop"

    def _paper_code(self):
        """What stands under the QR: number and attempt."""
        self.ensure_one()
        return self.display_name.replace("/", "-")

    def _paper_link(self):
        return f"{self.get_base_url()}{PAPER_PATH}{self._paper_code()}"

    @api.model
    def _of_paper(self, scanned):
        """The delivery of a scanned or typed code, the last attempt where none is told.

        >>> stops._of_paper("https://shop.am/courier/s/D000012-2")  # doctest: +SKIP
        """
        code = (scanned or "").strip().rpartition(PAPER_PATH)[2].replace("/", "-")
        name, _dash, attempt = code.partition("-")
        domain = [("name", "=ilike", name.replace("%", "").replace("_", ""))]
        if attempt.isdecimal():
            domain.append(("attempt_no", "=", int(attempt)))
        if not name:
            return self.browse()
        return self.search(domain, order="attempt_no desc", limit=1)
