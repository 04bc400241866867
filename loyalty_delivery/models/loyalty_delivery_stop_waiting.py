"""The safety net: what is ready and has no delivery."""

from odoo import api, models

BATCH = 200


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    @api.model
    def _waiting(self, company, before=None, limit=None):
        """Transfers and orders without a delivery: ``(transfers, orders)``."""
        carriers = (
            self.env["delivery.carrier"]
            .sudo()
            .with_context(active_test=False)
            .search([("delivery_type", "=", "own_courier")])
        )
        time = [("scheduled_date", "<", before)] if before else []
        pickings = self.env["stock.picking"].sudo()
        found = pickings.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "assigned"),
                ("picking_type_code", "=", "outgoing"),
                ("carrier_id", "in", carriers.ids),
                *time,
            ],
            limit=limit,
        )
        held = self.env["loyalty.delivery.stop.claim"].sudo()
        found -= held.search([("picking_id", "in", found.ids)]).picking_id
        orders = self.env["sale.order"].sudo()
        # Orders are delivered once: those with a delivery are done with.
        direct = orders.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("carrier_id", "in", carriers.ids),
                ("picking_ids", "=", False),
                ("delivery_stop_ids", "=", False),
                *([("commitment_date", "<", before)] if before else []),
            ],
            limit=limit,
        ).filtered(lambda order: not order._delivery_has_goods())
        return found._delivery_wanted(), direct

    @api.model
    def _cron_collect(self):
        """Collect what the changes of transfers did not bring, in committed batches."""
        zones = self.env["loyalty.delivery.zone"].sudo()
        companies = zones.search([("company_id.active", "=", True)]).company_id
        cron = self.env["ir.cron"]
        for company in companies:
            pickings, orders = self._waiting(company)
            pickings -= self._decided(pickings)
            for start in range(0, max(len(pickings), len(orders)), BATCH):
                window = slice(start, start + BATCH)
                self._collect(pickings[window], orders[window])
                left = max(len(pickings), len(orders)) - start - BATCH
                if not cron._commit_progress(BATCH, remaining=max(left, 0)):
                    return
