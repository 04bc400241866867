from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..engine import keywords

KINDS = [
    (keywords.STOP, "Stop offers"),
    (keywords.STOP_ALL, "Stop everything"),
    (keywords.START, "Start again"),
    (keywords.BALANCE, "Balance"),
    (keywords.HELP, "Help"),
    (keywords.YES, "Confirm a consent"),
]


class LoyaltySmsKeyword(models.Model):
    """A word that customers may reply, and what it means."""

    _name = "loyalty.sms.keyword"
    _description = "Reply word"
    _order = "kind, word"
    _rec_name = "word"

    word = fields.Char(required=True)
    kind = fields.Selection(KINDS, "Means", required=True)
    normalised = fields.Char(compute="_compute_normalised", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty for the words of all companies."
    )

    _key = models.UniqueIndex(
        "(normalised, COALESCE(company_id, 0))",
        "This word has a meaning already. Change that one.",
    )

    @api.depends("word")
    def _compute_normalised(self):
        for keyword in self:
            keyword.normalised = keywords.normalise(keyword.word)

    @api.constrains("word")
    def _check_word(self):
        for keyword in self:
            if not keyword.normalised or keyword.normalised.isdigit():
                raise ValidationError(
                    self.env._(
                        "“%s” is no word: numbers are ratings. Enter letters.",
                        keyword.word,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache("company_id")
    def _words(self, company_id):
        """``{normalised word: kind}`` of a company; its own words win."""
        found = self.sudo().search_fetch(
            [("company_id", "in", [company_id, False])],
            ["normalised", "kind", "company_id"],
        )
        ordered = found.sorted(lambda keyword: bool(keyword.company_id))
        return {keyword.normalised: keyword.kind for keyword in ordered}
