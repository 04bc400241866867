import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const CHANNEL_ICONS = {
    sms: "fa-commenting-o",
    whatsapp: "fa-whatsapp",
    viber: "fa-volume-control-phone",
    email: "fa-envelope-o",
};
const STATE_ICONS = {
    queued: "fa-clock-o",
    sending: "fa-paper-plane-o",
    unknown: "fa-question-circle text-warning",
    accepted: "fa-check",
    submitted: "fa-check",
    delivered: "fa-check-circle text-success",
    read: "fa-eye text-success",
    failed: "fa-exclamation-circle text-danger",
    suppressed: "fa-ban text-muted",
    cancelled: "fa-ban text-muted",
    expired: "fa-hourglass-end text-muted",
    received: "fa-reply",
};

/** All messages of a customer as a chat: out on the right, in on the left. */
export class Conversation extends Component {
    static template = "loyalty_sms.Conversation";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({past: [], next: [], hasMore: false});
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((props) => {
            if (props.record.resId !== this.props.record.resId) {
                return this.load(props.record.resId);
            }
        });
    }

    async fetch(partnerId, before) {
        return this.orm.call("loyalty.message", "get_conversation", [
            partnerId,
            before || false,
        ]);
    }

    async load(partnerId) {
        const found = partnerId
            ? await this.fetch(partnerId)
            : {past: [], next: [], has_more: false};
        this.state.past = found.past;
        this.state.next = found.next;
        this.state.hasMore = found.has_more;
    }

    async loadEarlier() {
        const found = await this.fetch(
            this.props.record.resId,
            this.state.past[0].date,
        );
        this.state.past = [...found.past, ...this.state.past];
        this.state.hasMore = found.has_more;
    }

    isSent(bubble) {
        return !["suppressed", "cancelled", "expired", "failed"].includes(bubble.state);
    }

    channelIcon(bubble) {
        return CHANNEL_ICONS[bubble.channel] || "fa-comment-o";
    }

    stateIcon(bubble) {
        return STATE_ICONS[bubble.state] || "fa-circle-o";
    }

    label(bubble) {
        return bubble.direction === "in"
            ? _t("From the customer by %s", bubble.channel_name)
            : _t("To the customer by %s", bubble.channel_name);
    }

    open(bubble) {
        if (!bubble.id) {
            return undefined;
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: bubble.model,
            res_id: bubble.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("loyalty_conversation", {
    component: Conversation,
});
