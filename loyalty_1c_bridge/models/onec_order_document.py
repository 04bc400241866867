"""A sales order as a document of CommerceML."""

import logging
from decimal import Decimal

import pytz

from odoo import api, models

from ..engine.commerceml import records, writer
from .constants import OKEI

_logger = logging.getLogger(__name__)

PAYMENT_PROGRAMS = ("gift_card", "ewallet")


class OnecOrderDocument(models.AbstractModel):
    _name = "onec.order.document"
    _description = "Sales order as a document for 1C"

    @api.model
    def _documents(self, backend, orders):
        """``[(order, Document), ...]`` with GUIDs looked up for all orders at once."""
        partners = orders.partner_id.commercial_partner_id
        products = orders.order_line.product_id
        guids = {
            "order": backend._guids("order", orders),
            "partner": backend._guids("partner", partners),
            "product": backend._guids("product", products),
        }
        rows = backend._find("order", guids["order"].values())
        self._tell_numbers(backend, orders, guids["order"], rows)
        codes = {
            unit.id: code
            for xmlid, code in OKEI.items()
            if (unit := self.env.ref(xmlid, raise_if_not_found=False))
        }
        return [
            (
                order,
                self._document_or_none(
                    backend, order, rows[guids["order"][order.id]], guids, codes
                ),
            )
            for order in orders
        ]

    @api.model
    def _document_or_none(self, backend, order, row, guids, codes):
        """One order that cannot be written holds up nobody; the log tells why."""
        try:
            return self._document(backend, order, row, guids, codes)
        except (ArithmeticError, LookupError, ValueError):
            _logger.exception("order %s cannot be written for 1C", order.id)
            return None

    @api.model
    def _tell_numbers(self, backend, orders, guids, rows):
        """Number and date an order goes by, set once: 1C finds it by them."""
        for order in orders:
            row = rows[guids[order.id]]
            if row.number_out:
                continue
            number = order.name
            if len(number) > writer.MAX_NUMBER:
                number = f"{(backend.prefix or '')[:2]}{order.id:09d}"[-11:]
            row.write({"number_out": number, "date_out": order.date_order})

    @api.model
    def _document(self, backend, order, row, guids, codes):
        moment = pytz.utc.localize(row.date_out).astimezone(pytz.timezone(backend.tz))
        lines, prepaid = self._lines(order, guids["product"], codes)
        amount = sum((line.amount for line in lines), Decimal(0))
        children = []
        if backend.cml_version >= "2.10":
            children = self._children(backend, order)
        return records.Document(
            id=guids["order"][order.id],
            number=row.number_out,
            date=moment.strftime("%Y-%m-%d"),
            time=moment.strftime("%H:%M:%S"),
            operation="Заказ товара",
            role="Продавец",
            currency=order.currency_id.name,
            rate=self._rate(order),
            amount=amount,
            counterparties=[self._counterparty(order, guids["partner"])],
            comment=" ".join(
                part for part in (order.name, order.client_order_ref or "") if part
            ),
            lines=lines,
            requisites=self._requisites(order, prepaid),
            children=children,
        )

    @api.model
    def _rate(self, order):
        """Units of the company's currency for one of the order's."""
        if not order.currency_rate:
            return Decimal(1)
        return (1 / Decimal(str(order.currency_rate))).quantize(Decimal("0.0001"))

    # --- lines ------------------------------------------------------------------------

    @api.model
    def _lines(self, order, guids, codes):
        """Lines of goods with all discounts in them, and what gift cards paid.

        1C takes no negative line: points and discounts of the whole order are shared
        out over the goods, to the coin. Gift cards and eWallets are payment: they do
        not lower the price.
        """
        sold = order.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty
        )
        paying = sold.filtered(
            lambda line: line.reward_id.program_id.program_type in PAYMENT_PROGRAMS
        )
        # Goods that come back are no discount: an order with them is refused.
        goods = (
            sold.filtered(
                lambda line: line.price_total >= 0 or line.product_uom_qty < 0
            )
            - paying
        )
        step = Decimal(1).scaleb(-order.currency_id.decimal_places)
        prepaid = -_decimal(sum(paying.mapped("price_total")), step)
        totals = [_decimal(line.price_total, step) for line in goods]
        target = _decimal(order.amount_total, step) + prepaid
        discounts = writer.spread(sum(totals, Decimal(0)) - target, totals, step)
        return [
            self._line(line, total - discount, discount, guids, codes)
            for line, total, discount in zip(goods, totals, discounts, strict=True)
        ], prepaid

    @api.model
    def _line(self, line, amount, discount, guids, codes):
        quantity = Decimal(str(line.product_uom_qty))
        rates = line.tax_ids.filtered(lambda tax: tax.amount_type == "percent")
        rate = sum(rates.mapped("amount"))
        share = (
            Decimal(str(line.price_tax)) / Decimal(str(line.price_total))
            if (line.price_total)
            else Decimal(0)
        )
        service = line.product_id.type == "service"
        kind = "Услуга" if service else "Товар"
        uom = line.product_uom_id
        return records.DocumentLine(
            id=guids.get(line.product_id.id, ""),
            name=line.product_id.display_name or line.name or "",
            unit=records.Unit(
                code=codes.get(uom.id, ""), name=uom.name, full_name=uom.name
            ),
            price=(amount / quantity).quantize(Decimal("0.0001")),
            quantity=quantity,
            amount=amount,
            taxes=[("НДС", f"{rate:g}" if rates else "Без НДС")],
            tax_included=True,
            tax_amount=(amount * share).quantize(Decimal("0.01")),
            discount=discount or None,
            requisites=[("ВидНоменклатуры", kind), ("ТипНоменклатуры", kind)],
        )

    # --- who --------------------------------------------------------------------------

    @api.model
    def _counterparty(self, order, guids):
        partner = order.partner_id.commercial_partner_id
        contacts = [
            records.Contact(kind, value)
            for kind, value in (
                ("Телефон рабочий", order.partner_id.phone or partner.phone),
                ("Почта", order.partner_id.email or partner.email),
            )
            if value
        ]
        name = partner.name or order.partner_id.display_name
        return records.Counterparty(
            id=guids[partner.id],
            name=name,
            official_name=name if partner.is_company else None,
            full_name=None if partner.is_company else name,
            inn=partner._onec_tax_id() or None,
            kpp=partner.onec_kpp or None,
            address=_address(partner),
            contacts=contacts,
            role="Покупатель",
        )

    # --- states -----------------------------------------------------------------------

    @api.model
    def _requisites(self, order, prepaid):
        states = dict(order._fields["state"]._description_selection(self.env))
        invoices = order.invoice_ids.filtered(lambda move: move.state == "posted")
        paid = bool(invoices) and all(
            move.payment_state in ("paid", "in_payment", "reversed")
            for move in invoices
        )
        pickings = order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
            and picking.state != "cancel"
        )
        done = pickings.filtered(lambda picking: picking.state == "done")
        answer = [
            ("Статус заказа", states.get(order.state, order.state)),
            ("Отменен", _flag(order.state == "cancel")),
            ("Заказ оплачен", _flag(paid and order.invoice_status == "invoiced")),
            ("Отгружен", _flag(bool(pickings) and done == pickings)),
            ("Финальный статус", _flag(bool(order.locked))),
        ]
        if methods := self._payment_methods(order):
            answer.append(("Метод оплаты", methods))
        if prepaid:
            answer.append(("Оплата подарочным сертификатом", f"{prepaid:.2f}"))
        if order.carrier_id:
            answer.append(("Способ доставки", order.carrier_id.name))
        if delivery := _address(order.partner_shipping_id):
            answer.append(("Адрес доставки", delivery))
        if done:
            last = max(done.mapped("date_done"))
            answer.append(("Дата отгрузки", last.strftime("%Y-%m-%d")))
        return answer

    @api.model
    def _payment_methods(self, order):
        done = order.transaction_ids.filtered(lambda one: one.state == "done")
        names = done.mapped(
            "provider_id.name"
        ) or order.invoice_ids.matched_payment_ids.mapped("journal_id.name")
        return ", ".join(dict.fromkeys(names))

    @api.model
    def _children(self, backend, order):
        """Shipments and payments below the order (2.09 and later)."""
        zone = pytz.timezone(backend.tz)
        done = order.picking_ids.filtered(
            lambda picking: picking.state == "done"
            and picking.picking_type_code == "outgoing"
        )
        guids = backend._guids("stock", done, "shipment")
        for picking in done.sorted("id"):
            moment = pytz.utc.localize(picking.date_done).astimezone(zone)
            yield records.Document(
                id=guids[picking.id],
                number=picking.name,
                date=moment.strftime("%Y-%m-%d"),
                time=moment.strftime("%H:%M:%S"),
                operation="Отпуск товара",
                currency=order.currency_id.name,
                amount=Decimal(0),
            )
        payments = order.invoice_ids.matched_payment_ids.filtered(
            lambda payment: payment.state in ("in_process", "paid")
        )
        guids = backend._guids("bank_in", payments)
        for payment in payments.sorted("id"):
            cash = payment.journal_id.type == "cash"
            yield records.Document(
                id=guids[payment.id],
                number=(payment.name or str(payment.id))[-11:],
                date=payment.date.strftime("%Y-%m-%d"),
                operation="Выплата наличных денег"
                if cash
                else "Выплата безналичных денег",
                currency=payment.currency_id.name,
                amount=_decimal(payment.amount, Decimal("0.01")),
            )


def _decimal(amount, step):
    return Decimal(str(amount)).quantize(step)


def _flag(value):
    return "true" if value else "false"


def _address(partner):
    return " ".join(partner._display_address(without_company=True).split()) or None
