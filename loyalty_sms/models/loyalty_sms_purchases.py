"""Who bought what and when, as one table for audiences and reports."""

from odoo import models
from odoo.tools import SQL

SALES = ("out_invoice", "out_receipt", "out_refund")


class LoyaltySmsPurchases(models.AbstractModel):
    """Purchases from all the places where the ERP keeps them, for SQL."""

    _name = "loyalty.sms.purchases"
    _description = "Purchases for audiences and reports"

    def _facts(self, company, orders=False):
        """Purchases and returns as a subquery.

        Columns: ``partner_id``, ``moment`` (UTC), ``amount`` (without taxes, in the
        company's currency, negative for returns), ``is_return``, ``source``,
        ``source_id``. A return has the moment of the purchase it takes back.

        :param orders: count what confirmed sale orders have not invoiced yet, too
        """
        self._flush_sources()
        parts = [self._facts_of_invoices(company), self._facts_of_history(company)]
        if "pos.order" in self.env:
            parts.append(self._facts_of_tills(company))
        if orders:
            parts.append(self._facts_of_orders(company))
        return SQL("(%s)", SQL(" UNION ALL ").join(parts))

    def _flush_sources(self):
        for model in ("account.move", "loyalty.purchase", "sale.order", "pos.order"):
            if model in self.env:
                self.env[model].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["sale.order.line"].flush_model()

    def _holder(self, company):
        """Which of a document's customers the club knows as its member."""
        policy = company._loyalty_club().holder_policy
        return SQL.identifier(
            "commercial_partner_id" if policy == "commercial" else "partner_id"
        )

    def _companies(self, company):
        """Companies whose sales count, those with the same currency."""
        club = company._loyalty_club()
        companies = club._club_companies() if club else company
        same = companies.filtered(lambda c: c.currency_id == company.currency_id)
        return tuple((same | company).ids)

    def _zone(self, company):
        return company.partner_id.tz or "UTC"

    def _facts_of_invoices(self, company):
        # A document has a day and no hour: the moment it was written down, moved into
        # its day where it was dated back or forth.
        day = SQL(
            """((COALESCE(origin.invoice_date, move.invoice_date)::timestamp
                 AT TIME ZONE %s) AT TIME ZONE 'UTC')""",
            self._zone(company),
        )
        return SQL(
            """SELECT move.%(holder)s AS partner_id,
                      GREATEST(%(day)s, LEAST(
                          COALESCE(origin.create_date, move.create_date),
                          %(day)s + interval '23:59:59')) AS moment,
                      move.amount_untaxed_signed AS amount,
                      move.move_type = 'out_refund' AS is_return,
                      'account.move' AS source, move.id AS source_id
                 FROM account_move move
            LEFT JOIN account_move origin ON origin.id = move.reversed_entry_id
                WHERE move.state = 'posted' AND move.move_type IN %(types)s
                  AND move.company_id IN %(companies)s AND %(own)s""",
            holder=self._holder(company),
            day=day,
            types=SALES,
            companies=self._companies(company),
            own=self._no_till_document(),
        )

    def _no_till_document(self):
        """Invoices of the till are counted as its orders."""
        if "pos.order" not in self.env:
            return SQL("TRUE")
        return SQL(
            "NOT EXISTS (SELECT FROM pos_order till WHERE till.account_move = move.id)"
        )

    def _facts_of_history(self, company):
        return SQL(
            """SELECT purchase.partner_id,
                      ((purchase.date + time '12:00') AT TIME ZONE %(zone)s)
                          AT TIME ZONE 'UTC',
                      purchase.amount, purchase.amount < 0,
                      'loyalty.purchase', purchase.id
                 FROM loyalty_purchase purchase
                WHERE purchase.state = 'done'
                  AND purchase.company_id IN %(companies)s""",
            zone=self._zone(company),
            companies=self._companies(company),
        )

    def _facts_of_tills(self, company):
        holder = SQL("till.partner_id")
        if company._loyalty_club().holder_policy == "commercial":
            holder = SQL("customer.commercial_partner_id")
        return SQL(
            """SELECT %(holder)s, till.date_order,
                      till.amount_total - till.amount_tax, till.amount_total < 0,
                      'pos.order', till.id
                 FROM pos_order till
                 JOIN res_partner customer ON customer.id = till.partner_id
                WHERE till.state IN ('paid', 'done', 'invoiced')
                  AND till.company_id IN %(companies)s""",
            holder=holder,
            companies=self._companies(company),
        )

    def _facts_of_orders(self, company):
        holder = SQL("sale.partner_id")
        if company._loyalty_club().holder_policy == "commercial":
            holder = SQL("customer.commercial_partner_id")
        return SQL(
            """SELECT %(holder)s, sale.date_order,
                      SUM(line.price_subtotal
                          * (line.product_uom_qty - line.qty_invoiced)
                          / line.product_uom_qty),
                      FALSE, 'sale.order', sale.id
                 FROM sale_order sale
                 JOIN res_partner customer ON customer.id = sale.partner_id
                 JOIN sale_order_line line ON line.order_id = sale.id
                WHERE sale.state = 'sale' AND sale.company_id IN %(companies)s
                  AND line.product_uom_qty > line.qty_invoiced
             GROUP BY 1, sale.date_order, sale.id""",
            holder=holder,
            companies=self._companies(company),
        )

    def _buyers(self, company, product_ids, categ_ids, start=None, end=None):
        """Who bought one of these products, or of these categories, as a subquery.

        :param start: first day, :param end: last day, on the company's wall clock
        """
        self._flush_sources()
        self.env["product.product"].flush_model()
        self.env["product.category"].flush_model()
        wanted = SQL(
            """SELECT product.id FROM product_product product
                 JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE product.id = ANY(%s) OR template.categ_id IN (
                      SELECT child.id FROM product_category child
                        JOIN product_category parent
                          ON child.parent_path LIKE parent.parent_path || '%%'
                       WHERE parent.id = ANY(%s))""",
            list(product_ids),
            list(categ_ids),
        )
        parts = [
            SQL(
                """SELECT move.%(holder)s AS partner_id
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                    WHERE move.state = 'posted'
                      AND move.move_type IN ('out_invoice', 'out_receipt')
                      AND move.company_id IN %(companies)s
                      AND line.product_id IN (%(wanted)s) AND line.quantity > 0
                      AND %(when)s""",
                holder=self._holder(company),
                companies=self._companies(company),
                wanted=wanted,
                when=self._within(SQL("move.invoice_date"), start, end),
            )
        ]
        if "pos.order" in self.env:
            parts.append(
                SQL(
                    """SELECT till.partner_id FROM pos_order_line line
                         JOIN pos_order till ON till.id = line.order_id
                        WHERE till.state IN ('paid', 'done', 'invoiced')
                          AND till.company_id IN %(companies)s
                          AND line.product_id IN (%(wanted)s) AND line.qty > 0
                          AND %(when)s""",
                    companies=self._companies(company),
                    wanted=wanted,
                    when=self._within(
                        SQL(
                            """((till.date_order AT TIME ZONE 'UTC')
                                AT TIME ZONE %s)::date""",
                            self._zone(company),
                        ),
                        start,
                        end,
                    ),
                )
            )
        return SQL("(%s)", SQL(" UNION ALL ").join(parts))

    @staticmethod
    def _within(column, start, end):
        conditions = [SQL("%s IS NOT NULL", column)]
        if start:
            conditions.append(SQL("%s >= %s", column, start))
        if end:
            conditions.append(SQL("%s <= %s", column, end))
        return SQL(" AND ").join(conditions)
