import {Component, useState} from "@odoo/owl";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";

import {lockNames, qualityNames, spanText, stateNames} from "./board_words.esm";
import {moment} from "./board_model.esm";

const PAGE = 60;

/** Filters, what has no courier yet, alerts, and what is chosen. */
export class SidePanel extends Component {
    static template = "loyalty_delivery.SidePanel";
    static props = {
        model: Object,
        version: Number,
        remedies: Object,
        onFilter: Function,
        onStopDown: Function,
        onStopClick: Function,
        onStopKey: Function,
        actions: Object,
    };

    setup() {
        this.state = useState({tab: "unplanned", most: PAGE});
        this.stateNames = stateNames();
        this.qualityNames = qualityNames();
        this.lockNames = lockNames();
        this.spanText = spanText;
    }

    get model() {
        return this.props.model;
    }

    get unplanned() {
        const stops = this.model.unplanned;
        return {
            all: stops.length,
            shown: stops.slice(0, this.state.most),
            left: Math.max(0, stops.length - this.state.most),
        };
    }

    showMore() {
        this.state.most += PAGE;
    }

    money(amount) {
        return formatCurrency(amount || 0, this.model.currencyId);
    }

    setFilter(name, value) {
        this.model.filters[name] = value;
        this.props.onFilter();
    }

    clearFilters() {
        this.model.clearFilters();
        this.props.onFilter();
    }

    /** Why nobody has it yet, as far as it is known. */
    reason(stop) {
        const found = this.props.remedies[stop.id];
        if (found) {
            return found;
        }
        if (!this.model.hasPlace(stop)) {
            return {reason: _t("Nobody knows where it is: set the pin.")};
        }
        if (stop.state === "draft") {
            return {reason: _t("Something is missing: open it to complete it.")};
        }
        return null;
    }

    time(text) {
        return this.model.clock(moment(text));
    }

    get chosen() {
        return this.model.chosenStops;
    }

    nameOf(stop) {
        return [stop.label, stop.contact_name].filter(Boolean).join(" ");
    }

    zoneName(stop) {
        return this.model.zones.find((zone) => zone.id === stop.zone_id)?.name || "";
    }

    courierName(stop) {
        return (
            (stop.trip_id && this.model.courierById.get(stop.courier_id)?.name) || ""
        );
    }
}
