import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {formatFloat} from "@web/core/utils/numbers";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {
    areaKm2,
    crossesItself,
    fromGeoJson,
    NoPolygon,
    toGeoJson,
} from "../map/geo.esm";
import {depotMarker, fitPlaces, useLeaflet, zonePolygon} from "../map/leaflet.esm";
import {MapNotes} from "../map/map_frame.esm";
import {zoneColor} from "../map/palette.esm";
import {PolygonDrawing} from "./polygon_editor.esm";

const DIGITS = 6;
const STEP_PX = 8;
const ARROWS = {
    ArrowUp: [0, -STEP_PX],
    ArrowDown: [0, STEP_PX],
    ArrowLeft: [-STEP_PX, 0],
    ArrowRight: [STEP_PX, 0],
};

function problems() {
    return {
        json: _t("This is no GeoJSON text. Copy all of it, from { to }."),
        none: _t("There is no polygon of three places or more in this text."),
        many: _t("There are several polygons in this text. A zone takes one."),
        range: _t("Some places are not on Earth: GeoJSON says the longitude first."),
    };
}

/** A border as text, to take from a file or to keep in one. */
export class GeoJsonDialog extends Component {
    static template = "loyalty_delivery.GeoJsonDialog";
    static components = {Dialog};
    static props = {
        close: Function,
        text: String,
        readonly: Boolean,
        onApply: Function,
    };

    setup() {
        this.state = useState({text: this.props.text, problem: ""});
    }

    apply() {
        try {
            this.props.onApply(fromGeoJson(this.state.text));
        } catch (error) {
            if (!(error instanceof NoPolygon)) {
                throw error;
            }
            this.state.problem = problems()[error.reason];
            return;
        }
        this.props.close();
    }
}

/** The border of a zone, drawn on the map. */
export class PolygonField extends Component {
    static template = "loyalty_delivery.PolygonField";
    static components = {MapNotes};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.drawing = useState(new PolygonDrawing(this.value));
        this.leaflet = useLeaflet("map", {
            tiles: () => this.under.tiles,
            onReady: (L, map) => this.start(L, map),
            options: {doubleClickZoom: false},
        });
        this.status = useState(this.leaflet.state);
        onWillStart(async () => {
            const company = this.props.record.data.company_id;
            this.under = await this.orm.call("loyalty.delivery.zone", "map_read", [
                company?.id || user.activeCompany.id,
            ]);
        });
        onWillUpdateProps((props) => {
            const value = props.record.data[props.name] || [];
            if (JSON.stringify(value) !== JSON.stringify(this.drawing.value || [])) {
                Object.assign(this.drawing, new PolygonDrawing(value));
                this.fit();
            }
            this.draw();
        });
    }

    get value() {
        return this.props.record.data[this.props.name] || [];
    }

    get canEdit() {
        return !this.props.readonly && !this.status.missing;
    }

    get hint() {
        if (!this.drawing.points.length) {
            return _t("Click on the map, corner after corner, around the zone.");
        }
        if (this.drawing.isOpen) {
            return _t(
                "Click the next corner; click the first one to close the border.",
            );
        }
        return _t("Drag a corner, or a dashed point between two to bend the border.");
    }

    get size() {
        return _t(
            "%s km²",
            formatFloat(areaKm2(this.drawing.points), {digits: [16, 1]}),
        );
    }

    get crosses() {
        return crossesItself(this.drawing.points);
    }

    start(L, map) {
        this.under.zones
            .filter(
                (zone) => zone.polygon.length && zone.id !== this.props.record.resId,
            )
            .forEach((zone, index) => {
                zonePolygon(L, zone, zoneColor(zone, index)).addTo(map);
            });
        for (const depot of this.under.depots) {
            depotMarker(L, depot).addTo(map);
        }
        this.layer = L.layerGroup().addTo(map);
        map.on("click", (event) => {
            if (this.canEdit && this.drawing.isOpen) {
                this.change(() => this.drawing.add(this.place(event.latlng)));
            }
        });
        this.fit();
        this.draw();
    }

    fit() {
        const {L, map} = this.leaflet;
        if (!map) {
            return;
        }
        const around = this.under.zones.flatMap((zone) => zone.polygon);
        const depots = this.under.depots.map(({lat, lng}) => [lat, lng]);
        const own = this.drawing.points;
        fitPlaces(L, map, own.length ? own : [...around, ...depots]);
    }

    place({lat, lng}) {
        return [Number(lat.toFixed(DIGITS)), Number(lng.toFixed(DIGITS))];
    }

    /** Do something to the drawing, show it, and put it into the record. */
    change(act) {
        act();
        this.draw();
        return this.props.record.update({[this.props.name]: this.drawing.value});
    }

    draw() {
        const {L, map} = this.leaflet;
        if (!map || !this.layer) {
            return;
        }
        this.layer.clearLayers();
        const {points, isOpen} = this.drawing;
        const shape = isOpen ? L.polyline : L.polygon;
        if (points.length) {
            shape(points, {color: "#111", weight: 3, interactive: false}).addTo(
                this.layer,
            );
        }
        if (!this.canEdit) {
            return;
        }
        this.drawing.middles.forEach((place, index) => this.addMiddle(L, place, index));
        points.forEach((place, index) => this.addVertex(L, place, index));
    }

    addMiddle(L, place, index) {
        this.vertex(
            L,
            place,
            "o_middle",
            14,
            _t("Between two corners: drag to bend"),
        ).on("dragend click", (event) =>
            this.change(() =>
                this.drawing.split(index, this.place(event.target.getLatLng())),
            ),
        );
    }

    addVertex(L, place, index) {
        const chosen = index === this.drawing.chosen;
        const title = _t(
            "Corner %s: drag, arrow keys move it, Delete removes it",
            index + 1,
        );
        const marker = this.vertex(L, place, chosen ? "o_chosen" : "", 18, title);
        marker.on("dragend", () =>
            this.change(() => this.drawing.move(index, this.place(marker.getLatLng()))),
        );
        marker.on("click", () => {
            if (index === 0 && this.drawing.isOpen && this.drawing.points.length > 2) {
                this.change(() => this.drawing.close());
            } else {
                this.drawing.chosen = index;
                this.draw();
                this.focusChosen();
            }
        });
        marker.on("contextmenu", () => this.change(() => this.drawing.remove(index)));
        marker
            .getElement()
            .addEventListener("keydown", (event) =>
                this.onVertexKey(event, index, marker),
            );
    }

    vertex(L, place, className, size, title) {
        return L.marker(place, {
            draggable: true,
            title,
            alt: title,
            icon: L.divIcon({
                className: `o_loyalty_map_vertex ${className}`,
                iconSize: [size, size],
            }),
        }).addTo(this.layer);
    }

    onVertexKey(event, index, marker) {
        const arrow = ARROWS[event.key];
        if (!arrow && event.key !== "Delete" && event.key !== "Backspace") {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        if (arrow) {
            const {map} = this.leaflet;
            const at = map.latLngToContainerPoint(marker.getLatLng()).add(arrow);
            const place = this.place(map.containerPointToLatLng(at));
            this.change(() => this.drawing.move(index, place));
            this.focusChosen();
        } else {
            this.change(() => this.drawing.remove(index));
        }
    }

    focusChosen() {
        this.leaflet.map.getContainer().querySelector(".o_chosen")?.focus();
    }

    onKeydown(event) {
        if ((event.ctrlKey || event.metaKey) && event.key === "z") {
            event.preventDefault();
            event.stopPropagation();
            this.undo();
        }
    }

    undo() {
        if (this.drawing.canUndo) {
            this.change(() => this.drawing.undo());
        }
    }

    removeChosen() {
        this.change(() => this.drawing.remove(this.drawing.chosen));
    }

    openText() {
        const {points} = this.drawing;
        this.dialog.add(GeoJsonDialog, {
            text: points.length > 2 ? JSON.stringify(toGeoJson(points)) : "",
            readonly: this.props.readonly,
            onApply: (places) => {
                this.change(() => this.drawing.replace(places));
                this.fit();
            },
        });
    }
}

registry.category("fields").add("loyalty_polygon", {
    component: PolygonField,
    displayName: _t("Border on the map"),
    supportedTypes: ["json"],
});
