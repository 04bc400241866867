from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Names under which stock configurations tell the state of an order. Ukrainian and
# renamed ones are added by the correspondence of kind "status".
REQUISITES = {
    "номер по 1с": "number",
    "дата по 1с": "date",
    "проведен": "posted",
    "отменен": "cancelled",
    "статус заказа": "status",
    "статус заказа ид": "status",
    "номер оплаты по 1с": "paid_number",
    "дата оплаты по 1с": "paid_date",
    "номер отгрузки по 1с": "shipped_number",
    "дата отгрузки по 1с": "shipped_date",
}
PAYMENTS = ("выплата наличных денег", "выплата безналичных денег", "эквайринговая")


class OnecApplyOrder(models.AbstractModel):
    """Orders that come back from 1C: their states, payments and shipments.

    Our orders are found by id, or by the number they were told under. What 1C changed
    in the lines is never taken silently.
    """

    _name = "onec.apply.order"
    _inherit = "onec.apply"
    _description = "Applying of 1C orders"
    _onec_otype = "order"

    @api.model
    def _name_of(self, record):
        return record.number

    @api.model
    def _apply_batch(self, message, items, rows):
        return [self._apply_one(message, item, rows) for item in items]

    @api.model
    def _apply_one(self, message, item, rows):
        order = self._find_order(message.backend_id, item, rows)
        if order:
            return self._update(message, item, rows, order)
        if item.record.deleted or self._told(item.record).get("cancelled") == "true":
            return self._result(item, "skip")
        if message.backend_id.orders_new:
            return self._create(message, item, rows)
        return self._ask_unknown(message, item)

    @api.model
    def _find_order(self, backend, item, rows):
        row = rows.get(item.id)
        if row:
            return row._records()
        told = self.env["onec.map"].search(
            [
                ("backend_id", "=", backend.id),
                ("otype", "=", "order"),
                ("model", "=", "sale.order"),
                ("number_out", "=", item.record.number),
            ]
        )
        # 1C counts again from one each year: the day has to agree as well.
        same = told.filtered(
            lambda row: not item.record.date
            or abs((row.date_out.date() - fields.Date.to_date(item.record.date)).days)
            <= 1
        )
        return same._records() if len(same) == 1 else self.env["sale.order"]

    @api.model
    def _told(self, record):
        """State of an order by our names, as texts."""
        told = {}
        for name, value in record.requisites:
            key = REQUISITES.get(name.strip().casefold().replace("ё", "е"))
            if key and value:
                told.setdefault(key, value.strip())
        if "cancelled" in told:
            told["cancelled"] = told["cancelled"].casefold()
        return told

    # --- ours -------------------------------------------------------------------------

    @api.model
    def _update(self, message, item, rows, order):
        values = self._state_values(item.record)
        changes = {
            name: value
            for name, value in values.items()
            if (order[name] or False) != (value or False)
        }
        diff = {
            order._fields[name]._description_string(self.env): [
                str(order[name] or ""),
                str(value or ""),
            ]
            for name, value in changes.items()
        }
        questions = self._questions(message.backend_id, item, order)
        asked = [key for key, _vals in questions if key != "cancel-now"]
        changed = changes or len(asked) < len(questions)
        action = "conflict" if asked else "update" if changed else "skip"
        if message.dry_run:
            return self._result(item, action, order, diff=diff)
        order.write(changes)
        if item.id in rows:
            rows[item.id].write(
                {
                    "hash_in": item.hash,
                    "last_in": fields.Datetime.now(),
                    "number_1c": values.get("onec_number") or False,
                    "date_1c": values.get("onec_date") or False,
                    "posted_1c": bool(values.get("onec_posted")),
                }
            )
        if self._follow_status(message.backend_id, item.record, order):
            action = "update" if action == "skip" else action
        paid = self._register_payments(message.backend_id, item.record, order)
        if paid:
            action = "update" if action == "skip" else action
            diff[self.env._("Payments")] = ["", str(paid)]
        for key, vals in questions:
            self._ask_order(message, item, order, key, vals)
        return self._result(item, action, order, diff=diff)

    @api.model
    def _state_values(self, record):
        told = self._told(record)
        values = {
            "onec_posted": told.get("posted", "").casefold() == "true",
            "onec_cancelled": told.get("cancelled") == "true" or record.deleted,
        }
        if told.get("number"):
            values["onec_number"] = told["number"]
        if told.get("date"):
            values["onec_date"] = fields.Date.to_date(told["date"][:10])
        if told.get("status"):
            values["onec_status"] = told["status"]
        for name in ("paid", "shipped"):
            parts = told.get(f"{name}_number"), told.get(f"{name}_date", "")[:10]
            if any(parts):
                values[f"onec_{name}"] = " / ".join(part for part in parts if part)
        return values

    @api.model
    def _questions(self, backend, item, order):
        """What a person has to decide: list of (key, values of the conflict)."""
        questions = []
        cancelled = self._state_values(item.record)["onec_cancelled"]
        meaning = self._meaning(backend, item.record)
        cancelled = cancelled or meaning == "cancelled"
        if cancelled and order.state != "cancel":
            if backend.orders_cancel and not self._is_shipped(order):
                return [("cancel-now", {})]
            questions.append(
                (
                    "cancel",
                    {
                        "left": {self.env._("State"): order.state},
                        "right": {self.env._("State"): self.env._("Cancelled")},
                        "proposal": self.env._(
                            "1C cancelled this order. “1C is right” cancels it here."
                        ),
                    },
                )
            )
        elif item.record.lines and order.state in ("draft", "sent", "sale"):
            sides = self._compare_lines(backend, item.record, order)
            if sides:
                left, right = sides
                questions.append(
                    (
                        "lines",
                        {
                            "left": left,
                            "right": right,
                            "proposal": self.env._(
                                "The lines differ. “1C is right” takes quantities and "
                                "sums of 1C; “Ours is right” sends the order again."
                            ),
                        },
                    )
                )
        return questions

    @api.model
    def _meaning(self, backend, record):
        """What the status of 1C means here, where somebody matched it."""
        status = self._told(record).get("status")
        if not status:
            return ""
        found = backend._resolve("status", {status: {"name": status}}).get(status)
        return found.code if found else ""

    @api.model
    def _follow_status(self, backend, record, order):
        """Confirm a quotation that 1C confirmed; whether anything happened.

        Shipments and payments are documents of their own and follow from those.
        """
        meaning = self._meaning(backend, record)
        if meaning in ("confirmed", "paid", "shipped", "done") and order.state in (
            "draft",
            "sent",
        ):
            order.action_confirm()
            return True
        return False

    @api.model
    def _is_shipped(self, order):
        return any(picking.state == "done" for picking in order.picking_ids)

    @api.model
    def _compare_lines(self, backend, record, order):
        """Quantity and sum by product on both sides, as texts."""
        document = self.env["onec.order.document"]._documents(backend, order)[0][1]
        ours = self._sums(document.lines if document else [])
        theirs = self._sums(record.lines)
        if ours == theirs:
            return None
        names = {line.id: line.name for line in record.lines}
        names.update({line.id: line.name for line in document.lines if document})
        return self._sum_texts(ours, names), self._sum_texts(theirs, names)

    @api.model
    def _sums(self, lines):
        """``{id: (quantity, sum)}``"""
        total = {}
        for line in lines:
            quantity, amount = total.get(line.id, (Decimal(0), Decimal(0)))
            total[line.id] = (
                quantity + (line.quantity or 0),
                amount + (line.amount or 0),
            )
        return total

    @api.model
    def _sum_texts(self, sums, names):
        """The same for people; goods of one name are told apart by their place."""
        texts = {}
        for key in sorted(sums):
            quantity, amount = sums[key]
            name = label = names.get(key) or key
            number = 1
            while label in texts:
                number += 1
                label = f"{name} ({number})"
            texts[label] = f"{quantity.normalize():f} × = {amount:.2f}"
        return texts

    @api.model
    def _ask_order(self, message, item, order, key, vals):
        if key == "cancel-now":
            order.with_context(disable_cancel_warning=True)._action_cancel()
            return
        self.env["onec.conflict"]._ask(
            message.backend_id,
            "order_changed",
            f"order:{order.id}:{key}",
            self.env._("Order %s differs in 1C", order.name),
            otype="order",
            external_id=item.id,
            message_id=message.id,
            model=order._name,
            res_id=order.id,
            payload={
                "what": key,
                "lines": [
                    {
                        "id": line.id,
                        "quantity": str(line.quantity or 0),
                        "amount": str(line.amount or 0),
                    }
                    for line in item.record.lines
                ],
            },
            **vals,
        )

    @api.model
    def _register_payments(self, backend, record, order):
        """Payments 1C tells below the order, each registered once.

        :return: the sum registered now
        """
        journal = backend.orders_payment_journal_id
        told = [
            child
            for child in record.children
            if child.operation.strip().casefold().startswith(PAYMENTS)
            and child.id
            and child.amount
            and not child.deleted
            and self._told(child).get("posted", "true").casefold() == "true"
        ]
        if not journal or not told:
            return 0
        known = backend._find("bank_in", [child.id for child in told])
        total = 0
        for child in told:
            if child.id in known:
                continue
            invoices = order.invoice_ids.filtered(
                lambda move: move.state == "posted"
                and move.payment_state in ("not_paid", "partial")
            )
            if not invoices:
                break
            payment = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=invoices.ids)
                .create(
                    {
                        "journal_id": journal.id,
                        "currency_id": self._payment_currency(backend, child, order).id,
                        "amount": float(child.amount),
                        "payment_date": child.date or fields.Date.context_today(self),
                        "group_payment": True,
                        "communication": f"{order.name} / {child.number}",
                    }
                )
                ._create_payments()
            )
            backend._bind("bank_in", {child.id: payment[:1]}, {child.id: child.number})
            total += child.amount
        return total

    @api.model
    def _payment_currency(self, backend, child, order):
        """Currency of a payment of 1C.

        :raise UserError: nothing here corresponds to it
        """
        if not child.currency:
            return order.currency_id
        found = backend._resolve("currency", {child.currency: {"code": child.currency}})
        if child.currency not in found:
            raise UserError(
                self.env._(
                    "Payment %(number)s is in %(currency)s, which is not known here. "
                    "Match the currency in the correspondence.",
                    number=child.number,
                    currency=child.currency,
                )
            )
        return found[child.currency]

    # --- born in 1C -------------------------------------------------------------------

    @api.model
    def _ask_unknown(self, message, item):
        if not message.dry_run:
            self.env["onec.conflict"]._ask(
                message.backend_id,
                "not_found",
                f"order:{item.id}",
                self.env._("Order %s of 1C is not here", item.record.number),
                otype="order",
                external_id=item.id,
                message_id=message.id,
                right={
                    self.env._("Date"): item.record.date or "",
                    self.env._("Amount"): f"{item.record.amount or 0:.2f}",
                },
                proposal=self.env._(
                    "Tick “Take over orders born in 1C” on the base and try again, or "
                    "dismiss this."
                ),
            )
        return self._result(item, "conflict")

    @api.model
    def _create(self, message, item, rows):
        backend = message.backend_id
        record = item.record
        if message.dry_run:
            return self._result(item, "create")
        partner = self._partner(message, item)
        products = backend._find("product", [line.id for line in record.lines])
        missing = [line.name for line in record.lines if line.id not in products]
        if missing:
            raise UserError(
                self.env._(
                    "Goods of order %(number)s are not known here: %(names)s. Send the "
                    "catalogue first.",
                    number=record.number,
                    names=", ".join(missing[:5]),
                )
            )
        lines = []
        for line in record.lines:
            product = products[line.id]._records()
            if product._name == "product.template":
                product = product.product_variant_id
            quantity = line.quantity or Decimal(1)
            amount = line.amount if line.amount is not None else (line.price or 0)
            if line.amount is None:
                amount *= quantity
            taxes = product.taxes_id.filtered(
                lambda tax: tax.company_id == backend.company_id
            )
            lines.append(
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": float(quantity),
                        "price_unit": _unit_price(taxes, amount, quantity),
                        "tax_ids": [Command.set(taxes.ids)],
                    }
                )
            )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": backend.company_id.id,
                "client_order_ref": record.number,
                "order_line": lines,
                **self._state_values(record),
            }
        )
        self._link(
            backend,
            rows,
            [(item, order)],
            {
                item.id: {
                    "number_out": record.number,
                    "date_out": fields.Datetime.to_datetime(record.date),
                    "number_1c": record.number,
                }
            },
        )
        return self._result(item, "create", order)

    @api.model
    def _partner(self, message, item):
        """Customer of an order of 1C, made by the rules of counterparties."""
        for record in item.record.counterparties[:1]:
            self.env["onec.apply.partner"]._apply(message, [(item.seq, record)])
            row = message.backend_id._find("partner", [record.id]).get(record.id)
            if row and row._records():
                return row._records()
        raise UserError(
            self.env._("The customer of order %s is not clear.", item.record.number)
        )


class OnecConflict(models.Model):
    _inherit = "onec.conflict"

    def _resolve_order_changed(self, choice):
        """``1c`` takes over what 1C has, ``here`` sends our order again.

        :raise UserError: the order has shipments or invoices, and 1C changed its lines
        """
        self.ensure_one()
        order = self.env["sale.order"].browse(self.res_id).exists()
        row = self.env["onec.map"].search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("otype", "=", "order"),
                ("model", "=", "sale.order"),
                ("res_id", "=", order.id),
            ]
        )
        if choice != "1c":
            row.write({"hash_out": False})
            return
        if self.payload.get("what") == "cancel":
            order.with_context(disable_cancel_warning=True)._action_cancel()
            return
        self._take_lines(order)

    def _take_lines(self, order):
        if order.invoice_ids.filtered(lambda move: move.state != "cancel") or any(
            picking.state == "done" for picking in order.picking_ids
        ):
            raise UserError(
                self.env._(
                    "%s has shipments or invoices: correct them with a return or a "
                    "credit note, then dismiss this.",
                    order.name,
                )
            )
        told = {line["id"]: line for line in self.payload["lines"]}
        rows = self.backend_id._find("product", told)
        if missing := [key for key in told if key not in rows]:
            raise UserError(
                self.env._(
                    "%(count)s goods of this order are not known here. Send the "
                    "catalogue first.",
                    count=len(missing),
                )
            )
        products = {}
        for key, row in rows.items():
            product = row._records()
            if product._name == "product.template":
                product = product.product_variant_id
            products[product] = told[key]
        for line in order.order_line.filtered(lambda one: not one.display_type):
            values = products.pop(line.product_id, None)
            line.write(
                _line_values(line.tax_ids, values)
                if values
                else {"product_uom_qty": 0.0}
            )
        for product, values in products.items():
            taxes = product.taxes_id.filtered(
                lambda tax: tax.company_id == order.company_id
            )
            order.order_line = [
                Command.create(
                    {
                        "product_id": product.id,
                        "tax_ids": [Command.set(taxes.ids)],
                        **_line_values(taxes, values),
                    }
                )
            ]


def _line_values(taxes, told):
    quantity, amount = Decimal(told["quantity"]), Decimal(told["amount"])
    values = {"product_uom_qty": float(quantity), "discount": 0.0}
    if quantity:
        values["price_unit"] = _unit_price(taxes, amount, quantity)
    return values


def _unit_price(taxes, amount, quantity):
    """Price by which a line makes ``amount``, its taxes on top or inside."""
    rate = sum(
        tax.amount
        for tax in taxes
        if tax.amount_type == "percent" and not tax.price_include
    )
    return float(amount / quantity / (1 + Decimal(str(rate)) / 100))
