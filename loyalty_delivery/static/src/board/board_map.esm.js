import {Component, onPatched, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {escape} from "@web/core/utils/strings";

import {isKnown} from "../map/geo.esm";
import {depotMarker, fitPlaces, useLeaflet, zonePolygon} from "../map/leaflet.esm";
import {MapNotes} from "../map/map_frame.esm";
import {defineStopMarker} from "../map/stop_marker.esm";
import {zoneColor} from "../map/palette.esm";
import {FINISHED} from "./board_model.esm";

const NEAR_ZOOM = 12;

/** The day on the map: zones, depots, routes, numbered stops, couriers. */
export class BoardMap extends Component {
    static template = "loyalty_delivery.BoardMap";
    static components = {MapNotes};
    static props = {
        model: Object,
        /** Counts what changed, so that the canvas is drawn anew. */
        version: Number,
        tiles: Object,
        onStopClick: Function,
        onBox: Function,
    };

    setup() {
        this.leaflet = useLeaflet("map", {
            tiles: () => this.props.tiles,
            onReady: (L, map) => this.start(L, map),
            options: {boxZoom: false, preferCanvas: true, doubleClickZoom: false},
        });
        this.status = useState(this.leaflet.state);
        onPatched(() => this.draw());
    }

    get model() {
        return this.props.model;
    }

    start(L, map) {
        this.StopMarker = defineStopMarker(L);
        this.ground = L.layerGroup().addTo(map);
        this.routes = L.layerGroup().addTo(map);
        this.stops = L.layerGroup().addTo(map);
        this.people = L.layerGroup().addTo(map);
        this.chooseBoxes(L, map);
        map.on("zoomend", () => this.draw());
        map.setView([20, 0], 2);
        this.draw();
    }

    /** Shift and drag chooses the stops within, instead of zooming there. */
    chooseBoxes(L, map) {
        const {onBox} = this.props;
        const Box = L.Map.BoxZoom.extend({
            _onMouseUp(event) {
                if (event.which !== 1 && event.button !== 1) {
                    return;
                }
                this._finish();
                if (!this._moved) {
                    return;
                }
                this._clearDeferredResetState();
                this._resetStateTimeout = setTimeout(() => this._resetState(), 0);
                onBox(
                    L.latLngBounds(
                        map.containerPointToLatLng(this._startPoint),
                        map.containerPointToLatLng(this._point),
                    ),
                );
            },
        });
        map.addHandler("boxSelect", Box);
        map.boxSelect.enable();
    }

    get places() {
        const stops = this.model.shownStops
            .filter((stop) => this.model.hasPlace(stop))
            .map((stop) => [stop.latitude, stop.longitude]);
        const depots = this.model.depots
            .filter((depot) => isKnown(depot.latitude, depot.longitude))
            .map((depot) => [depot.latitude, depot.longitude]);
        return [...stops, ...depots];
    }

    fit() {
        const {L, map} = this.leaflet;
        if (map) {
            fitPlaces(L, map, this.places);
        }
    }

    draw() {
        const {L, map} = this.leaflet;
        if (!map || !this.model.isLoaded) {
            return;
        }
        // Another day or company is somewhere else; a change of it is not.
        const shown = `${this.model.companyId} ${this.model.date}`;
        if (this.shown !== shown) {
            this.shown = shown;
            this.fit();
        }
        this.drawGround(L);
        this.drawRoutes(L);
        this.drawStops();
        this.drawPeople(L);
    }

    drawGround(L) {
        const key = JSON.stringify([this.model.zones, this.model.depots]);
        if (this.groundKey === key) {
            return;
        }
        this.groundKey = key;
        this.ground.clearLayers();
        this.model.zones.forEach((zone, index) => {
            if (zone.polygon?.length) {
                this.ground.addLayer(zonePolygon(L, zone, zoneColor(zone, index)));
            }
        });
        for (const depot of this.model.depots) {
            const {latitude: lat, longitude: lng} = depot;
            if (isKnown(lat, lng)) {
                this.ground.addLayer(depotMarker(L, {...depot, lat, lng}));
            }
        }
    }

    drawRoutes(L) {
        this.routes.clearLayers();
        const routes = this.model.routes;
        const {preview, filters} = this.model;
        // Routes that a proposal changes are drawn as it would have them.
        const isChanged = (trip) =>
            routes.get(trip.id).some((stop) => preview?.places.has(stop.id));
        for (const trip of this.model.trips.values()) {
            const isOther = filters.courier && filters.courier !== trip.courier_id;
            if (isOther || isChanged(trip)) {
                continue;
            }
            const courier = this.model.courierById.get(trip.courier_id);
            this.line(L, this.linesOf(trip, routes.get(trip.id)), {
                color: courier?.color || "#444",
                opacity: 0.8,
            });
        }
        for (const route of preview?.routes || []) {
            const courier = this.model.courierById.get(route.courier_id);
            const lines = {known: false, legs: [this.previewPlaces(route)]};
            this.line(L, lines, {
                color: courier?.color || "#444",
                opacity: 1,
                weight: 4,
            });
        }
    }

    line(L, {known, legs}, options) {
        if (legs.some((leg) => leg.length > 1)) {
            L.polyline(legs, {
                weight: 3,
                interactive: false,
                // Dashed: nobody knows the roads, it is a straight line.
                dashArray: known ? null : "6 6",
                smoothFactor: 1.5,
                ...options,
            }).addTo(this.routes);
        }
    }

    /** The roads where they are known, else straight from door to door. */
    linesOf(trip, stops) {
        if (trip.geometry?.length) {
            const known = !/straight|estimate|×/i.test(trip.matrix_source || "");
            return {known, legs: trip.geometry};
        }
        return {known: false, legs: [this.straight(trip.depot_id, stops)]};
    }

    straight(depotId, stops) {
        const depot = this.model.depots.find((one) => one.id === depotId);
        const places = stops
            .filter((stop) => this.model.hasPlace(stop))
            .map((stop) => [stop.latitude, stop.longitude]);
        return depot && places.length && isKnown(depot.latitude, depot.longitude)
            ? [[depot.latitude, depot.longitude], ...places]
            : places;
    }

    previewPlaces(route) {
        const stops = route.stop_ids
            .map((id) => this.model.stops.get(id))
            .filter(Boolean);
        const courier = this.model.courierById.get(route.courier_id);
        const trip = this.model.trips.get(route.trip_id);
        return this.straight(trip?.depot_id || courier?.depot_id, stops);
    }

    drawStops() {
        const near = this.leaflet.map.getZoom() >= NEAR_ZOOM;
        const numbers = new Map();
        for (const stops of this.model.routes.values()) {
            stops.forEach((stop, index) => numbers.set(stop.id, index + 1));
        }
        this.stops.clearLayers();
        const shown = this.model.shownStops.filter((stop) => this.model.hasPlace(stop));
        // What is chosen lies on top.
        shown.sort((a, b) => this.model.chosen.has(a.id) - this.model.chosen.has(b.id));
        for (const stop of shown) {
            const proposed = this.model.preview?.places.get(stop.id);
            const number = proposed?.number || numbers.get(stop.id);
            this.stops.addLayer(this.marker(stop, number, near));
        }
    }

    marker(stop, number, near) {
        const {color, shape} = this.model.look(stop);
        const marker = new this.StopMarker([stop.latitude, stop.longitude], {
            radius: near ? 11 : 7,
            color,
            shape,
            label: near && number ? String(number) : "",
            chosen: this.model.chosen.has(stop.id),
            late: this.model.isLate(stop),
            faded: FINISHED.includes(stop.state),
            approximate: this.model.isApproximate(stop),
            failed: stop.state === "failed",
        });
        marker.on("click", (event) =>
            this.props.onStopClick(event.originalEvent, stop.id),
        );
        marker.bindTooltip(() => this.tooltip(stop, number), {direction: "top"});
        return marker;
    }

    tooltip(stop, number) {
        const window = this.model.window(stop);
        const lines = [
            `<b>${number ? `${number}. ` : ""}${escape(stop.label)}</b>`,
            escape(stop.contact_name || ""),
            escape(stop.address || ""),
            window ? escape(_t("promised %s", window)) : "",
        ];
        return lines.filter(Boolean).join("<br/>");
    }

    drawPeople(L) {
        this.people.clearLayers();
        for (const position of this.model.positions) {
            const courier = this.model.courierById.get(position.courier_id);
            if (!courier) {
                continue;
            }
            const letters = escape(courier.name.slice(0, 2).toUpperCase());
            L.marker([position.latitude, position.longitude], {
                icon: L.divIcon({
                    className: "o_loyalty_map_courier",
                    html: `<span style="background:${courier.color}">${letters}</span>`,
                    iconSize: [32, 32],
                }),
                title: courier.name,
                alt: courier.name,
                zIndexOffset: 500,
            }).addTo(this.people);
        }
    }
}
