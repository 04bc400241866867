import {Component, onMounted, useRef} from "@odoo/owl";
import {formatTillMoney, formatTillPoints} from "./till_format";

/** What was booked, large; prints the narrow receipt through a hidden page. */
export class TillReceipt extends Component {
    static template = "loyalty_club.TillReceipt";
    static props = {
        receipt: Object,
        onPrint: Function,
        onUndo: Function,
        onNext: Function,
    };

    setup() {
        this.next = useRef("next");
        this.points = formatTillPoints;
        onMounted(() => this.next.el.focus());
    }

    get printUrl() {
        return `/report/html/loyalty_club.till_receipt/${this.props.receipt.id}`;
    }

    money(amount) {
        return formatTillMoney(amount, this.props.receipt.currency_id);
    }

    onPageLoad(ev) {
        ev.target.contentWindow.print();
    }
}
