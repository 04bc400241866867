from odoo import api, fields, models

from .constants import OTYPES


class OnecConflict(models.Model):
    """Both sides say something else: a person decides, and may make a rule of it."""

    _name = "onec.conflict"
    _inherit = ["mail.thread"]
    _description = "1C conflict"
    _order = "state, id desc"

    backend_id = fields.Many2one(
        "onec.backend", "1C base", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="backend_id.company_id", store=True, index=True
    )
    kind = fields.Selection(
        [
            ("both_changed", "Changed on both sides"),
            ("missing_map", "No correspondence"),
            ("tax_unknown", "Unknown tax"),
            ("currency_unknown", "Unknown currency"),
            ("uom_unknown", "Unknown unit"),
            ("duplicate_key", "Same key twice"),
            ("shared_id", "One id for different counterparties"),
            ("period_locked", "Closed period"),
            ("other_company", "Other organization"),
            ("deactivate", "Goods to be deactivated"),
            ("order_changed", "Order with documents in 1C"),
            ("amount_differs", "Amounts differ"),
            ("not_found", "Not found in 1C"),
            ("invalid", "Cannot be applied"),
        ],
        required=True,
        tracking=True,
    )
    name = fields.Char(required=True)
    otype = fields.Selection(OTYPES, "What")
    external_id = fields.Char("Id in 1C")
    map_id = fields.Many2one("onec.map", ondelete="set null", index="btree_not_null")
    line_id = fields.Many2one("onec.line", ondelete="set null", index="btree_not_null")
    message_id = fields.Many2one(
        "onec.message", ondelete="set null", index="btree_not_null"
    )
    model = fields.Char()
    res_id = fields.Many2oneReference("Record", model_field="model", aggregator=None)
    # {label: value} of both sides, as texts for people
    left = fields.Json("Here")
    right = fields.Json("In 1C")
    # What is needed to apply the choice (values ready to be written, ids ...)
    payload = fields.Json()
    proposal = fields.Text(help="What we advise, and why.")
    state = fields.Selection(
        [("open", "Open"), ("solved", "Solved"), ("dismissed", "Dismissed")],
        required=True,
        default="open",
        tracking=True,
    )
    resolution = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", "Decided by", readonly=True)
    solved_at = fields.Datetime(readonly=True)
    # The same question is asked once: (backend, key) is unique while open.
    key = fields.Char(required=True)

    _key_uniq = models.UniqueIndex("(backend_id, key) WHERE state = 'open'")

    @api.model
    def _ask(self, backend, kind, key, name, **values):
        """Put a question to the accountant, or refresh the one that is open.

        :param key: what the question is about; the same key never asks twice
        :param values: further fields (left, right, payload, map_id, line_id, ...)
        :return: the open conflict
        """
        open_one = self.sudo().search(
            [
                ("backend_id", "=", backend.id),
                ("key", "=", key),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        vals = {"kind": kind, "name": name, **values}
        if open_one:
            open_one.write(vals)
            return open_one
        return self.sudo().create({"backend_id": backend.id, "key": key, **vals})

    def _resolve(self, choice):
        """Do what was chosen: ``here``, ``1c``, or what a kind knows besides.

        Dispatches to ``_resolve_<kind>(choice)`` where a part has one (singleton; it
        raises UserError when the choice cannot be done) and marks the conflict.
        """
        for conflict in self:
            method = getattr(conflict, f"_resolve_{conflict.kind}", None)
            if method is not None:
                method(choice)
            conflict.write(
                {
                    "state": "solved",
                    "resolution": choice,
                    "user_id": self.env.uid,
                    "solved_at": fields.Datetime.now(),
                }
            )
