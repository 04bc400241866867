from odoo import api, fields, models
from odoo.tools import SQL

# Room for the ids of a source; a row's id is whole in JavaScript's numbers.
SOURCE_BITS = 40


class LoyaltyTimeline(models.Model):
    """Everything that happened with a customer, in time order, from many tables."""

    _name = "loyalty.timeline"
    _description = "History of a customer"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "title"
    _depends = {
        "account.move": [
            "state",
            "move_type",
            "partner_id",
            "invoice_date",
            "amount_total_in_currency_signed",
            "loyalty_branch_id",
        ],
        "sale.order": ["state", "partner_id", "date_order", "amount_total"],
        "loyalty.purchase": ["partner_id", "date", "amount", "state"],
        "loyalty.point.move": ["partner_id", "date", "kind", "points"],
        "loyalty.tier.change": ["partner_id", "date"],
        "loyalty.message": ["partner_id", "state", "create_date"],
        "loyalty.feedback": ["partner_id", "state", "answered_at"],
        "loyalty.complaint": ["partner_id", "create_date"],
        "loyalty.consent": ["partner_id", "date"],
        "loyalty.sms.inbound": ["partner_id", "create_date"],
    }

    date = fields.Datetime("Time", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    branch_id = fields.Many2one("loyalty.branch", readonly=True)
    kind = fields.Selection(selection="_kind_selection", string="What", readonly=True)
    res_model = fields.Char("Document model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )
    points = fields.Float(digits=(16, 2), readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    title = fields.Char("What happened", compute="_compute_title")

    @property
    def _table_query(self):
        selects = [
            SQL(
                """SELECT (%s::bigint << %s) + source.res_id AS id, source.*
                     FROM (%s) source (date, partner_id, company_id, branch_id, kind,
                          res_model, res_id, points, amount, currency_id)""",
                number,
                SOURCE_BITS,
                query,
            )
            for number, query in enumerate(self._timeline_queries())
        ]
        return SQL(" UNION ALL ").join(selects)

    @api.model
    def _kind_selection(self):
        """Kinds of entries; addons with more sources add theirs."""
        return [
            ("purchase", self.env._("Purchase")),
            ("order", self.env._("Order")),
            ("points", self.env._("Points")),
            ("tier", self.env._("Tier")),
            ("message", self.env._("Message")),
            ("reply", self.env._("From the customer")),
            ("rating", self.env._("Rating")),
            ("complaint", self.env._("Complaint")),
            ("consent", self.env._("Consent")),
        ]

    # -- titles -----------------------------------------------------------------
    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_title(self):
        titles = {}
        for model, rows in self.filtered("res_id").grouped("res_model").items():
            # Who may read the history reads its titles; masked where they hold codes.
            records_sudo = self.env[model].sudo().browse(rows.mapped("res_id")).exists()
            for record_sudo in records_sudo:
                titles[model, record_sudo.id] = self._title_of(record_sudo)
        for row in self:
            row.title = titles.get((row.res_model, row.res_id), "")

    @api.model
    def _title_of(self, record_sudo):
        """One line about a record; addons with more sources add theirs."""
        describe = {
            "loyalty.point.move": self._title_of_points,
            "loyalty.tier.change": self._title_of_tier,
            "loyalty.message": self._title_of_message,
            "loyalty.feedback": self._title_of_rating,
            "loyalty.consent": self._title_of_consent,
            "loyalty.sms.inbound": self._title_of_reply,
            "loyalty.purchase": lambda purchase: purchase.reference,
        }.get(record_sudo._name)
        return (describe and describe(record_sudo)) or record_sudo.display_name

    @api.model
    def _label(self, record, name):
        selection = record._fields[name]._description_selection(self.env)
        return dict(selection).get(record[name], "")

    @api.model
    def _title_of_points(self, move):
        parts = [self._label(move, "kind"), move.explanation]
        if move.res_id:
            parts.insert(1, move.document_name)
        return " · ".join(filter(None, parts))

    @api.model
    def _title_of_tier(self, change):
        names = (change.from_tier_id.name, change.to_tier_id.name)
        return " → ".join(name or "–" for name in names)

    @api.model
    def _title_of_message(self, message):
        return " · ".join(
            filter(
                None,
                [
                    self._label(message, "channel"),
                    message.status_text,
                    message.body_shown,
                ],
            )
        )

    @api.model
    def _title_of_rating(self, feedback):
        return " · ".join(filter(None, [feedback.rating_text, feedback.comment]))

    @api.model
    def _title_of_consent(self, consent):
        names = ("action", "purpose", "channel", "source")
        return " · ".join(self._label(consent, name) for name in names)

    @api.model
    def _title_of_reply(self, inbound):
        return f"{self._label(inbound, 'channel')} · {inbound.text or ''}"

    # -- actions ----------------------------------------------------------------
    def action_open(self):
        """The document itself; its own rights hold."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()
