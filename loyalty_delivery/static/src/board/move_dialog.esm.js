import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

import {FINISHED, OPEN_TRIPS} from "./board_model.esm";

const OUT = "out";

/** Moving by keyboard or finger: to whom, and after which stop. */
export class MoveDialog extends Component {
    static template = "loyalty_delivery.MoveDialog";
    static components = {Dialog};
    static props = {
        close: Function,
        model: Object,
        stopIds: {type: Array, element: Number},
        onMove: Function,
    };

    setup() {
        const [first] = this.stops;
        const current = this.rows.find((row) => row.trip?.id === first.trip_id);
        this.state = useState({
            row: (current || this.rows[0])?.key || OUT,
            place: "",
            handover: false,
        });
        this.out = OUT;
    }

    get stops() {
        return this.props.stopIds.map((id) => this.props.model.stops.get(id));
    }

    get title() {
        return this.stops.length === 1
            ? _t("Move %s", this.stops[0].label)
            : _t("Move %s deliveries", this.stops.length);
    }

    get rows() {
        return this.props.model.rows.filter(
            (row) => !row.trip || OPEN_TRIPS.includes(row.trip.state),
        );
    }

    rowLabel(row) {
        return row.trip
            ? _t("%(courier)s: %(count)s stops, %(trip)s", {
                  courier: row.courier.name,
                  count: row.stops.length,
                  trip: row.trip.name,
              })
            : _t("%s: no deliveries yet", row.courier.name);
    }

    /** Stops of the row that stay, after which the moved ones may come. */
    get others() {
        const row = this.rows.find((one) => one.key === this.state.row);
        return (row?.stops || []).filter(
            (stop) => !this.props.stopIds.includes(stop.id),
        );
    }

    afterLabel(stop, index) {
        return _t("After %(number)s. %(stop)s", {
            number: index + 1,
            stop: [stop.label, stop.contact_name].filter(Boolean).join(" "),
        });
    }

    canFollow(stop, index) {
        const next = this.others[index + 1];
        return !next || !FINISHED.includes(next.state);
    }

    get canBeFirst() {
        return this.others.length && !FINISHED.includes(this.others[0].state);
    }

    /** Goods on the road change hands only when both couriers meet. */
    get needsHandover() {
        const row = this.rows.find((one) => one.key === this.state.row);
        return this.stops.some(
            (stop) => stop.state === "out" && stop.trip_id !== row?.trip?.id,
        );
    }

    async move() {
        const row = this.rows.find((one) => one.key === this.state.row);
        const target = row ? this.props.model.targetOf(row) : {};
        if (this.needsHandover && this.state.handover) {
            target.handover = true;
        }
        const place = this.state.place === "" ? undefined : Number(this.state.place);
        this.props.close();
        await this.props.onMove(this.props.stopIds, target, place);
    }
}
