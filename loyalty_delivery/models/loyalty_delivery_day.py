from odoo import fields, models
from odoo.tools import SQL


class LoyaltyDeliveryDay(models.Model):
    """What became of the deliveries of a day, by zone and courier."""

    _name = "loyalty.delivery.day"
    _description = "Deliveries by day"
    _auto = False
    _order = "date desc, zone_id, courier_id"
    _rec_name = "date"

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    zone_id = fields.Many2one("loyalty.delivery.zone", readonly=True)
    courier_id = fields.Many2one("loyalty.delivery.courier", readonly=True)
    stop_count = fields.Integer("All", readonly=True)
    delivered_count = fields.Integer("Delivered", readonly=True)
    pending_count = fields.Integer("Pending", readonly=True)
    failed_count = fields.Integer("Failed", readonly=True)
    late_count = fields.Integer("Late", readonly=True)
    amount_total = fields.Monetary("Amount", readonly=True)
    amount_delivered = fields.Monetary("Amount delivered", readonly=True)
    amount_pending = fields.Monetary("Amount pending", readonly=True)
    cod_due = fields.Monetary("To collect", readonly=True)
    cod_collected = fields.Monetary("Collected", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(id) AS id, date, company_id, zone_id, courier_id,
                   COUNT(*) AS stop_count,
                   COUNT(*) FILTER (WHERE state IN ('delivered', 'partial'))
                       AS delivered_count,
                   COUNT(*) FILTER (
                       WHERE state NOT IN ('delivered', 'partial', 'failed'))
                       AS pending_count,
                   COUNT(*) FILTER (WHERE state = 'failed') AS failed_count,
                   COUNT(*) FILTER (WHERE late_minutes > 0) AS late_count,
                   SUM(amount_total) AS amount_total,
                   SUM(amount_total) FILTER (WHERE state IN ('delivered', 'partial'))
                       AS amount_delivered,
                   SUM(amount_total) FILTER (
                       WHERE state NOT IN ('delivered', 'partial', 'failed'))
                       AS amount_pending,
                   SUM(cod_due) FILTER (WHERE state <> 'failed') AS cod_due,
                   SUM(cod_collected) AS cod_collected
              FROM loyalty_delivery_stop
             WHERE state <> 'cancelled'
             GROUP BY date, company_id, zone_id, courier_id
            """
        )

    def action_view_stops(self):
        """The deliveries that are counted here."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "loyalty_delivery.loyalty_delivery_stop_action"
        )
        domain = [
            ("date", "=", self.date),
            ("company_id", "=", self.company_id.id),
            ("zone_id", "=", self.zone_id.id),
            ("courier_id", "=", self.courier_id.id),
            ("state", "!=", "cancelled"),
        ]
        return dict(action, domain=domain, context={})
