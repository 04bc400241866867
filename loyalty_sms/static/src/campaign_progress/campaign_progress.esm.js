import {
    Component,
    onWillStart,
    onWillUnmount,
    onWillUpdateProps,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {formatFloat, formatInteger} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

// While messages go out, counters are read this often.
const EVERY_MS = 2000;
const LIVE = ["scheduled", "running", "paused"];

/** How far a campaign is: counters, speed, end, and why messages did not arrive. */
export class CampaignProgress extends Component {
    static template = "loyalty_sms.CampaignProgress";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({figures: null});
        this.timer = null;
        this.gone = false;
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => {
            if (
                next.record.resId !== this.props.record.resId ||
                next.record.data.state !== this.state.figures?.state
            ) {
                return this.load(next.record);
            }
        });
        onWillUnmount(() => {
            this.gone = true;
            clearTimeout(this.timer);
        });
    }

    async load(record) {
        clearTimeout(this.timer);
        if (!record.resId) {
            this.state.figures = null;
            return;
        }
        const figures = await this.orm.silent.call(
            "loyalty.sms.campaign",
            "get_progress",
            [[record.resId]],
        );
        if (this.gone) {
            return;
        }
        const before = this.state.figures;
        this.state.figures = figures;
        if (LIVE.includes(figures.state)) {
            this.timer = setTimeout(() => this.refresh(), EVERY_MS);
        }
        if (before && before.state !== figures.state) {
            // It began, or the last message has gone: the buttons of the page follow.
            await record.load();
        }
    }

    async refresh() {
        try {
            await this.load(this.props.record);
        } catch {
            // The server is restarting or away: the next attempt says where it is.
            if (!this.gone) {
                this.timer = setTimeout(() => this.refresh(), EVERY_MS * 5);
            }
        }
    }

    get figures() {
        return this.state.figures;
    }

    get tiles() {
        const all = this.figures;
        return [
            {key: "queued", label: _t("In the queue"), states: ["queued", "sending"]},
            {
                key: "accepted",
                label: _t("Sent"),
                states: ["accepted", "submitted", "delivered", "read"],
            },
            {
                key: "delivered",
                label: _t("Delivered"),
                states: ["delivered", "read"],
                look: "text-success",
            },
            {
                key: "failed",
                label: _t("Failed"),
                states: ["failed"],
                look: "text-danger",
            },
            {key: "unknown", label: _t("Unknown"), states: ["unknown"]},
        ].map((tile) => ({...tile, value: formatInteger(all[tile.key])}));
    }

    get width() {
        return `width: ${Math.min(this.figures.progress, 100)}%`;
    }

    get percent() {
        return _t("%s %", formatFloat(this.figures.progress, {digits: [16, 1]}));
    }

    get summary() {
        const figures = this.figures;
        const parts = [_t("%s customers in all", formatInteger(figures.total))];
        if (figures.waiting) {
            parts.push(_t("%s not planned yet", formatInteger(figures.waiting)));
        }
        if (figures.control) {
            parts.push(_t("%s in the control group", formatInteger(figures.control)));
        }
        if (figures.optouts) {
            parts.push(_t("%s withdrew their consent", formatInteger(figures.optouts)));
        }
        return parts.join(" · ");
    }

    get pace() {
        const figures = this.figures;
        if (figures.state === "paused") {
            return _t("Paused: what waits in the queue stays there.");
        }
        if (figures.state === "scheduled") {
            return _t("It begins within a minute.");
        }
        if (figures.state !== "running") {
            return "";
        }
        if (!figures.speed) {
            return _t("No message left in the last minute.");
        }
        const speed = formatFloat(figures.speed, {digits: [16, 1]});
        if (!figures.eta) {
            return _t("%s messages a second", speed);
        }
        return _t("%(speed)s messages a second, done about %(eta)s", {
            speed,
            eta: formatDateTime(deserializeDateTime(figures.eta)),
        });
    }

    openMessages(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "loyalty.message",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["campaign_id", "=", this.props.record.resId], ...domain],
            context: {create: false},
        });
    }

    onTile(tile) {
        return this.openMessages(tile.label, [["state", "in", tile.states]]);
    }

    onReason(reason) {
        return this.openMessages(reason.label, [
            ["state", "=", reason.state],
            ["reason", "=", reason.reason],
            ["error_code", "=", reason.code],
        ]);
    }

    onLeftOut(reason) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: reason.label,
            res_model: "loyalty.sms.campaign.recipient",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [
                ["campaign_id", "=", this.props.record.resId],
                ["state", "=", "skipped"],
                ["reason", "=", reason.reason],
            ],
        });
    }
}

export const campaignProgress = {
    component: CampaignProgress,
};

registry.category("view_widgets").add("loyalty_campaign_progress", campaignProgress);
