import {Component, onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// A message may be lost with the connection: then the page asks by itself.
const ASK_MS = 3000;
const ACTIVE = ["queued", "running"];

/** How far a plan is; the page is read again when the server tells news. */
export class PlanProgress extends Component {
    static template = "loyalty_delivery.PlanProgress";
    static props = {...standardWidgetProps};

    setup() {
        this.bus = useService("bus_service");
        this.onNews = ({id}) => id === this.props.record.resId && this.reload();
        this.bus.subscribe("loyalty_delivery/plan", this.onNews);
        this.timer = setInterval(() => this.reload(), ASK_MS);
        onWillUnmount(() => {
            this.bus.unsubscribe("loyalty_delivery/plan", this.onNews);
            clearInterval(this.timer);
        });
    }

    get percent() {
        return this.props.record.data.percent || 0;
    }

    get isActive() {
        return ACTIVE.includes(this.props.record.data.state);
    }

    async reload() {
        if (this.isActive && !this.loading) {
            this.loading = true;
            await this.props.record.load();
            this.loading = false;
        }
    }
}

registry.category("view_widgets").add("loyalty_plan_progress", {
    component: PlanProgress,
    fieldDependencies: [
        {name: "percent", type: "integer"},
        {name: "state", type: "selection"},
    ],
});
