import {Component} from "@odoo/owl";

/** What stands around a map: the canvas, and why it or its pictures are not there. */
export class MapNotes extends Component {
    static template = "loyalty_delivery.MapNotes";
    static props = {missing: Boolean, tilesLost: Boolean};
}
