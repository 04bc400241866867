import {Component, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/** What to plan and how long to think about it. */
export class PlanDialog extends Component {
    static template = "loyalty_delivery.PlanDialog";
    static components = {Dialog};
    static props = {
        close: Function,
        hasRoutes: Boolean,
        isStarted: Boolean,
        count: Number,
        onPlan: Function,
    };

    setup() {
        this.state = useState({
            mode: this.props.isStarted ? "rest" : "day",
            effort: "draft",
        });
    }

    get modes() {
        return [
            {
                key: "day",
                label: this.props.hasRoutes
                    ? _t("The whole day anew")
                    : _t("The whole day"),
                help: _t(
                    "Locked deliveries and couriers on the road keep their routes.",
                ),
            },
            {
                key: "rest",
                label: _t("The rest of the day"),
                help: _t("Also what couriers on the road have not visited yet."),
            },
            {
                key: "unplanned",
                label: _t("Only what has no courier"),
                help: _t("All others stay where they are."),
            },
        ];
    }

    get efforts() {
        return [
            {key: "draft", label: _t("5 seconds"), help: _t("good for a look")},
            {key: "good", label: _t("30 seconds"), help: _t("good for the day")},
            {key: "best", label: _t("2 minutes"), help: _t("the last percent")},
        ];
    }

    async plan() {
        this.props.close();
        await this.props.onPlan({mode: this.state.mode, effort: this.state.effort});
    }
}
