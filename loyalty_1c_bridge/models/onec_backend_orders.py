import hashlib
from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..engine.commerceml import writer
from ..engine.commerceml.records import to_json
from ..engine.identity import content_hash

# A transaction that was open while 1C asked has an earlier write date than the answer.
OVERLAP = timedelta(minutes=30)
CHUNK = 100


class OnecBackend(models.Model):
    """Orders out: the same until 1C says ``success``, then only what changed."""

    _inherit = "onec.backend"

    cml_version = fields.Selection(
        [
            ("2.07", "2.07"),
            ("2.08", "2.08"),
            ("2.09", "2.09"),
            ("2.10", "2.10, with shipments and payments"),
            ("3.1", "3.1 (Контейнер)"),
        ],
        "Version of orders",
        default="2.08",
        required=True,
    )
    orders_limit = fields.Integer(
        "Orders a request",
        default=500,
        help="The oldest first; the rest goes with the next request.",
    )
    orders_watermark = fields.Datetime("Orders told up to", readonly=True, copy=False)
    orders_new = fields.Boolean(
        "Take over orders born in 1C",
        help="They become quotations here. Otherwise they are shown as conflicts.",
    )
    orders_cancel = fields.Boolean(
        "Cancel here what is cancelled in 1C",
        help="Otherwise somebody decides in the conflicts. Shipped orders always wait.",
    )
    orders_payment_journal_id = fields.Many2one(
        "account.journal",
        "Register payments of 1C in",
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        help="Payments told by 1C with an order are registered on its invoices, each "
        "once. Empty: they are only shown.",
    )

    def _orders_query(self, session):
        """Orders that 1C has not got yet, as a file; an empty list is a file too.

        :param session: the ``onec.session`` that asks; the same one confirms
        :return: bytes
        """
        self.ensure_one()
        snapshot = fields.Datetime.now()
        served, whole = self._orders_to_serve()
        data = writer.write_orders(
            [document for _order, document, _hash in served],
            created=self._local_now(),
            version=self.cml_version,
        )
        self._orders_open(session).write({"state": "superseded"})
        if served:
            self._orders_message(session, data, served, snapshot, whole)
        return data

    def _orders_success(self, session):
        """1C stored what ``session`` asked for: exactly that is told, nothing else."""
        self.ensure_one()
        now = fields.Datetime.now()
        for message in self._orders_open(session)[:1]:
            rows = self._find("order", message.line_ids.mapped("external_id"))
            for line in message.line_ids:
                rows[line.external_id].write(
                    {"hash_out": line.payload["hash"], "last_out": now}
                )
            message.write({"state": "acknowledged", "acknowledged_at": now})
            told = fields.Datetime.to_datetime(message.cursor["snapshot"])
            if message.cursor["whole"] and (
                not self.orders_watermark or told > self.orders_watermark
            ):
                self.orders_watermark = told

    def _orders_info(self):
        """Statuses, payment and delivery methods for the settings window of 1C."""
        self.ensure_one()
        states = self.env["sale.order"]._fields["state"]
        journals = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "in", ("bank", "cash")),
            ]
        )
        carriers = self.env["delivery.carrier"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        return writer.write_lists(
            states._description_selection(self.env),
            [(str(journal.id), journal.name) for journal in journals],
            [(str(carrier.id), carrier.name) for carrier in carriers],
        )

    # --- what goes --------------------------------------------------------------------

    def _orders_to_serve(self):
        """Documents that differ from what 1C has, the oldest first.

        :return: ``([(order, Document, hash), ...], whether these are all)``
        """
        served = []
        ids = self._order_ids()
        builder = self.env["onec.order.document"].with_company(self.company_id)
        for start in range(0, len(ids), CHUNK):
            orders = self.env["sale.order"].browse(ids[start : start + CHUNK])
            guids = self._guids("order", orders)
            rows = self._find("order", guids.values())
            for order, document in builder._documents(self, orders):
                if document is None:
                    self._order_refused(order, guids[order.id], ["broken"])
                    continue
                document.children = list(document.children)
                digest = content_hash(to_json(document)).hex()
                if rows[guids[order.id]].hash_out == digest:
                    continue
                if problems := writer.problems(document):
                    self._order_refused(order, document.id, problems)
                    continue
                served.append((order, document, digest))
                if len(served) >= max(self.orders_limit, 1):
                    return served, False
        return served, True

    def _order_ids(self):
        """Orders that may have news for 1C, the oldest first."""
        self.env.flush_all()
        since = (self.orders_watermark or datetime(2000, 1, 1)) - OVERLAP
        start = datetime.combine(self.date_start or datetime(2000, 1, 1), time.min)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT so.id
                  FROM sale_order so
                  LEFT JOIN onec_map m ON m.backend_id = %(backend)s
                   AND m.otype = 'order' AND m.model = 'sale.order'
                   AND m.res_id = so.id
                 WHERE so.company_id = %(company)s AND so.date_order >= %(start)s
                   AND (m.id IS NULL OR m.state <> 'ignored')
                   AND CASE WHEN m.hash_out IS NULL THEN so.state = 'sale'
                       ELSE so.write_date >= %(since)s
                         OR EXISTS (
                            SELECT FROM stock_picking p
                             WHERE p.sale_id = so.id AND p.write_date >= %(since)s)
                         OR EXISTS (
                            SELECT FROM sale_order_line l
                              JOIN sale_order_line_invoice_rel r
                                ON r.order_line_id = l.id
                              JOIN account_move_line i ON i.id = r.invoice_line_id
                              JOIN account_move v ON v.id = i.move_id
                              LEFT JOIN account_move_line t ON t.move_id = v.id
                              LEFT JOIN account_partial_reconcile c
                                ON c.debit_move_id = t.id OR c.credit_move_id = t.id
                             WHERE l.order_id = so.id
                               AND (v.write_date >= %(since)s
                                    OR c.create_date >= %(since)s))
                       END
                 ORDER BY so.date_order, so.id
                """,
                backend=self.id,
                company=self.company_id.id,
                start=start,
                since=since,
            )
        )
        return [order_id for (order_id,) in rows]

    def _order_refused(self, order, external_id, problems):
        """An order that would stop the whole batch in 1C waits for somebody instead."""
        words = {
            "number": self.env._("its number is longer than 11 characters"),
            "currency": self.env._("it has no currency"),
            "counterparty": self.env._("its customer has no name"),
            "lines": self.env._("it has no lines"),
            "line_id": self.env._("a line has no product"),
            "quantity": self.env._("a line has no quantity or a negative amount"),
            "sum": self.env._("its lines do not make its total"),
            "broken": self.env._("it cannot be written; the server's log says why"),
        }
        self.env["onec.conflict"]._ask(
            self,
            "invalid",
            f"order:{order.id}",
            self.env._("Order %s does not go to 1C", order.name),
            otype="order",
            external_id=external_id,
            model=order._name,
            res_id=order.id,
            left={self.env._("Problem"): ", ".join(words[code] for code in problems)},
            proposal=self.env._(
                "Mend the order; it goes with the next request. The other orders went."
            ),
        )

    # --- the journal ------------------------------------------------------------------

    def _orders_open(self, session):
        """Answers this session got and has not confirmed, the last first."""
        return self.env["onec.message"].search(
            [
                ("backend_id", "=", self.id),
                ("session_id", "=", session.id),
                ("direction", "=", "out"),
                ("kind", "=", "orders"),
                ("state", "=", "sent"),
            ],
            order="id desc",
        )

    def _orders_message(self, session, data, served, snapshot, whole):
        message = self.env["onec.message"].create(
            {
                "backend_id": self.id,
                "session_id": session.id,
                "direction": "out",
                "channel": "cml",
                "kind": "orders",
                "filename": f"orders_{self._local_now():%Y%m%d_%H%M%S}.xml",
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data),
                "state": "sent",
                "sent_at": snapshot,
                "cursor": {
                    "snapshot": fields.Datetime.to_string(snapshot),
                    "whole": whole,
                },
                "counts": {"total": len(served), "seen": len(served)},
                "line_ids": [
                    Command.create(
                        {
                            "seq": seq,
                            "otype": "order",
                            "external_id": document.id,
                            "name": document.number,
                            "model": order._name,
                            "res_id": order.id,
                            "action": "send",
                            "payload": {"hash": digest},
                            "document_date": document.date,
                            "amount": float(document.amount),
                        }
                    )
                    for seq, (order, document, digest) in enumerate(served, 1)
                ],
            }
        )
        message.attachment_id = self.env["ir.attachment"].create(
            {
                "name": message.filename,
                "raw": data,
                "mimetype": "application/xml",
                "res_model": message._name,
                "res_id": message.id,
            }
        )

    def _local_now(self):
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(pytz.timezone(self.tz)).replace(tzinfo=None)
