import {Component, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const REFRESH_MS = 3000;
const QUICK_REPLIES = ["STOP", "START", "BALANCE", "5", "1"];

/** What customers of the demo see on their phones, and what they answer. */
export class DemoPhone extends Component {
    static template = "loyalty_sms.DemoPhone";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.quickReplies = QUICK_REPLIES;
        this.state = useState({phones: [], number: null, text: "", loaded: false});
        onWillStart(() => this.refresh());
        const timer = setInterval(() => this.refresh(), REFRESH_MS);
        onWillUnmount(() => clearInterval(timer));
    }

    get phone() {
        const {phones, number} = this.state;
        return phones.find((phone) => phone.number === number) || phones[0];
    }

    get title() {
        return this.phone.partner || this.phone.number;
    }

    async refresh() {
        this.state.phones = await this.orm.silent.call(
            "loyalty.sms.gateway",
            "demo_phones",
            [],
        );
        this.state.loaded = true;
    }

    choose(number) {
        this.state.number = number;
    }

    time(message) {
        return formatDateTime(deserializeDateTime(message.date), {format: "HH:mm"});
    }

    day(message) {
        return deserializeDateTime(message.date).toLocaleString({
            day: "numeric",
            month: "long",
        });
    }

    async reply(text) {
        const words = (text || this.state.text).trim();
        if (!words) {
            return;
        }
        await this.orm.call("loyalty.sms.gateway", "demo_reply", [
            this.phone.number,
            this.phone.channel,
            words,
        ]);
        this.state.text = "";
        this.notification.add(_t("“%s” was received.", words), {type: "success"});
        await this.refresh();
    }
}

registry.category("actions").add("loyalty_sms.demo_phone", DemoPhone);
