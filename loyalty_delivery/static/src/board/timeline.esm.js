import {Component, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

import {FINISHED, moment} from "./board_model.esm";
import {kmText, profileIcon, spanText, violationNames} from "./board_words.esm";

const HOUR = 3600 * 1000;
const LEAST_MS = 4 * 60 * 1000;
const ZOOMS = [1, 1.5, 2, 3];

/** A row for each trip: hours from left to right, stops as blocks, a line for now. */
export class Timeline extends Component {
    static template = "loyalty_delivery.Timeline";
    static props = {
        model: Object,
        version: Number,
        now: Number,
        target: {type: [Object, {value: null}], optional: true},
        onStopDown: Function,
        onStopClick: Function,
        onStopKey: Function,
        onRowClick: Function,
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({zoom: 1});
        this.profileIcon = profileIcon;
        this.violationNames = violationNames();
    }

    get model() {
        return this.props.model;
    }

    get width() {
        return `${this.state.zoom * 100}%`;
    }

    zoom(step) {
        const at = ZOOMS.indexOf(this.state.zoom) + step;
        this.state.zoom = ZOOMS[Math.min(Math.max(at, 0), ZOOMS.length - 1)];
    }

    /** Everything that is drawn, with places in percent of the span of hours. */
    get drawing() {
        const span = this.model.span;
        const part = (at) => ((at - span.start) / (span.end - span.start)) * 100;
        const hours = [];
        for (let at = span.start; at < span.end; at += HOUR) {
            hours.push({at, label: this.model.clock(at), left: part(at)});
        }
        const now = this.props.now;
        return {
            hours,
            now: now > span.start && now < span.end ? part(now) : null,
            rows: this.model.rows.map((row) => this.row(row, part)),
        };
    }

    row(row, part) {
        const {courier, trip, stops} = row;
        const done = stops.filter((stop) => FINISHED.includes(stop.state)).length;
        const late = stops.filter((stop) => this.model.isLate(stop)).length;
        const start = trip && moment(trip.started_at || trip.planned_start);
        const end = trip && moment(trip.returned_at || trip.planned_end);
        return {
            ...row,
            done,
            late,
            broken: this.broken(trip),
            figures: trip ? this.figures(trip, stops) : _t("No deliveries yet"),
            work: {
                left: part(this.model.hour(courier.hour_from)),
                width:
                    part(this.model.hour(courier.hour_to)) -
                    part(this.model.hour(courier.hour_from)),
            },
            drive:
                start && end
                    ? {left: part(start), width: part(end) - part(start)}
                    : null,
            blocks: stops.map((stop, index) => this.block(stop, index, part)),
        };
    }

    /** What the route goes against besides lateness, which has a sign of its own. */
    broken(trip) {
        const kinds = new Set((trip?.violations || []).map(({kind}) => kind));
        kinds.delete("window");
        return [...kinds].map((kind) => this.violationNames[kind] || kind).join(", ");
    }

    figures(trip, stops) {
        const parts = [_t("%s stops", stops.length)];
        if (trip.planned_m) {
            parts.push(kmText(trip.planned_m), spanText(trip.planned_s));
        }
        return parts.join(" · ");
    }

    block(stop, index, part) {
        const model = this.model;
        const eta = moment(stop.arrived_at || stop.eta || stop.plan_eta);
        const begin = eta || model.span.start;
        const end = moment(stop.done_at) || begin + (stop.service_s || 0) * 1000;
        const [open, close] = [moment(stop.window_start), moment(stop.window_end)];
        const chosen = model.chosen.has(stop.id);
        return {
            stop,
            number: index + 1,
            left: part(begin),
            width: part(Math.max(end, begin + LEAST_MS)) - part(begin),
            window:
                chosen && (open || close)
                    ? {
                          left: Math.max(0, part(open || begin)),
                          width:
                              Math.min(100, part(close || end)) -
                              Math.max(0, part(open || begin)),
                      }
                    : null,
            classes: {
                o_chosen: chosen,
                o_late: model.isLate(stop),
                o_done: ["delivered", "partial"].includes(stop.state),
                o_failed: stop.state === "failed",
                o_faded: !model.isShown(stop),
                o_locked: stop.lock !== "none",
            },
            label: this.label(stop, index, eta),
        };
    }

    label(stop, index, eta) {
        const parts = [
            `${index + 1}. ${stop.label}`,
            stop.contact_name,
            stop.address,
            eta ? _t("at %s", this.model.clock(eta)) : "",
            this.model.window(stop) ? _t("promised %s", this.model.window(stop)) : "",
            this.model.isLate(stop) ? _t("%s late", spanText(stop.late_s)) : "",
        ];
        return parts.filter(Boolean).join(", ");
    }

    isTarget(row) {
        return this.props.target?.key === row.key;
    }

    targetLeft(row, drawing) {
        const {place} = this.props.target;
        const blocks = drawing.rows.find((one) => one.key === row.key).blocks;
        const block = blocks[place - 1];
        const last = blocks.at(-1);
        return block ? block.left : last ? last.left + last.width : 0;
    }

    onKeydown(event, stop) {
        this.props.onStopKey(event, stop);
    }
}
