import {Component} from "@odoo/owl";
import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";

export const PLANNING = ["draft", "queued", "running"];

// The engine counts costs in hundredths.
const HUNDREDTHS = 100;

/** A plan that is computed, or waits for a yes: how it was against how it would be. */
export class PlanPanel extends Component {
    static template = "loyalty_delivery.PlanPanel";
    static props = {
        plan: Object,
        busy: Boolean,
        currencyId: {type: [Number, Boolean]},
        isShown: Boolean,
        onShow: Function,
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

    number(value, {digits = 0, isMoney = false}) {
        return isMoney
            ? formatCurrency(value / HUNDREDTHS, this.props.currencyId)
            : formatFloat(value, {digits: [16, digits]});
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
            {key: "cost", label: _t("Cost of driving"), isMoney: true},
            {key: "couriers", label: _t("Couriers")},
        ]
            .filter(({key}) => key in after)
            .map((row) => {
                const [from, to] = [before[row.key] || 0, after[row.key] || 0];
                const isBetter = row.more ? to > from : to < from;
                const change = this.number(to - from, row);
                const signed = to > from ? `+${change}` : change;
                return {
                    ...row,
                    from: this.number(from, row),
                    to: this.number(to, row),
                    change: isBetter ? _t("%s better", signed) : signed,
                    classes: {
                        "text-success": isBetter,
                        "text-danger": to !== from && !isBetter,
                    },
                };
            });
    }

    get unplanned() {
        return this.plan.unplanned || [];
    }
}
