"""Deliveries made of transfers and orders, and kept as these change."""

from odoo import Command, api, fields, models

from ..engine import slots
from .constants import STOP_DRIVEN, STOP_FINISHED

# While it is one of these, another transfer may still be put in.
MERGEABLE = ("draft", "ready", "planned")


class LoyaltyDeliveryStop(models.Model):
    _inherit = "loyalty.delivery.stop"

    @api.model
    def _collect(self, pickings, orders=None, again=False):
        """Put transfers and orders without transfers into deliveries.

        What goes to one address on one day in one slot is one delivery. Those that an
        open delivery holds already are left alone, so a repeated call is harmless.

        :param again: also what a person cancelled, or what failed before
        :return: the deliveries that were made or added to
        """
        orders = orders if orders is not None else self.env["sale.order"]
        pickings, orders = self._not_held(pickings, orders)
        if not again:
            pickings -= self._decided(pickings)
        if not pickings and not orders:
            return self
        depots = self._depots_by_company(pickings.company_id | orders.company_id)
        groups = {}
        for source in [*pickings, *orders]:
            key = source._delivery_key(depots)
            groups.setdefault(key, []).append(source)
        known = self._mergeable(groups)
        fresh, merged = [], self
        together = orders | pickings.sale_id
        for key, sources in groups.items():
            own = pickings.browse([s.id for s in sources if s._name == pickings._name])
            # The records share their cache with all others of the call.
            own = own.with_prefetch(pickings.ids)
            direct = [s.id for s in sources if s._name == orders._name]
            of_own = own.sale_id.ids
            group = (
                own,
                together.browse(dict.fromkeys(direct + of_own)).with_prefetch(
                    together.ids
                ),
            )
            stop = known.get(key)
            if stop:
                stop.write(
                    {
                        "picking_ids": [Command.link(p.id) for p in group[0]],
                        "sale_ids": [Command.link(o.id) for o in group[1]],
                    }
                )
                merged |= stop
            else:
                fresh.append((key, *group))
        merged._refresh()
        return merged | self._create_collected(fresh)

    @api.model
    def _not_held(self, pickings, orders):
        claims = self.env["loyalty.delivery.stop.claim"].sudo()
        held = claims.search(
            [
                "|",
                ("picking_id", "in", pickings.ids),
                ("order_id", "in", orders.ids),
            ]
        )
        orders -= held.order_id
        if orders:
            # An order that was delivered without stock is not delivered twice.
            done = self.search(
                [("sale_ids", "in", orders.ids), ("state", "!=", "cancelled")]
            )
            orders -= done.sale_ids
        return pickings - held.picking_id, orders

    @api.model
    def _decided(self, pickings):
        """Transfers of which a person or a courier said that they do not go so."""
        stops_sudo = self.sudo().search(
            [
                ("picking_ids", "in", pickings.ids),
                "|",
                ("state", "in", STOP_FINISHED),
                ("is_cancelled_by_hand", "=", True),
            ]
        )
        return stops_sudo.picking_ids

    @api.model
    def _depots_by_company(self, companies):
        depots = self.env["loyalty.delivery.depot"].sudo()
        return depots.search([("company_id", "in", companies.ids)]).grouped(
            "company_id"
        )

    @api.model
    def _mergeable(self, groups):
        """Deliveries that were not driven yet, by the keys of what would join them."""
        stops = self.sudo().search(
            [
                ("company_id", "in", list({key[0] for key in groups})),
                ("address_id", "in", list({key[2] for key in groups})),
                ("date", "in", list({key[3] for key in groups})),
                ("state", "in", MERGEABLE),
                ("attempt_no", "=", 1),
            ]
        )
        return {
            (
                stop.company_id.id,
                stop.depot_id.id,
                stop.address_id.id,
                stop.date,
                stop.slot_id.id,
            ): stop
            for stop in stops
        }

    @api.model
    def _create_collected(self, groups):
        if not groups:
            return self
        empty = self.browse()
        contents = self._content_values(
            [(empty, pickings, orders) for _key, pickings, orders in groups]
        )
        tiers = self._tiers_of(groups)
        values = [
            {
                **self._prepare_values(key, pickings, orders),
                "tier_id": tiers.get(orders[:1], False),
                **content,
            }
            for (key, pickings, orders), content in zip(groups, contents, strict=True)
        ]
        stops = self.create(values)
        stops._after_creation()
        for stop in stops:
            stop.picking_ids.carrier_tracking_ref = stop.name
        return stops

    @api.model
    def _tiers_of(self, groups):
        """``{order: tier id}`` of the first orders, with one search a company."""
        tiers = {}
        firsts = self.env["sale.order"].union(
            *(orders[:1] for _k, _p, orders in groups)
        )
        for company, orders in firsts.grouped("company_id").items():
            club = company._loyalty_club()
            if not club:
                continue
            orders = orders.browse(orders.ids)
            cards = club._cards_of(orders.partner_id)
            for order in orders:
                if card := cards.get(order.partner_id):
                    tiers[order] = card.tier_id.id
        return tiers

    @api.model
    def _prepare_values(self, key, pickings, orders):
        """The values of a delivery that do not change with its contents."""
        company_id, depot_id, address_id, day, slot_id = key
        address = (pickings.partner_id or orders.partner_shipping_id).browse(address_id)
        source = orders[:1] or pickings[:1]
        customer = orders[:1].partner_id or address
        values = {
            "state": "draft",
            "company_id": company_id,
            "depot_id": depot_id,
            "date": day,
            "slot_id": slot_id,
            "partner_id": customer.id,
            "address_id": address.id,
            "picking_ids": [Command.set(pickings.ids)],
            "sale_ids": [Command.set(orders.ids)],
            **self._address_values(address, customer),
        }
        start, end, promised = self._window_of(source, values)
        values.update(window_start=start, window_end=end)
        if promised:
            values.update(promised_start=start, promised_end=end)
        return values

    @api.model
    def _window_of(self, source, values):
        """When the customer expects it: ``(start, end, whether it was agreed)``."""
        depot = self.env["loyalty.delivery.depot"].sudo().browse(values["depot_id"])
        company = self.env["res.company"].sudo().browse(values["company_id"])
        tz = depot.tz or company.partner_id.tz or "UTC"
        day = values["date"]
        slot = self.env["loyalty.delivery.slot"].sudo().browse(values["slot_id"])
        if slot:
            return (
                slots.moment(day, slot.hour_from, tz),
                slots.moment(day, slot.hour_to, tz),
                True,
            )
        first, last = company.delivery_hour_from, company.delivery_hour_to
        agreed = source._delivery_agreed_time()
        if agreed and slots.local_day(agreed, tz) == day:
            hour = slots.local_hour(agreed, tz)
            # A day without a time of its own comes as midnight or as out of hours.
            if first <= hour < last:
                end = hour + company.delivery_window_minutes / 60
                return agreed, slots.moment(day, end, tz), True
        return (
            slots.moment(day, first, tz),
            slots.moment(day, last, tz),
            False,
        )

    def _after_creation(self):
        """Find the place and the zone, and say what is missing."""
        if not self:
            return
        self._locate()
        self.filtered(lambda stop: not stop.zone_id)._find_zones()
        self._check_ready()

    # -- changes ----------------------------------------------------------------------
    def _refresh(self):
        """Read transfers and orders again; a driven delivery only tells of it."""
        still = self.filtered(lambda stop: stop.state in MERGEABLE)
        for stop in self - still:
            if stop.state in STOP_DRIVEN:
                stop._tell_dispatcher(
                    self.env._(
                        "The transfer or the order of delivery %s was changed while it"
                        " is driven. Tell the courier if it matters.",
                        stop.display_name,
                    )
                )
        still = still.filtered(lambda stop: stop.picking_ids or stop.sale_ids)
        empty = still.filtered(
            lambda stop: stop.picking_ids and not stop.picking_ids._delivery_moves()
        )
        # Goods of a next attempt came back to the depot, to be sent again.
        gone = empty.filtered(lambda stop: not stop.previous_stop_id)
        gone._cancel(self.env._("Nothing is left to deliver."))
        still -= empty
        contents = still._content_values(
            [(stop, stop.picking_ids, stop.sale_ids) for stop in still]
        )
        for stop, content in zip(still, contents, strict=True):
            stop.write({**content, **stop._address_change()})
        still._check_ready()

    def _withdraw(self, pickings, orders, reason):
        """Take transfers or orders out; what is empty then is cancelled.

        :param reason: a sentence for the delivery and for the dispatcher
        """
        for stop in self:
            if stop.state in STOP_DRIVEN:
                stop._tell_dispatcher(
                    self.env._(
                        "Delivery %(stop)s is on its way, but: %(reason)s Call the"
                        " courier back, or let it be delivered.",
                        stop=stop.display_name,
                        reason=reason,
                    )
                )
                continue
            left = stop.picking_ids - pickings
            left_orders = stop.sale_ids - orders
            if (stop.picking_ids and not left) or not (left or left_orders):
                stop._cancel(reason)
                pickings.filtered(
                    lambda picking, name=stop.name: picking.carrier_tracking_ref == name
                ).carrier_tracking_ref = False
                continue
            stop.write(
                {
                    "picking_ids": [Command.set(left.ids)],
                    "sale_ids": [
                        Command.set((left.sale_id if left else left_orders).ids)
                    ],
                }
            )
            stop._refresh()

    def _cancel(self, reason):
        """Cancel, saying why, and leave the route."""
        return self._transition(
            "cancelled", {"cancel_reason": reason, "trip_id": False, "sequence": 0}
        )

    def _tell_dispatcher(self, text):
        """A task on the trip for whoever follows the day."""
        self.ensure_one()
        trip_sudo = self.trip_id.sudo()
        if trip_sudo and not trip_sudo.activity_ids.filtered(
            lambda activity: activity.summary == text
        ):
            trip_sudo.activity_schedule(
                "mail.mail_activity_data_warning",
                fields.Date.context_today(self),
                summary=text,
                user_id=trip_sudo.create_uid.id,
            )
