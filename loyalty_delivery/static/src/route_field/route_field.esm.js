import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {escape} from "@web/core/utils/strings";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {isKnown} from "../map/geo.esm";
import {depotMarker, fitPlaces, useLeaflet} from "../map/leaflet.esm";
import {MapNotes} from "../map/map_frame.esm";
import {look} from "../map/palette.esm";
import {defineStopMarker} from "../map/stop_marker.esm";

const STOP_FIELDS = [
    "display_name",
    "contact_name",
    "address",
    "latitude",
    "longitude",
    "state",
    "sequence",
];
const DONE = ["delivered", "partial", "failed"];

/** The route of a trip: its lines on the roads and its stops by number. */
export class RouteField extends Component {
    static template = "loyalty_delivery.RouteField";
    static components = {MapNotes};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.leaflet = useLeaflet("map", {
            tiles: () => this.under.tiles,
            onReady: (L, map) => this.start(L, map),
            options: {preferCanvas: true},
        });
        this.status = useState(this.leaflet.state);
        onWillStart(async () => {
            [this.under] = await Promise.all([
                this.orm.call("loyalty.delivery.zone", "map_read", [
                    this.props.record.data.company_id?.id,
                ]),
                this.read(this.props.record.resId),
            ]);
        });
        onWillUpdateProps(async (props) => {
            await this.read(props.record.resId);
            this.draw(props);
        });
    }

    async read(tripId) {
        this.stops = tripId
            ? await this.orm.searchRead(
                  "loyalty.delivery.stop",
                  [
                      ["trip_id", "=", tripId],
                      ["state", "!=", "cancelled"],
                  ],
                  STOP_FIELDS,
                  {order: "sequence, id"},
              )
            : [];
    }

    get located() {
        return this.stops.filter((stop) => isKnown(stop.latitude, stop.longitude));
    }

    start(L, map) {
        this.StopMarker = defineStopMarker(L);
        for (const depot of this.under.depots) {
            depotMarker(L, depot).addTo(map);
        }
        this.layer = L.layerGroup().addTo(map);
        const places = this.located.map((stop) => [stop.latitude, stop.longitude]);
        const depots = this.under.depots.map(({lat, lng}) => [lat, lng]);
        fitPlaces(L, map, places.length ? places : depots);
        this.draw(this.props);
    }

    draw(props) {
        const {L, map} = this.leaflet;
        if (!map) {
            return;
        }
        this.layer.clearLayers();
        const {color} = look(0);
        const legs = props.record.data[props.name];
        const straight = [this.located.map((stop) => [stop.latitude, stop.longitude])];
        L.polyline(legs?.length ? legs : straight, {
            color,
            weight: 3,
            dashArray: legs?.length ? null : "6 6",
            interactive: false,
        }).addTo(this.layer);
        this.stops.forEach((stop, index) => {
            if (isKnown(stop.latitude, stop.longitude)) {
                this.addStop(stop, index + 1, color);
            }
        });
    }

    addStop(stop, number, color) {
        new this.StopMarker([stop.latitude, stop.longitude], {
            radius: 11,
            color,
            shape: "circle",
            label: String(number),
            faded: DONE.includes(stop.state),
            failed: stop.state === "failed",
        })
            .bindTooltip(
                [`${number}. ${stop.display_name}`, stop.contact_name, stop.address]
                    .filter(Boolean)
                    .map(escape)
                    .join("<br/>"),
            )
            .addTo(this.layer);
    }
}

registry.category("fields").add("loyalty_route", {
    component: RouteField,
    displayName: _t("Route on the map"),
    supportedTypes: ["json"],
    fieldDependencies: [{name: "company_id", type: "many2one"}],
});
