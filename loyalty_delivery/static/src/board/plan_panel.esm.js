import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

export const PLANNING = ["draft", "queued", "running"];

function number(value, digits = 0) {
    return Number(value || 0).toFixed(digits);
}

/** A plan that is computed, or waits for a yes: how it was against how it would be. */
export class PlanPanel extends Component {
    static template = "loyalty_delivery.PlanPanel";
    static props = {
        plan: Object,
        busy: Boolean,
        onApply: Function,
        onDiscard: Function,
        onStopClick: Function,
    };

    get plan() {
        return this.props.plan;
    }

    get isPlanning() {
        return PLANNING.includes(this.plan.state);
    }

    /** Rows of the comparison; `better` tells which way is good, in words too. */
    get rows() {
        const before = this.plan.kpi_before || {};
        const after = this.plan.kpi_after || {};
        return [
            {key: "planned", label: _t("Deliveries planned"), more: true},
            {key: "unplanned", label: _t("Left without a courier")},
            {key: "late", label: _t("Late")},
            {key: "km", label: _t("Kilometres"), digits: 1},
            {key: "hours", label: _t("Hours"), digits: 1},
            {key: "cost", label: _t("Cost"), digits: 0},
            {key: "couriers", label: _t("Couriers")},
        ]
            .filter(({key}) => key in after)
            .map(({key, label, digits, more}) => {
                const [from, to] = [before[key] || 0, after[key] || 0];
                const change = number(to - from, digits);
                const isBetter = more ? to > from : to < from;
                return {
                    key,
                    label,
                    from: number(from, digits),
                    to: number(to, digits),
                    change: to > from ? `+${change}` : change,
                    sign: to === from ? "" : isBetter ? _t("better") : _t("more"),
                    classes: {
                        "text-success": to !== from && isBetter,
                        "text-danger": to !== from && !isBetter && key !== "couriers",
                    },
                };
            });
    }

    get unplanned() {
        return this.plan.unplanned || [];
    }
}
