import {_t} from "@web/core/l10n/translation";

import {isKnown} from "../map/geo.esm";
import {look, UNPLANNED_COLOR} from "../map/palette.esm";

const MODEL = "loyalty.delivery.trip";
export const FINISHED = ["delivered", "partial", "failed"];
export const UNPLANNED = ["draft", "ready"];
export const MOVABLE = ["draft", "ready", "planned", "out"];
export const OPEN_TRIPS = ["draft", "planned", "loaded", "en_route"];
const GOOD_PLACES = ["manual", "learned", "house", "street"];
const HOUR = 3600 * 1000;

/** Milliseconds of the ERP's text of a moment in UTC; null where there is none. */
export function moment(text) {
    return text ? Date.parse(`${text.replace(" ", "T")}Z`) : null;
}

/**
 * The day of deliveries as the board shows it: what the server said last, what is
 * chosen and filtered, and the calls that change it. Components only draw it.
 */
export class BoardModel {
    constructor(orm) {
        this.orm = orm;
        this.date = luxon.DateTime.local().toISODate();
        this.isLoaded = false;
        this.isBusy = false;
        this.reads = 0;
        this.stops = new Map();
        this.trips = new Map();
        this.couriers = [];
        this.zones = [];
        this.depots = [];
        this.alerts = [];
        this.positions = [];
        this.canUndo = false;
        this.undoLabel = "";
        this.matrixSource = "";
        this.currencyId = false;
        this.preview = null;
        this.chosen = new Set();
        this.filters = {text: "", zone: 0, courier: 0, state: "", slot: ""};
    }

    // -- from and to the server --------------------------------------------------------
    async load(date = this.date) {
        this.date = date;
        const read = ++this.reads;
        const data = await this.orm.call(MODEL, "board_read", [date]);
        // Who turned the page meanwhile waits for another answer.
        if (read === this.reads) {
            this.take(data);
        }
    }

    take(data) {
        this.stops = new Map(data.stops.map((stop) => [stop.id, stop]));
        this.trips = new Map(data.trips.map((trip) => [trip.id, trip]));
        this.couriers = data.couriers.map((courier, index) => ({
            ...courier,
            ...look(index),
        }));
        this.courierById = new Map(this.couriers.map((one) => [one.id, one]));
        this.zones = data.zones;
        this.depots = data.depots;
        this.alerts = data.alerts || [];
        this.positions = data.positions || [];
        this.currencyId = data.currency_id;
        this.companyId = data.company_id;
        this.matrixSource = data.matrix_source;
        this.plan = data.plan || null;
        this.tz = data.depots[0]?.tz || "UTC";
        this.takeUndo(data);
        this.keepChosen();
        this.isLoaded = true;
    }

    takeUndo(answer) {
        this.canUndo = Boolean(answer.can_undo);
        this.undoLabel = answer.undo_label || "";
    }

    /** Rows that changed, of an answer or of the bus; the rest stays. */
    merge(changes) {
        for (const trip of changes.trips || []) {
            const before = this.trips.get(trip.id);
            // The bus leaves lines out, and is late at times.
            if (!before || trip.version >= before.version) {
                this.trips.set(trip.id, {...before, ...trip});
            }
        }
        for (const stop of changes.stops || []) {
            this.stops.set(stop.id, stop);
        }
        for (const id of changes.removed_trip_ids || []) {
            this.trips.delete(id);
        }
        if ("can_undo" in changes) {
            this.takeUndo(changes);
        }
        this.keepChosen();
    }

    async change(method, args) {
        this.isBusy = true;
        try {
            const answer = await this.orm.call(MODEL, method, args);
            if (answer) {
                this.merge(answer);
            }
            return answer;
        } finally {
            this.isBusy = false;
        }
    }

    /**
     * @param {number[]} stopIds in the order in which they shall stand
     * @param {Object} target `{trip_id}` or `{courier_id}`, neither takes them out
     * @param {number} [place] from 1 among the stops that stay; the last without one
     */
    move(stopIds, target, place) {
        const moves = stopIds.map((stop_id, index) => ({
            stop_id,
            ...target,
            ...(place ? {sequence: place + index} : {}),
        }));
        return this.change("board_move", [moves, this.date]);
    }

    lock(stopIds, lock) {
        return this.change("board_lock", [stopIds, lock]);
    }

    undo() {
        return this.change("board_undo", [this.date]);
    }

    place(stopId) {
        return this.orm.call(MODEL, "board_insert", [stopId]);
    }

    async insert(stopId) {
        const answer = await this.change("board_insert", [stopId, true]);
        this.merge(answer.moved || {});
        return answer;
    }

    // -- what is chosen ----------------------------------------------------------------
    choose(ids, {add = false} = {}) {
        const chosen = new Set(add ? this.chosen : []);
        for (const id of ids) {
            if (add && ids.length === 1 && chosen.has(id)) {
                chosen.delete(id);
            } else {
                chosen.add(id);
            }
        }
        this.chosen = chosen;
    }

    keepChosen() {
        this.chosen = new Set([...this.chosen].filter((id) => this.stops.has(id)));
    }

    get chosenStops() {
        return [...this.chosen].map((id) => this.stops.get(id));
    }

    get movableIds() {
        return this.chosenStops
            .filter((stop) => MOVABLE.includes(stop.state))
            .sort((a, b) => a.trip_id - b.trip_id || a.sequence - b.sequence)
            .map((stop) => stop.id);
    }

    // -- what is shown -----------------------------------------------------------------
    look(stop) {
        const proposed = this.preview?.places.get(stop.id)?.courierId;
        const courier = this.courierById.get(
            proposed || (stop.trip_id && stop.courier_id),
        );
        return courier || {color: UNPLANNED_COLOR, shape: "circle"};
    }

    isLate(stop) {
        return stop.late_s > 0 && stop.state !== "failed";
    }

    isApproximate(stop) {
        return !GOOD_PLACES.includes(stop.geo_quality);
    }

    hasPlace(stop) {
        return isKnown(stop.latitude, stop.longitude);
    }

    isShown(stop) {
        const {text, zone, courier, state, slot} = this.filters;
        return (
            stop.state !== "cancelled" &&
            (!zone || stop.zone_id === zone) &&
            (!courier || (stop.trip_id && stop.courier_id === courier)) &&
            (!state || this.inState(stop, state)) &&
            (!slot || this.slotOf(stop) === slot) &&
            (!text || matches(stop, text))
        );
    }

    inState(stop, state) {
        switch (state) {
            case "unplanned":
                return UNPLANNED.includes(stop.state);
            case "pending":
                return ["planned", "out", "arrived"].includes(stop.state);
            case "done":
                return ["delivered", "partial"].includes(stop.state);
            case "late":
                return this.isLate(stop);
        }
        return stop.state === state;
    }

    get isFiltered() {
        return Object.values(this.filters).some(Boolean);
    }

    clearFilters() {
        Object.assign(this.filters, {
            text: "",
            zone: 0,
            courier: 0,
            state: "",
            slot: "",
        });
    }

    get shownStops() {
        return [...this.stops.values()].filter((stop) => this.isShown(stop));
    }

    get unplanned() {
        return this.shownStops
            .filter((stop) => UNPLANNED.includes(stop.state))
            .sort(
                (a, b) =>
                    b.priority - a.priority ||
                    (moment(a.window_end) || Infinity) -
                        (moment(b.window_end) || Infinity) ||
                    a.id - b.id,
            );
    }

    /** Stops of each trip in the order of its route. */
    get routes() {
        const routes = new Map([...this.trips.keys()].map((id) => [id, []]));
        for (const stop of this.stops.values()) {
            if (stop.trip_id && stop.state !== "cancelled") {
                routes.get(stop.trip_id)?.push(stop);
            }
        }
        for (const stops of routes.values()) {
            stops.sort((a, b) => a.sequence - b.sequence);
        }
        return routes;
    }

    /** A row for each trip, and for each courier who works and has none. */
    get rows() {
        const routes = this.routes;
        const rows = [];
        for (const courier of this.couriers) {
            if (this.filters.courier && this.filters.courier !== courier.id) {
                continue;
            }
            const trips = [...this.trips.values()].filter(
                (trip) => trip.courier_id === courier.id && trip.state !== "cancelled",
            );
            for (const trip of trips) {
                rows.push({
                    key: `trip_${trip.id}`,
                    courier,
                    trip,
                    stops: routes.get(trip.id),
                });
            }
            if (!trips.length && courier.works) {
                rows.push({
                    key: `courier_${courier.id}`,
                    courier,
                    trip: null,
                    stops: [],
                });
            }
        }
        return rows;
    }

    targetOf(row) {
        return row.trip && OPEN_TRIPS.includes(row.trip.state)
            ? {trip_id: row.trip.id}
            : {courier_id: row.courier.id};
    }

    get counters() {
        const stops = [...this.stops.values()].filter(
            (stop) => stop.state !== "cancelled",
        );
        return [
            {key: "", label: _t("All"), stops},
            {key: "unplanned", label: _t("Unplanned")},
            {key: "pending", label: _t("Pending")},
            {key: "done", label: _t("Delivered")},
            {key: "late", label: _t("Late")},
            {key: "failed", label: _t("Failed")},
        ].map(({key, label}) => {
            const those = key ? stops.filter((stop) => this.inState(stop, key)) : stops;
            return {
                key,
                label,
                count: those.length,
                amount: those.reduce((sum, stop) => sum + (stop.amount_total || 0), 0),
            };
        });
    }

    // -- time --------------------------------------------------------------------------
    clock(milliseconds) {
        if (!milliseconds) {
            return "";
        }
        return luxon.DateTime.fromMillis(milliseconds, {zone: this.tz}).toFormat(
            "HH:mm",
        );
    }

    window(stop) {
        const [start, end] = [moment(stop.window_start), moment(stop.window_end)];
        if (!start && !end) {
            return "";
        }
        return `${start ? this.clock(start) : "…"}–${end ? this.clock(end) : "…"}`;
    }

    slotOf(stop) {
        return this.window(stop);
    }

    get slots() {
        return [...new Set([...this.stops.values()].map((stop) => this.slotOf(stop)))]
            .filter(Boolean)
            .sort();
    }

    hour(hours) {
        return (
            luxon.DateTime.fromISO(this.date, {zone: this.tz}).toMillis() + hours * HOUR
        );
    }

    /** Whole hours that hold everybody's work and every stop. */
    get span() {
        const working = this.couriers.filter((courier) => courier.works);
        const times = working.flatMap(({hour_from, hour_to}) => [
            this.hour(hour_from),
            this.hour(hour_to),
        ]);
        for (const stop of this.stops.values()) {
            const at = moment(stop.done_at || stop.eta);
            if (at && stop.trip_id) {
                times.push(at);
            }
        }
        for (const trip of this.trips.values()) {
            times.push(
                ...[trip.planned_start, trip.planned_end].map(moment).filter(Boolean),
            );
        }
        if (!times.length) {
            times.push(this.hour(9), this.hour(18));
        }
        const start = Math.floor(times.reduce((a, b) => Math.min(a, b)) / HOUR) * HOUR;
        const end = Math.ceil(times.reduce((a, b) => Math.max(a, b)) / HOUR) * HOUR;
        return {start, end: Math.max(end, start + 4 * HOUR)};
    }
}

function digits(text) {
    return (text || "").replace(/\D/g, "");
}

/** By number, customer or address; a phone is found by any part of its figures. */
export function matches(stop, text) {
    const wanted = text.trim().toLowerCase();
    const figures = digits(text);
    const words = [stop.label, stop.contact_name, stop.address].join(" ").toLowerCase();
    return (
        words.includes(wanted) ||
        (figures.length >= 3 && digits(stop.phone).includes(figures))
    );
}
