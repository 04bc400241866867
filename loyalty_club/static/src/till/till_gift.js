import {Component, onMounted, useRef} from "@odoo/owl";
import {formatTillMoney} from "./till_format";

/** Gift cards: scan one to see its balance or to sell it, type an amount to sell a new one. */
export class TillGift extends Component {
    static template = "loyalty_club.TillGift";
    static props = {
        gift: {type: [Object, {value: null}], optional: true},
        currencyId: Number,
        canSell: Boolean,
        onFind: Function,
        onSell: Function,
        onClose: Function,
    };

    setup() {
        this.input = useRef("input");
        onMounted(() => this.input.el.focus());
    }

    money(amount) {
        return formatTillMoney(amount, this.props.currencyId);
    }

    async onKeydown(ev) {
        if (ev.key !== "Enter" || ev.ctrlKey) {
            return;
        }
        ev.preventDefault();
        const text = ev.target.value.trim();
        if (text) {
            ev.target.value = "";
            await this.props.onFind(text);
        } else if (this.props.gift?.sells) {
            await this.props.onSell();
        }
    }
}
