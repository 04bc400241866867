from odoo import models
from odoo.tools.pdf import merge_pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, report_ref=False, **options):
        """Print papers of deliveries one by one where the program takes no more.

        The wkhtmltopdf of Debian, without the patched Qt, makes one document at a time;
        a trip's slips and invoices are many.
        """
        run = super()._run_wkhtmltopdf
        bodies = list(bodies)
        if len(bodies) < 2 or _wkhtml().is_patched_qt or not report_ref:
            return run(bodies, report_ref=report_ref, **options)
        name = self._get_report(report_ref).report_name or ""
        if not name.startswith("loyalty_delivery."):
            return run(bodies, report_ref=report_ref, **options)
        return merge_pdf(
            [run([body], report_ref=report_ref, **options) for body in bodies]
        )
