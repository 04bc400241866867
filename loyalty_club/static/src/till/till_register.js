import {Component, onMounted, useRef, useState} from "@odoo/owl";

/** The short form of a new member; Enter goes on, from the last field it registers. */
export class TillRegister extends Component {
    static template = "loyalty_club.TillRegister";
    static props = {
        unknown: {type: Object, optional: true},
        onRegister: Function,
        onClose: Function,
    };

    setup() {
        this.form = useRef("form");
        const {phone = "", name = ""} = this.props.unknown || {};
        this.values = useState({
            phone,
            name,
            birthday: "",
            code: "",
            consent_sms: false,
            consent_email: false,
        });
        onMounted(() => {
            const first = this.values.phone ? "name" : "phone";
            this.form.el.querySelector(`[name=${first}]`).focus();
        });
    }

    onKeydown(ev) {
        if (ev.key !== "Enter" || ev.ctrlKey || ev.target.tagName === "BUTTON") {
            return;
        }
        ev.preventDefault();
        const fields = [...this.form.el.querySelectorAll("input")];
        const next = fields[fields.indexOf(ev.target) + 1];
        if (next) {
            next.focus();
        } else {
            this.register();
        }
    }

    register() {
        return this.props.onRegister({...this.values});
    }
}
