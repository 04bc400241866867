import base64

from odoo import api, models

from ..engine.errors import ExchangeError
from ..engine.images import reencode
from .onec_apply import digest


class OnecApplyProduct(models.AbstractModel):
    """Pictures of goods; the first one is the picture of the product."""

    _inherit = "onec.apply.product"

    @api.model
    def _apply_image(self, batch, item, template):
        """Set the picture of a product, by the rule of ownership.

        :return: whether it was changed
        """
        if not item.record.images or batch.message.dry_run:
            return False
        row = batch.rows[item.id]
        data = batch.message._companion(item.record.images[0])
        if data is None:
            # It may come with a later file: look again when the good comes again.
            row.hash_in = False
            return False
        seen = row.seen or {}
        source = digest(base64.b64encode(data).decode())
        if seen.get("image") == source:
            return False
        here = self._image_checksum(template)
        owner = batch.owners.get("image", "1c")
        row.seen = {**seen, "image": source}
        if owner == "odoo" or (owner == "if_empty" and here):
            return False
        try:
            picture = base64.b64encode(reencode(data, item.record.images[0]))
        except ExchangeError as error:
            self._ask_image(batch, item, template, error)
            return False
        if owner == "ask" and here and here != seen.get("image_here"):
            self._ask_image_choice(batch, item, template, picture)
            return False
        self._set_image(row, template, picture)
        return True

    @api.model
    def _set_image(self, row, template, picture):
        template.image_1920 = picture
        template.flush_recordset()
        checksum = self._image_checksum(template)
        row.seen = {**(row.seen or {}), "image_here": checksum}

    @api.model
    def _image_checksum(self, template):
        return (
            self.env["ir.attachment"]
            .search(
                [
                    ("res_model", "=", template._name),
                    ("res_id", "=", template.id),
                    ("res_field", "=", "image_1920"),
                ],
                limit=1,
            )
            .checksum
        )

    @api.model
    def _ask_image(self, batch, item, template, error):
        self.env["onec.conflict"]._ask(
            batch.backend,
            "invalid",
            f"image:{item.id}",
            template.display_name,
            otype="image",
            external_id=item.id,
            message_id=batch.message.id,
            model=template._name,
            res_id=template.id,
            right={self._labels()["image"]: item.record.images[0]},
            proposal=batch.message._explain_error(error),
        )

    @api.model
    def _ask_image_choice(self, batch, item, template, picture):
        attachment = self.env["ir.attachment"].create(
            {"name": item.record.images[0], "datas": picture}
        )
        label = self._labels()["image"]
        self.env["onec.conflict"]._ask(
            batch.backend,
            "both_changed",
            f"both:image:{item.id}",
            template.display_name,
            otype="product",
            external_id=item.id,
            map_id=batch.rows[item.id].id,
            message_id=batch.message.id,
            model=template._name,
            res_id=template.id,
            left={label: self.env._("changed here")},
            right={label: item.record.images[0]},
            payload={
                "otype": "image",
                "fields": ["image"],
                "values": {"attachment": attachment.id},
            },
        )


class OnecApplyImage(models.AbstractModel):
    """The choice of a picture, where both sides changed it."""

    _name = "onec.apply.image"
    _inherit = "onec.apply"
    _description = "Applying of 1C pictures"
    _onec_otype = "image"

    @api.model
    def _write_choice(self, conflict):
        attachment = self.env["ir.attachment"].browse(
            conflict.payload["values"]["attachment"]
        )
        template = self.env["product.template"].browse(conflict.res_id).exists()
        if template and attachment.exists():
            self.env["onec.apply.product"]._set_image(
                conflict.map_id, template, attachment.datas
            )
