from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    _computed_in_import = (
        "image_1024",
        "image_512",
        "image_256",
        "image_128",
        "phone_sanitized",
    )

    loyalty_card_ids = fields.One2many(
        "loyalty.card", "partner_id", "Loyalty cards", domain=[("is_club", "=", True)]
    )
    loyalty_card_id = fields.Many2one(
        "loyalty.card", "Member card", compute="_compute_loyalty_card"
    )
    loyalty_points = fields.Float(
        "Points", compute="_compute_loyalty_card", digits=(16, 2)
    )
    loyalty_pending_points = fields.Float(
        "Pending points", compute="_compute_loyalty_card", digits=(16, 2)
    )
    loyalty_tier_id = fields.Many2one(
        "loyalty.tier",
        "Tier",
        company_dependent=True,
        readonly=True,
        help="Follows the member card; prices depend on it.",
    )
    loyalty_progress = fields.Char("Next tier", compute="_compute_loyalty_progress")
    loyalty_progress_percent = fields.Float(compute="_compute_loyalty_progress")
    is_loyalty_member = fields.Boolean(
        "Member", compute="_compute_is_loyalty_member", search="_search_is_member"
    )
    loyalty_branch_id = fields.Many2one(
        "loyalty.branch", "Branch", index="btree_not_null"
    )
    loyalty_source_id = fields.Many2one(
        "loyalty.source", "Heard of us", index="btree_not_null"
    )
    loyalty_referrer_id = fields.Many2one(
        "res.partner", "Referred by", index="btree_not_null"
    )
    loyalty_attribute_ids = fields.Many2many(
        "loyalty.attribute.value", string="Interests and preferences"
    )
    birthday = fields.Date(tracking=True)
    wedding_date = fields.Date("Wedding anniversary")
    gender = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("other", "Other")]
    )
    national_id = fields.Char(
        "National id", copy=False, index="btree_not_null", groups="base.group_user"
    )
    consent_sms = fields.Boolean("SMS marketing", tracking=True)
    consent_email = fields.Boolean("E-mail marketing", tracking=True)
    consent_messenger = fields.Boolean("Messenger marketing", tracking=True)
    consent_call = fields.Boolean("Calls", tracking=True)
    consent_service = fields.Boolean("Service messages", default=True, tracking=True)
    consent_date = fields.Datetime("Consent given", readonly=True, copy=False)
    consent_source = fields.Char("Consent given by", readonly=True, copy=False)
    loyalty_class = fields.Selection(
        [("normal", "Normal"), ("vip", "VIP"), ("problem", "Problem")],
        "Class",
        company_dependent=True,
    )
    loyalty_class_reason = fields.Char("Why this class", company_dependent=True)
    loyalty_class_manual = fields.Boolean("Class set by hand", company_dependent=True)
    loyalty_class_until = fields.Date("Class until", company_dependent=True)
    prepayment_only = fields.Boolean(
        company_dependent=True,
        help="Orders of this customer are confirmed against prepayment only.",
    )

    # -- cards ------------------------------------------------------------------
    @api.depends("loyalty_card_ids.points", "loyalty_card_ids.pending_points")
    @api.depends_context("company")
    def _compute_loyalty_card(self):
        club = self.env.company._loyalty_club()
        cards = self.env["loyalty.card"].sudo()
        holders = self | self.commercial_partner_id
        by_partner = {}
        if club and holders.ids:
            found = cards.search(
                [("program_id", "=", club.id), ("partner_id", "in", holders.ids)]
            )
            by_partner = {card.partner_id.id: card for card in found}
        for partner in self:
            card = (
                by_partner.get(partner.id)
                or by_partner.get(partner.commercial_partner_id.id)
                or cards
            )
            partner.loyalty_card_id = card.sudo(False)
            partner.loyalty_points = card.points
            partner.loyalty_pending_points = card.pending_points

    @api.depends("loyalty_card_ids.points", "loyalty_card_ids.tier_id")
    @api.depends_context("company", "lang")
    def _compute_loyalty_progress(self):
        for partner in self:
            card_sudo = partner.loyalty_card_id.sudo()
            partner.loyalty_progress = card_sudo.tier_progress_text
            partner.loyalty_progress_percent = card_sudo.tier_progress_percent

    @api.depends("loyalty_card_ids")
    def _compute_is_loyalty_member(self):
        cards = self.env["loyalty.card"].sudo()
        members = cards._read_group(
            [("partner_id", "in", self.ids), ("is_club", "=", True)], ["partner_id"]
        )
        members = {partner.id for (partner,) in members}
        for partner in self:
            partner.is_loyalty_member = partner._origin.id in members

    @api.model
    def _search_is_member(self, operator, value):
        if operator not in ("in", "not in", "=", "!="):
            return NotImplemented
        wanted = value if isinstance(value, bool) else True in value
        positive = operator in ("in", "=")
        cards = self.env["loyalty.card"].sudo()._search([("is_club", "=", True)])
        operator = "in" if wanted == positive else "not in"
        return [("id", operator, cards.subselect("partner_id"))]

    def action_view_member_card(self):
        """The card by which the customer is a member."""
        self.ensure_one()
        return self.loyalty_card_id.get_formview_action()

    # -- prices -------------------------------------------------------------------
    @api.depends("loyalty_tier_id")
    def _compute_product_pricelist(self):
        return super()._compute_product_pricelist()

    def _synced_commercial_fields(self):
        return [
            *super()._synced_commercial_fields(),
            "loyalty_tier_id",
            "prepayment_only",
        ]

    # -- many at once -----------------------------------------------------------------
    @api.model
    def _create_members(self, vals_list):
        """Create many customers without a company above them, by ``create``.

        Spares the ERP what would come to nothing for them: looking for a parent's data
        (as its own import does), a salesperson of the parent, and pictures in four
        sizes of no picture. Phones are E.164 already, which is what the ERP would
        compute.

        :param vals_list: as for ``create``; ``phone``, where given, is E.164
        """
        partners = self.with_context(_partners_skip_fields_sync=True).create(
            [
                {
                    "user_id": False,
                    "properties": False,
                    "phone_sanitized": vals.get("phone"),
                    **vals,
                }
                for vals in vals_list
            ]
        )
        for name in self._computed_in_import:
            self.env.remove_to_compute(self._fields[name], partners)
        return self.browse(partners.ids)

    def _check_company(self, fnames=None):
        """Check customers alike once, not one by one: all new ones have the same links.

        A link to another company's record is refused as ever, with every customer in
        the message.
        """
        names = [
            name
            for name, field in self._fields.items()
            if field.relational and field.check_company
        ]
        alike = {}
        for partner in self.sudo():
            links = tuple(partner[name]._ids for name in names)
            alike.setdefault((partner.company_id.id, links), partner.id)
        try:
            return super(ResPartner, self.browse(alike.values()))._check_company(fnames)
        except UserError:
            super()._check_company(fnames)
            raise

    # -- debts ----------------------------------------------------------------------
    def _loyalty_is_overdue(self):
        """Whether any of these customers has an invoice past its due date."""
        return bool(
            self.env["account.move"]
            .sudo()
            .search_count(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("move_type", "in", ("out_invoice", "out_receipt")),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial")),
                    ("invoice_date_due", "<", fields.Date.context_today(self)),
                ],
                limit=1,
            )
        )

    def _loyalty_notify(self, event, values):
        """Tell the customer what happened; addons that carry messages extend it.

        :param event: name of the event, as in the product's catalogue (``tier_change``)
        :param values: JSON-ready facts for the text of the message
        :return: whether somebody carries it; who asks tells it another way otherwise
        """
        return False
