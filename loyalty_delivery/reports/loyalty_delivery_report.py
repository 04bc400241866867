from odoo import fields, models
from odoo.tools import SQL

from ..models.constants import STOP_STATES


class LoyaltyDeliveryReport(models.Model):
    """How couriers, zones and days do: a row a delivery."""

    _name = "loyalty.delivery.report"
    _description = "Deliveries analysis"
    _auto = False
    _order = "date desc"
    _rec_name = "date"
    _depends = {
        "loyalty.delivery.stop": [
            "state",
            "date",
            "trip_id",
            "margin_amount",
            "fee_amount",
            "leg_m",
            "carrier_cost",
            "arrived_at",
            "done_at",
            "rating",
            "tip_amount",
            "tip_points",
        ],
        "loyalty.delivery.pay.line": ["amount", "stop_id", "trip_id"],
        "loyalty.delivery.courier": ["cost_km"],
    }

    date = fields.Date(readonly=True)
    stop_id = fields.Many2one("loyalty.delivery.stop", "Delivery", readonly=True)
    trip_id = fields.Many2one("loyalty.delivery.trip", readonly=True)
    courier_id = fields.Many2one("loyalty.delivery.courier", readonly=True)
    zone_id = fields.Many2one("loyalty.delivery.zone", readonly=True)
    tier_id = fields.Many2one("loyalty.tier", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(STOP_STATES, readonly=True)
    stops = fields.Integer("Deliveries", readonly=True)
    delivered = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)
    late = fields.Integer(readonly=True)
    on_time_percent = fields.Float("On time, %", readonly=True, aggregator="avg")
    planned_km = fields.Float(
        "Km planned", readonly=True, help="The legs to the stops, without the way back."
    )
    minutes_at_door = fields.Float(
        "Minutes at the door", readonly=True, aggregator="avg"
    )
    rating = fields.Float(readonly=True, aggregator="avg")
    tip = fields.Monetary("Tips promised", readonly=True)
    tip_points = fields.Float("Tips in points", readonly=True)
    amount_total = fields.Monetary("Amount", readonly=True)
    collected = fields.Monetary(readonly=True)
    fee = fields.Monetary("Delivery price", readonly=True)
    perk = fields.Monetary("Given by the tier", readonly=True)
    pay = fields.Monetary("Courier's pay", readonly=True)
    road = fields.Monetary("Cost of the way", readonly=True, help="Or of the carrier.")
    apology = fields.Monetary("Apologies in points", readonly=True)
    margin = fields.Monetary("Margin of the goods", readonly=True)
    profit = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT figures.*,
                   CASE WHEN figures.delivered + figures.failed > 0
                        THEN margin + fee - pay - road - apology ELSE 0 END AS profit
              FROM (%s) AS figures""",
            self._figures_query(),
        )

    def _figures_query(self):
        return SQL(
            """
            SELECT stop.id,
                   stop.id AS stop_id,
                   stop.date,
                   stop.trip_id,
                   stop.courier_id,
                   stop.zone_id,
                   stop.tier_id,
                   stop.company_id,
                   company.currency_id,
                   stop.state,
                   1 AS stops,
                   (stop.state IN ('delivered', 'partial'))::int AS delivered,
                   (stop.state = 'failed')::int AS failed,
                   (%(late)s)::int AS late,
                   CASE WHEN stop.state IN ('delivered', 'partial')
                        THEN CASE WHEN %(late)s THEN 0 ELSE 100 END
                   END AS on_time_percent,
                   COALESCE(stop.leg_m, 0) / 1000.0 AS planned_km,
                   EXTRACT(EPOCH FROM stop.done_at - stop.arrived_at) / 60.0
                       AS minutes_at_door,
                   NULLIF(stop.rating, 0) AS rating,
                   COALESCE(stop.tip_amount, 0) AS tip,
                   COALESCE(stop.tip_points, 0) AS tip_points,
                   stop.amount_total,
                   stop.cod_collected AS collected,
                   CASE WHEN stop.state = 'failed' THEN 0
                        ELSE COALESCE(stop.fee_amount, 0) END AS fee,
                   COALESCE(stop.perk_amount, 0) AS perk,
                   COALESCE(own.amount, 0)
                       + COALESCE(whole.amount / NULLIF(finished.number, 0), 0) AS pay,
                   COALESCE(stop.leg_m, 0) / 1000.0
                       * COALESCE(courier.cost_km, 0)
                       + COALESCE(stop.carrier_cost, 0) AS road,
                   %(apology)s AS apology,
                   COALESCE(stop.margin_amount, 0) AS margin
              FROM loyalty_delivery_stop stop
              JOIN res_company company ON company.id = stop.company_id
         LEFT JOIN loyalty_delivery_courier courier ON courier.id = stop.courier_id
         LEFT JOIN (SELECT stop_id, SUM(amount) AS amount
                      FROM loyalty_delivery_pay_line
                     WHERE stop_id IS NOT NULL
                  GROUP BY stop_id) own ON own.stop_id = stop.id
         LEFT JOIN (SELECT trip_id, SUM(amount) AS amount
                      FROM loyalty_delivery_pay_line
                     WHERE stop_id IS NULL
                  GROUP BY trip_id) whole ON whole.trip_id = stop.trip_id
                       AND stop.state IN ('delivered', 'partial', 'failed')
         LEFT JOIN (SELECT trip_id, COUNT(*) AS number
                      FROM loyalty_delivery_stop
                     WHERE state IN ('delivered', 'partial', 'failed')
                  GROUP BY trip_id) finished ON finished.trip_id = stop.trip_id
             WHERE stop.state != 'cancelled'""",
            late=SQL(
                "COALESCE(stop.state IN ('delivered', 'partial') AND"
                " COALESCE(stop.arrived_at, stop.done_at)"
                " > COALESCE(stop.promised_end, stop.window_end), FALSE)"
            ),
            apology=self._apology_sql(),
        )

    def _apology_sql(self):
        return SQL(
            """COALESCE((SELECT SUM(apology.cost) FROM loyalty_delivery_apology apology
                          WHERE apology.stop_id = stop.id
                            AND apology.state = 'given'), 0)"""
        )
