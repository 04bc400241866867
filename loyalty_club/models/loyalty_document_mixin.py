from odoo import api, fields, models


class LoyaltyDocumentMixin(models.AbstractModel):
    """Records that came from a document of another model."""

    _name = "loyalty.document.mixin"
    _description = "Loyalty record with a source document"

    res_model = fields.Char("Document model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", readonly=True
    )
    document_name = fields.Char("Document", compute="_compute_document_name")

    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_document_name(self):
        names = {}
        for model, rows in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:  # its addon was uninstalled
                continue
            documents = self.env[model].sudo().browse(set(rows.mapped("res_id")))
            for document in documents.exists():
                names[model, document.id] = document.display_name
        for record in self:
            record.document_name = (
                names.get((record.res_model, record.res_id))
                or record._document_name_without_document()
            )

    def _document_name_without_document(self):
        return f"#{self.id}" if self.id else ""

    def action_open_document(self):
        """Open the order, invoice or other document behind the record."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
