from odoo import api, fields, models
from odoo.exceptions import UserError

AT_ONCE = 1000
STEP = 500
PRINTED_AT_ONCE = 500


class LoyaltyGiftBatch(models.Model):
    """Gift cards made together: printed, handed to the shops, sold one by one."""

    _name = "loyalty.gift.batch"
    _description = "Gift card batch"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(required=True, tracking=True)
    program_id = fields.Many2one(
        "loyalty.program",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('program_type', '=', 'gift_card')]",
        default=lambda self: self._default_program(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="program_id.currency_id")
    branch_id = fields.Many2one(
        "loyalty.branch",
        index="btree_not_null",
        help="The shop that sells these cards; empty where any shop may.",
    )
    face_value = fields.Monetary("Face value", required=True, tracking=True)
    count = fields.Integer("Cards", required=True, default=100, tracking=True)
    validity_days = fields.Integer(
        "Valid for days",
        help="How long a card can be used, counted from its sale. Zero: until the"
        " last day below, or for ever where there is none.",
    )
    expiration_date = fields.Date(
        "Last day", help="No card of the batch can be used after this day."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("generating", "Being made"),
            ("generated", "Made"),
            ("printed", "Printed"),
            ("closed", "Closed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="Cards of a closed batch can be used, but no more of them are sold.",
    )
    card_ids = fields.One2many("loyalty.card", "gift_batch_id", "Gift cards")
    generated_count = fields.Integer("Made", compute="_compute_figures")
    sold_count = fields.Integer("Sold", compute="_compute_figures")
    printed_count = fields.Integer("Printed", readonly=True, copy=False)
    liability = fields.Monetary(
        compute="_compute_figures", help="What holders of sold cards may still spend."
    )
    progress = fields.Float(compute="_compute_figures")

    _count_range = models.Constraint(
        "CHECK(count > 0 AND count <= 100000)", "A batch has 1 to 100 000 cards."
    )
    _face_value_positive = models.Constraint(
        "CHECK(face_value > 0)", "The face value of a gift card is above zero."
    )
    _validity_positive = models.Constraint(
        "CHECK(COALESCE(validity_days, 0) >= 0)", "The validity cannot be negative."
    )

    @api.model
    def _default_program(self):
        domain = [
            ("program_type", "=", "gift_card"),
            ("company_id", "in", [self.env.company.id, False]),
        ]
        return self.env["loyalty.program"].search(domain, limit=1)

    @api.depends("card_ids.activation_date", "card_ids.points", "count")
    def _compute_figures(self):
        cards = self.env["loyalty.card"].sudo()
        figures = {}
        for batch, sold_on, number, points in cards._read_group(
            [("gift_batch_id", "in", self.ids)],
            ["gift_batch_id", "activation_date:year"],
            ["__count", "points:sum"],
        ):
            made, sold, liability = figures.get(batch.id, (0, 0, 0.0))
            figures[batch.id] = (
                made + number,
                sold + (number if sold_on else 0),
                liability + points,
            )
        for batch in self:
            made, sold, liability = figures.get(batch.id, (0, 0, 0.0))
            batch.generated_count = made
            batch.sold_count = sold
            batch.liability = liability
            batch.progress = 100.0 * made / batch.count if batch.count else 0.0

    @api.constrains("program_id")
    def _check_program(self):
        for batch in self:
            if batch.program_id.program_type != "gift_card":
                raise UserError(
                    self.env._(
                        "%s is no gift card program. Choose one that is.",
                        batch.program_id.name,
                    )
                )

    def write(self, vals):
        fixed = {"program_id", "face_value", "count"} & set(vals)
        if fixed and any(batch.state != "draft" for batch in self):
            raise UserError(
                self.env._(
                    "The cards of this batch exist already: program, face value and"
                    " number stay. Make another batch instead."
                )
            )
        res = super().write(vals)
        if "expiration_date" in vals:
            self._move_expiration()
        return res

    def _move_expiration(self):
        """Unsold cards follow the batch; a sold card keeps what its holder was told."""
        for batch in self:
            unsold = batch.card_ids.sudo().filtered(lambda c: not c.activation_date)
            unsold.write({"expiration_date": batch.expiration_date})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_cards(self):
        if any(batch.generated_count for batch in self):
            raise UserError(
                self.env._("A batch with cards cannot be deleted. Close it instead.")
            )

    # -- making the cards ---------------------------------------------------------
    def action_generate(self):
        """Make the cards: up to a thousand now, more in the background."""
        self.check_access("write")
        for batch in self:
            if batch.state != "draft":
                raise UserError(
                    self.env._("The cards of %s were made already.", batch.name)
                )
            batch.state = "generating"
            if batch.count <= AT_ONCE:
                batch._generate(batch.count)
        if waiting := self.filtered(lambda b: b.state == "generating"):
            self.env.ref("loyalty_club.cron_gift_batches").sudo()._trigger()
            return waiting._notify_in_background()
        return True

    def _notify_in_background(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%s cards are being made in the background; this page shows how"
                    " far it is.",
                    sum(self.mapped("count")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _missing(self):
        self.ensure_one()
        return self.count - self.card_ids.sudo().search_count(
            [("gift_batch_id", "=", self.id), ("active", "in", (True, False))]
        )

    def _generate(self, limit):
        """Make up to ``limit`` of the missing cards; return how many were made."""
        self.ensure_one()
        number = min(self._missing(), limit)
        cards = self.env["loyalty.card"].sudo().with_company(self.company_id)
        cards.with_context(tracking_disable=True, loyalty_no_mail=True).create(
            [self._prepare_card_values() for _number in range(number)]
        )
        if not self._missing():
            self.state = "generated"
        return number

    def _prepare_card_values(self):
        return {
            "program_id": self.program_id.id,
            "gift_batch_id": self.id,
            "branch_id": self.branch_id.id,
            "face_value": self.face_value,
            "expiration_date": self.expiration_date,
            "points": 0.0,
        }

    @api.model
    def _cron_generate(self):
        """Make the cards of large batches, in committed steps."""
        batches = self.search([("state", "=", "generating")], order="id")
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=sum(batch._missing() for batch in batches))
        for batch in batches:
            while left and batch.state == "generating":
                left = commit(batch._generate(STEP))

    # -- printing -------------------------------------------------------------------
    def action_print(self):
        """Sheets of the next cards that were not printed; from the start when all were.

        :return: the report's action
        """
        self.ensure_one()
        self.check_access("write")
        self._check_printer()
        cards = self.env["loyalty.card"].search(
            [("gift_batch_id", "=", self.id)], order="id"
        )
        if not cards:
            raise UserError(self.env._("Make the cards of %s first.", self.name))
        start = self.printed_count if self.printed_count < len(cards) else 0
        some = cards[start : start + PRINTED_AT_ONCE]
        self.printed_count = start + len(some)
        if self.state == "generated" and self.printed_count == len(cards):
            self.state = "printed"
        report = self.env.ref("loyalty_club.report_gift_sheet_action")
        return report.report_action(some, config=False)

    @api.model
    def _check_printer(self):
        """Say so at once where the server cannot make PDF files."""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in (
            "install",
            "broken",
        ):
            raise UserError(
                self.env._(
                    "Cards are printed by the program wkhtmltopdf, which does not work"
                    " on this server. Ask your administrator to install it."
                )
            )

    # -- after that -----------------------------------------------------------------
    def action_close(self):
        """No more cards of these batches are sold."""
        self.check_access("write")
        self.state = "closed"

    def action_view_cards(self):
        """The cards of the batch."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_club.loyalty_card_action_gift"
        )
        return dict(
            action,
            name=self.name,
            domain=[("gift_batch_id", "=", self.id)],
            context={"search_default_all": 1},
        )
