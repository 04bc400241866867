import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

import {isKnown, isPlace} from "../map/geo.esm";
import {depotMarker, fitPlaces, useLeaflet, zonePolygon} from "../map/leaflet.esm";
import {MapNotes} from "../map/map_frame.esm";
import {zoneColor} from "../map/palette.esm";

const DIGITS = 7;

/**
 * The place of a record, which a dispatcher drags to the right door.
 *
 * Where the model has a method to pin, it is called at once, as it also remembers the
 * place for the address; elsewhere the two fields change and are saved with the form.
 */
export class PinWidget extends Component {
    static template = "loyalty_delivery.PinWidget";
    static components = {MapNotes};
    static props = {
        ...standardWidgetProps,
        latitude: String,
        longitude: String,
        method: {type: String, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.leaflet = useLeaflet("map", {
            tiles: () => this.under.tiles,
            onReady: (L, map) => this.start(L, map),
        });
        this.status = useState(this.leaflet.state);
        this.input = useState({text: ""});
        onWillStart(async () => {
            const company = this.props.record.data.company_id;
            this.under = await this.orm.call("loyalty.delivery.zone", "map_read", [
                company?.id || user.activeCompany.id,
            ]);
        });
        onWillUpdateProps((props) => this.show(this.placeOf(props)));
    }

    placeOf(props) {
        const {data} = props.record;
        return [data[props.latitude], data[props.longitude]];
    }

    get place() {
        return this.placeOf(this.props);
    }

    get isKnown() {
        return isKnown(...this.place);
    }

    get hint() {
        return this.isKnown
            ? _t("Drag the pin, or click where it belongs.")
            : _t("The place is not known: click on the map where it is.");
    }

    get text() {
        return this.isKnown ? this.place.map((part) => part.toFixed(6)).join(", ") : "";
    }

    start(L, map) {
        this.under.zones
            .filter((zone) => zone.polygon.length)
            .forEach((zone, index) => {
                zonePolygon(L, zone, zoneColor(zone, index)).addTo(map);
            });
        for (const depot of this.under.depots) {
            depotMarker(L, depot).addTo(map);
        }
        map.on("click", (event) => {
            if (!this.props.readonly) {
                this.pin(event.latlng);
            }
        });
        fitPlaces(
            L,
            map,
            this.isKnown
                ? [this.place]
                : this.under.depots.map((depot) => [depot.lat, depot.lng]),
        );
        this.show(this.place);
    }

    show(place) {
        const {L, map} = this.leaflet;
        if (!map) {
            return;
        }
        this.marker?.remove();
        this.marker = null;
        if (!isKnown(...place)) {
            return;
        }
        this.marker = L.marker(place, {
            draggable: !this.props.readonly,
            title: _t("The place"),
            alt: _t("The place"),
            icon: L.divIcon({
                className: "o_loyalty_map_pin",
                html: '<i class="fa fa-map-marker" aria-hidden="true"></i>',
                iconSize: [28, 36],
                iconAnchor: [14, 36],
            }),
        }).addTo(map);
        this.marker.on("dragend", () => this.pin(this.marker.getLatLng()));
    }

    async pin({lat, lng}) {
        const place = [lat, lng].map((part) => Number(part.toFixed(DIGITS)));
        const {record, latitude, longitude, method} = this.props;
        if (!method) {
            await record.update({[latitude]: place[0], [longitude]: place[1]});
        } else if (await record.save()) {
            await this.orm.call(record.resModel, method, [[record.resId], ...place]);
            await record.load();
        }
        this.show(this.place);
    }

    /** What people copy from other maps: latitude, longitude. */
    async onText(event) {
        const parts = event.target.value.split(/[\s,;]+/).map(Number);
        if (parts.length !== 2 || !isPlace(parts)) {
            this.notification.add(
                _t("A place is written as latitude, longitude: 40.1772, 44.5126"),
                {type: "warning"},
            );
            return;
        }
        await this.pin({lat: parts[0], lng: parts[1]});
        this.leaflet.map?.setView(parts, 16);
    }
}

registry.category("view_widgets").add("loyalty_pin", {
    component: PinWidget,
    extractProps: ({options}) => ({
        latitude: options.latitude || "latitude",
        longitude: options.longitude || "longitude",
        method: options.method,
    }),
    fieldDependencies: ({options}) => [
        {name: options.latitude || "latitude", type: "float", readonly: false},
        {name: options.longitude || "longitude", type: "float", readonly: false},
        {name: "company_id", type: "many2one"},
    ],
});
