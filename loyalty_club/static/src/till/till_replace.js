import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

/** A lost card in one short dialog: why, and the code of a blank card if there is one. */
export class TillReplace extends Component {
    static template = "loyalty_club.TillReplace";
    static props = {card: Object, onReplace: Function, onClose: Function};

    setup() {
        this.code = useRef("code");
        this.values = useState({reason: "lost", code: ""});
        onMounted(() => this.code.el.focus());
    }

    get reasons() {
        return [
            ["lost", _t("Lost")],
            ["stolen", _t("Stolen")],
            ["damaged", _t("Damaged")],
        ];
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && ev.target.tagName !== "BUTTON") {
            ev.preventDefault();
            this.replace();
        }
    }

    replace() {
        return this.props.onReplace(this.values.reason, this.values.code.trim());
    }
}
