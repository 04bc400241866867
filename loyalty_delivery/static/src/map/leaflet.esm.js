import {onMounted, onWillStart, onWillUnmount, useRef, useState} from "@odoo/owl";
import {AssetsLoadingError, loadBundle} from "@web/core/assets";
import {_t} from "@web/core/l10n/translation";
import {escape} from "@web/core/utils/strings";

export const BUNDLE = "loyalty_delivery.assets_leaflet";
const OSM_COPYRIGHT = "https://www.openstreetmap.org/copyright";
const MOST_ZOOM = 19;

/**
 * Leaflet, loaded when the first map is shown.
 *
 * @returns {Promise<Object|null>} null where the library was not set up
 */
export async function loadLeaflet() {
    if (!window.L) {
        try {
            await loadBundle(BUNDLE);
        } catch (error) {
            if (!(error instanceof AssetsLoadingError)) {
                throw error;
            }
        }
    }
    return window.L || null;
}

export function attributionOf(tiles) {
    const text = escape(tiles.attribution);
    return tiles.url.includes("openstreetmap.org")
        ? `<a href="${OSM_COPYRIGHT}" target="_blank" rel="noopener">${text}</a>`
        : text;
}

/**
 * A Leaflet map in the element of a reference, from mounting to unmounting.
 *
 * The first picture that does not come takes all of them away: lines, numbers and
 * borders are what people work with.
 *
 * @param {string} refName
 * @param {Object} params
 * @param {() => Object} params.tiles `{url, attribution}` of the company
 * @param {(L: Object, map: Object) => void} params.onReady draws for the first time
 * @param {Object} [params.options] options of L.map
 * @returns {Object} state: `missing`, `tilesLost`, and `L`, `map` when ready
 */
export function useLeaflet(refName, {tiles, onReady, options = {}}) {
    const ref = useRef(refName);
    const state = useState({missing: false, tilesLost: false});
    const handle = {state, L: null, map: null};
    let observer = null;
    onWillStart(async () => {
        handle.L = await loadLeaflet();
        state.missing = !handle.L;
    });
    onMounted(() => {
        if (!handle.L || !ref.el) {
            return;
        }
        handle.map = makeMap(handle.L, ref.el, tiles(), options, () => {
            state.tilesLost = true;
        });
        observer = new ResizeObserver(() => handle.map?.invalidateSize());
        observer.observe(ref.el);
        onReady(handle.L, handle.map);
    });
    onWillUnmount(() => {
        observer?.disconnect();
        handle.map?.remove();
        handle.map = null;
    });
    return handle;
}

/** A map with a scale, and with pictures where there are any. */
export function makeMap(L, element, tiles, options, onTilesLost) {
    const map = L.map(element, {
        maxZoom: MOST_ZOOM,
        zoomSnap: 0.5,
        // What shows the page in its final state waits for no animation.
        zoomAnimation: false,
        fadeAnimation: false,
        ...options,
    });
    map.attributionControl.setPrefix("");
    L.control.scale({imperial: false}).addTo(map);
    if (tiles?.url) {
        const layer = L.tileLayer(tiles.url, {
            attribution: attributionOf(tiles),
            maxZoom: MOST_ZOOM,
            referrerPolicy: "strict-origin-when-cross-origin",
        });
        layer.once("tileerror", () => {
            layer.remove();
            onTilesLost();
        });
        layer.addTo(map);
    }
    return map;
}

/** Show all the places; a lone one from near, none: the whole world. */
export function fitPlaces(L, map, places) {
    if (!places.length) {
        map.setView([20, 0], 2);
    } else if (places.length === 1) {
        map.setView(places[0], 15);
    } else {
        map.fitBounds(L.latLngBounds(places), {padding: [24, 24], maxZoom: 16});
    }
}

/** Marker of a depot: a house that is read without colours. */
export function depotMarker(L, depot) {
    return L.marker([depot.lat, depot.lng], {
        icon: L.divIcon({
            className: "o_loyalty_map_depot",
            html: '<i class="fa fa-home" aria-hidden="true"></i>',
            iconSize: [28, 28],
        }),
        title: _t("Depot: %s", depot.name),
        alt: _t("Depot: %s", depot.name),
        keyboard: false,
        zIndexOffset: -100,
    });
}

/** The border of a zone, with its name on it. */
export function zonePolygon(L, zone, color) {
    return L.polygon(zone.polygon, {
        color,
        weight: 2,
        fillOpacity: 0.06,
        dashArray: "2 5",
        interactive: false,
    }).bindTooltip(escape(zone.code || zone.name), {
        permanent: true,
        direction: "center",
        className: "o_loyalty_map_label",
    });
}
