import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";

/** What is done how on the board. */
export class HelpDialog extends Component {
    static template = "loyalty_delivery.BoardHelp";
    static components = {Dialog};
    static props = {close: Function};
}
