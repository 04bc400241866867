import {Component} from "@odoo/owl";
import {formatTillMoney, formatTillPoints} from "./till_format";

/** Who stands at the till: tier, balance and what the cashier must know. */
export class TillMember extends Component {
    static template = "loyalty_club.TillMember";
    static props = {member: Object, currencyId: Number};

    get initials() {
        const words = this.props.member.name.split(/\s+/);
        return words
            .slice(0, 2)
            .map((word) => word.charAt(0))
            .join("");
    }

    get worth() {
        return formatTillMoney(this.props.member.worth, this.props.currencyId);
    }

    points(value) {
        return formatTillPoints(value);
    }
}
