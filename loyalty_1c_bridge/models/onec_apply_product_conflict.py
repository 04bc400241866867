from odoo import api, models


class OnecApplyProduct(models.AbstractModel):
    """Fields changed here and in 1C: both sides are shown, a person chooses."""

    _inherit = "onec.apply.product"

    @api.model
    def _clash_text(self, batch, clashes):
        labels = self._labels()
        return self.env._(
            "Changed here and in 1C: %(fields)s. Choose a side in the conflict.",
            fields=", ".join(labels[name] for name in clashes),
        )

    @api.model
    def _ask_both(self, batch, item, record, current, clashes):
        """One question about all fields of an object that both sides changed."""
        labels = self._labels()
        self.env["onec.conflict"]._ask(
            batch.backend,
            "both_changed",
            f"both:product:{item.id}",
            record.display_name,
            otype="product",
            external_id=item.id,
            map_id=batch.rows[item.id].id if item.id in batch.rows else False,
            message_id=batch.message.id,
            model=record._name,
            res_id=record.id,
            left={
                labels[name]: self._text(name, current.get(name)) for name in clashes
            },
            right={
                labels[name]: self._text(name, value) for name, value in clashes.items()
            },
            payload={
                "otype": "product",
                "fields": list(clashes),
                "values": clashes,
            },
        )

    @api.model
    def _write_choice(self, conflict):
        """Write the values of 1C that a conflict keeps."""
        backend = conflict.backend_id
        self = self._with_backend(backend)
        batch = self._new_batch(conflict.message_id, [], {})
        batch.backend = backend.with_env(self.env)
        record = self.env[conflict.model].browse(conflict.res_id).exists()
        if record:
            template = self._template(record)
            self._write_values(
                batch, template, self._only_variant(record), conflict.payload["values"]
            )
