import logging

from odoo import api, fields, models

from ..engine.errors import ExchangeError

_logger = logging.getLogger(__name__)
# What is wrong with one document; anything else is wrong with the way to 1C.
OF_DOCUMENT = (
    "odata_unmapped",
    "odata_property",
    "odata_not_posted",
    "odata_version",
    "odata_no_set",
    "odata_no_object",
    "odata_error",
    "odata_guid",
)


class OnecBackend(models.Model):
    """Documents handed over by OData, where the base takes no EnterpriseData."""

    _inherit = "onec.backend"

    odata_hand_over = fields.Boolean(
        "Hand over by OData",
        tracking=True,
        help="Documents that have a template are written into 1C under our reference "
        "and posted there. Nothing is ever deleted in 1C.",
    )
    odata_template_ids = fields.One2many("onec.odata.template", "backend_id")

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        for backend in backends.filtered("odata_hand_over"):
            self.env["onec.odata.template"]._fill(backend)
        return backends

    def write(self, vals):
        answer = super().write(vals)
        if vals.get("odata_hand_over"):
            for backend in self:
                self.env["onec.odata.template"]._fill(backend)
        return answer

    def _ed_rows(self):
        """What goes by OData does not go in a message too."""
        rows = super()._ed_rows()
        if not (self.use_odata and self.odata_hand_over):
            return rows
        kinds = set(self.sudo().odata_template_ids.mapped("otype"))
        return rows.filtered(lambda row: row.otype not in kinds)

    def _odata_run(self):
        if self.odata_hand_over:
            self._odata_hand_over()
        return super()._odata_run()

    def _odata_hand_over(self):
        """Write what is queued into 1C, the oldest first; each is kept by itself."""
        rows = self.env["onec.outbox"].search(
            [
                ("backend_id", "=", self.id),
                ("otype", "in", self.odata_template_ids.mapped("otype")),
                ("latest", "=", True),
                ("state", "=", "queued"),
                ("message_id", "=", False),
            ],
            order="document_date, id",
        )
        for row in rows:
            row._odata_hand_over()


class OnecOutbox(models.Model):
    _inherit = "onec.outbox"

    def _odata_hand_over(self):
        """Create the document under our reference and post it.

        :raise ExchangeError: 1C cannot be reached; the document waits in the queue
        """
        self.ensure_one()
        backend = self.backend_id
        template = backend.odata_template_ids.filtered(
            lambda one: one.otype == self.otype
        )
        record = self.env[self.model].browse(self.res_id).exists()
        closed = self.document_date and backend._locked(self.document_date)
        if closed:
            self._odata_kept_back(backend._locked_proposal(self.document_date, *closed))
            return
        try:
            values = (
                template._values(record) if record and self.op == "upsert" else None
            )
            key = self._odata_keys().get(self.id) or (
                record and backend._guid(self.otype, record)
            )
            version = self._odata_map().version_1c
            client = backend._odata_client()
            backend._ed_commit()
            self._odata_write(client, template.entity, key, values, version)
        except ExchangeError as error:
            if error.code not in OF_DOCUMENT:
                raise
            _logger.warning("1c odata refused: row %s, %s", self.id, error)
            self._odata_kept_back(self.env["onec.message"]._explain(error))
            return
        now = fields.Datetime.now()
        self.write(
            {"state": "received", "sent_at": now, "received_at": now, "error": False}
        )
        backend._ed_commit()

    def _odata_kept_back(self, text):
        self.write({"state": "refused", "error": text})
        self.backend_id._ed_commit()

    @api.model
    def _odata_write(self, client, entity, key, values, version):
        """Network only. The reference is asked for first, so nothing doubles.

        :param values: the document, or None to take it back
        :param version: version of the object as 1C told it last
        """
        there = client.get(entity, key) if key else None
        if values is None:
            if there and there.get("Posted"):
                client.unpost(entity, key)
            if there:
                client.mark_deleted(entity, key)
            return
        if there is None:
            there = client.create(entity, key, values)
        elif version:
            # 1C refuses when somebody changed it there since we looked.
            there = client.change(entity, key, values, version)
            client.post(entity, key)
            return
        if not there.get("Posted"):
            client.post(entity, key)
