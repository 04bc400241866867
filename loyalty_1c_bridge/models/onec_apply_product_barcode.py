from odoo import api, models


class OnecApplyProduct(models.AbstractModel):
    """Barcodes: one product in what a company sees; a clash is asked, never raised."""

    _inherit = "onec.apply.product"

    @api.model
    def _load_barcodes(self, batch, items):
        """Who has the barcodes of these goods already."""
        wanted = {item.record.barcode for item in items} - {None, ""}
        if not wanted:
            return
        domain = [("barcode", "in", list(wanted))]
        company = batch.backend._product_company()
        if company:
            # The same as the rule of products: shared ones and those of the company.
            domain.append(("company_id", "in", [False, company.id]))
        products = self.env["product.product"].search(domain, order="id desc")
        batch.barcodes = {product.barcode: product for product in products}
        packagings = self.env["product.uom"].search(domain)
        batch.packaging = set(packagings.mapped("barcode"))

    @api.model
    def _check_barcode(self, batch, item, incoming, product):
        """Take a barcode that is somebody else's out of ``incoming`` and ask.

        :return: text of the problem, or nothing
        """
        barcode = incoming.get("barcode")
        if not barcode or (product and product.barcode == barcode):
            return ""
        taken = batch.barcodes.get(barcode)
        claimed = batch.claimed.setdefault(barcode, item.id)
        is_free = (not taken or taken == product) and barcode not in batch.packaging
        if is_free and claimed == item.id:
            return ""
        del incoming["barcode"]
        holder = taken.display_name if taken else ""
        error = self.env._(
            "Barcode %(barcode)s belongs to another product (%(holder)s). The product "
            "came without it; correct the barcode there or in 1C.",
            barcode=barcode,
            holder=holder or claimed,
        )
        self._ask_barcode(batch, item, barcode, taken, error)
        return error

    @api.model
    def _ask_barcode(self, batch, item, barcode, taken, error):
        label = self.env._("Barcode %s", barcode)
        self.env["onec.conflict"]._ask(
            batch.backend,
            "duplicate_key",
            f"barcode:{item.id}",
            item.record.name or item.id,
            otype="product",
            external_id=item.id,
            message_id=batch.message.id,
            model="product.product",
            res_id=taken.id if taken else False,
            left={label: taken.display_name if taken else ""},
            right={label: item.record.name or item.id},
            proposal=error,
        )
