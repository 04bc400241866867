import {registry} from "@web/core/registry";
import {_t} from "@web/core/l10n/translation";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

const MOST = 5;

/** Stars of a rating; nothing where nobody rated. */
export class StarsField extends Component {
    static template = "loyalty_sms.StarsField";
    static props = {...standardFieldProps};

    /** Lists without records show samples, whose numbers may be anything. */
    get stars() {
        const stars = this.props.record.data[this.props.name] || 0;
        return Math.max(0, Math.min(stars, MOST));
    }

    get text() {
        return "★".repeat(this.stars) + "☆".repeat(MOST - this.stars);
    }

    get label() {
        return _t("%s of 5 stars", this.stars);
    }
}

registry.category("fields").add("loyalty_stars", {
    component: StarsField,
    supportedTypes: ["integer"],
});
