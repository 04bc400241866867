import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** Tiles of the month, gateways and campaigns; each opens what it counts. */
export class MessagesDashboard extends Component {
    static template = "loyalty_sms.Dashboard";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({tiles: [], gateways: [], campaigns: []});
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(
            this.state,
            await this.orm.call("loyalty.sms.dashboard", "get_figures", []),
        );
    }

    async openTile(tile) {
        const action = await this.action.loadAction(tile.action);
        // The tile says which records: the action's own filters would hide some.
        return this.action.doAction({
            ...action,
            name: tile.name,
            domain: tile.domain,
            context: {},
        });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("loyalty_sms.dashboard", MessagesDashboard);
