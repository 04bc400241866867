"""Values of printed papers: route sheets, waybills, slips, pay sheets."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

QR_SIDE = 220


class LoyaltyDeliveryPaper(models.AbstractModel):
    """What the papers of deliveries have in common."""

    _name = "loyalty.delivery.paper"
    _description = "Papers of deliveries"

    @api.model
    def _values(self, records, **values):
        records.check_access("read")
        return {
            "doc_ids": records.ids,
            "doc_model": records._name,
            "docs": records,
            "qr": self._qr,
            "clock": self._clock,
            "km": lambda metres: f"{(metres or 0) / 1000:.1f}",
            **values,
        }

    @api.model
    def _qr(self, stop):
        """The stop's page as a picture, to be scanned by the courier or at the desk."""
        reports = self.env["ir.actions.report"]
        picture = reports.barcode(
            "QR", stop._paper_link(), width=QR_SIDE, height=QR_SIDE
        )
        return "data:image/png;base64," + base64.b64encode(picture).decode()

    @api.model
    def _clock(self, moment, trip):
        """A time as the clock at the depot shows it."""
        if not moment:
            return ""
        local = trip.with_context(tz=trip.depot_id.tz or "UTC")
        return fields.Datetime.context_timestamp(local, moment).strftime("%H:%M")

    @api.model
    def _check_printer(self):
        """Say so at once where the server cannot make PDF files."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        if state in ("install", "broken"):
            raise UserError(
                self.env._(
                    "Papers are printed by the program wkhtmltopdf, which does not work"
                    " on this server. Ask your administrator to install it."
                )
            )
