import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

import {moment} from "./board_model.esm";
import {kmText, spanText} from "./board_words.esm";

/** The cheapest place of an urgent stop, and whom it delays; or why there is none. */
export class InsertDialog extends Component {
    static template = "loyalty_delivery.InsertDialog";
    static components = {Dialog};
    static props = {close: Function, model: Object, found: Object, onInsert: Function};

    get title() {
        return _t("Insert %s", this.props.found.label);
    }

    get sentence() {
        const {found, model} = this.props;
        return _t(
            "%(courier)s can be there at %(time)s, for %(km)s and %(minutes)s more.",
            {
                courier: found.courier,
                time: model.clock(moment(found.eta)),
                km: kmText(found.added_m),
                minutes: spanText(found.added_s),
            },
        );
    }

    async insert() {
        this.props.close();
        await this.props.onInsert();
    }
}
