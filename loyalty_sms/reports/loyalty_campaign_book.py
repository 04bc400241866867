from odoo import api, fields, models

from odoo.addons.loyalty_club.engine.sheet import MAX_ROWS, Book, Column

FIGURES = (
    "sent_count",
    "delivered_count",
    "buyer_count",
    "revenue",
    "revenue_delivered",
    "control_count",
    "control_buyer_count",
    "control_revenue",
    "per_head",
    "incremental",
    "low",
    "high",
    "note",
    "discount",
    "points_value",
    "cost",
    "optout_count",
    "profit",
    "roi",
)
RECIPIENT = (
    "partner_id",
    "number",
    "tier_id",
    "variant",
    "state",
    "reason",
    "message_state",
    "touched_at",
    "counts_until",
    "is_delivered",
    "purchase_count",
    "revenue",
    "discount",
    "points_value",
    "cost",
    "opted_out",
)
# Read and written this many at a time, so that memory stays small.
PORTION = 2000


class LoyaltyCampaignBook(models.AbstractModel):
    """A campaign's report as an Excel file of several sheets."""

    _name = "loyalty.campaign.book"
    _description = "Campaign report in Excel"

    @api.model
    def _book(self, campaign):
        """Give the bytes of the file; the caller checks who may read it."""
        book = Book()
        book.add_sheet(
            self.env._("Summary"),
            [Column(self.env._("Fact")), Column(self.env._("Value"), "number")],
            self._summary(campaign),
        )
        names = {
            "total": self.env._("All"),
            "tier": self.env._("By tier"),
            "half": self.env._("A and B"),
        }
        for dimension, name in names.items():
            lines = campaign.result_ids.filtered(
                lambda line, d=dimension: line.dimension == d
            )
            self._add_results(book, name, lines)
        self._add_reasons(book, campaign)
        self._add_recipients(book, campaign)
        return book.close()

    def _summary(self, campaign):
        names = (
            "name",
            "audience_id",
            "channel",
            "state",
            "started_at",
            "finished_at",
            "window_days",
            "control_percent",
            "margin_percent",
            "recipient_count",
            "control_count",
            "skipped_count",
            "accepted_count",
            "delivered_count",
            "failed_count",
            "revenue",
            "incremental",
            "message_cost",
            "profit",
            "roi",
            "optout_count",
            "results_at",
            "verdict",
        )
        rows = [
            (self._label(campaign, name), self._cell(campaign, name)) for name in names
        ]
        return [*rows, (self.env._("Currency"), campaign.currency_id.name)]

    def _add_results(self, book, name, lines):
        lines = lines.sorted()
        columns = [Column(self.env._("Of"))]
        columns += [self._column(lines, field) for field in FIGURES]
        book.add_sheet(
            name,
            columns,
            (
                [line.name, *(self._cell(line, field) for field in FIGURES)]
                for line in lines
            ),
        )

    def _add_reasons(self, book, campaign):
        rows = [
            (self.env._("Left out"), line["label"], line["count"])
            for line in campaign._left_out_reasons()
        ]
        rows += [
            (self.env._("Not delivered"), line["label"], line["count"])
            for line in campaign._failure_reasons()
        ]
        book.add_sheet(
            self.env._("Why not"),
            [
                Column(self.env._("What")),
                Column(self.env._("Reason")),
                Column(self.env._("Customers"), "integer", total=True),
            ],
            rows,
            total_label=self.env._("Total"),
        )

    def _add_recipients(self, book, campaign):
        recipients = self.env["loyalty.sms.campaign.recipient"]
        page = book.open_sheet(
            self.env._("Recipients"),
            [self._column(recipients, name) for name in RECIPIENT],
        )
        last, domain = 0, [("campaign_id", "=", campaign.id)]
        for _portion in range(MAX_ROWS // PORTION - 1):
            found = recipients.search(
                [*domain, ("id", ">", last)], order="id", limit=PORTION
            )
            if not found:
                break
            for recipient in found:
                page.add_row([self._cell(recipient, name) for name in RECIPIENT])
            last = found[-1].id
            found.invalidate_recordset(flush=False)
        page.finish(self.env._("Total"))

    # -- cells ------------------------------------------------------------------
    def _label(self, records, name):
        return records._fields[name]._description_string(self.env)

    def _column(self, records, name):
        field = records._fields[name]
        title = self._label(records, name)
        if field.type == "boolean":
            return Column(title, "boolean")
        if field.type in ("float", "monetary"):
            summed = records._name.endswith("recipient")
            return Column(title, "number", total=summed)
        if field.type == "integer":
            return Column(title, "integer")
        return Column(title)

    def _cell(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            return value.display_name or None
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value)
        if field.type == "datetime" and value:
            return fields.Datetime.context_timestamp(record, value)
        return value
