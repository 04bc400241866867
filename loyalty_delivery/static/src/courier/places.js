/* Where to go and where we are: other apps that navigate, and positions told while the
   page is open. */

import {post} from "./api";

const EVERY_MS = 30000;
const MOVED_M = 30;
const FRESH_MS = 120000;

export const APPS = {
    geo: null,
    google: "Google Maps",
    waze: "Waze",
    yandex: "Yandex",
    osmand: "OsmAnd",
    apple: "Apple Maps",
};

/** The address that opens the way to a stop in another app. */
export function wayTo(app, stop) {
    const text = encodeURIComponent(stop.address.replace(/\s+/g, " "));
    if (!stop.place) {
        return (
            {
                google: `https://www.google.com/maps/dir/?api=1&destination=${text}`,
                waze: `https://waze.com/ul?q=${text}&navigate=yes`,
                yandex: `https://yandex.com/maps/?text=${text}`,
                apple: `https://maps.apple.com/?daddr=${text}`,
            }[app] || `geo:0,0?q=${text}`
        );
    }
    const [lat, lon] = stop.place;
    const label = encodeURIComponent(stop.contact || stop.name);
    return {
        geo: `geo:${lat},${lon}?q=${lat},${lon}(${label})`,
        google: `https://www.google.com/maps/dir/?api=1&destination=${lat},${lon}`,
        waze: `https://waze.com/ul?ll=${lat},${lon}&navigate=yes`,
        yandex: `https://yandex.com/maps/?rtext=~${lat},${lon}&rtt=auto`,
        osmand: `https://osmand.net/map/navigate/?end=${lat},${lon}&profile=car`,
        apple: `https://maps.apple.com/?daddr=${lat},${lon}`,
    }[app];
}

function metres(a, b) {
    const rad = Math.PI / 180;
    const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
    const y = (b.lat - a.lat) * rad;
    return Math.hypot(x, y) * 6371000;
}

export class Whereabouts {
    constructor() {
        this.here = null;
        this.told = null;
        this.watch = null;
        this.trip = null;
    }

    /** Watch while the trip is on the road and the page can be seen. */
    follow(trip) {
        this.trip = trip;
        if (trip && this.watch === null && navigator.geolocation) {
            this.watch = navigator.geolocation.watchPosition(
                (position) => this.moved(position),
                () => this.stop(),
                {enableHighAccuracy: true, maximumAge: 15000},
            );
        } else if (!trip) {
            this.stop();
        }
    }

    stop() {
        if (this.watch !== null) {
            navigator.geolocation.clearWatch(this.watch);
            this.watch = null;
        }
    }

    moved({coords}) {
        const now = Date.now();
        this.here = {
            lat: coords.latitude,
            lon: coords.longitude,
            acc: coords.accuracy,
            at: now,
        };
        const told = this.told;
        const isNews =
            !told || (now - told.at >= EVERY_MS && metres(told, this.here) >= MOVED_M);
        if (isNews && this.trip && document.visibilityState === "visible") {
            this.told = this.here;
            const {lat, lon, acc} = this.here;
            // A position that is lost is of no use later.
            post("position", {trip: this.trip, pos: {lat, lon, acc}}).catch(() => null);
        }
    }

    /** Of an event that happens now, if it is known. */
    now() {
        if (!this.here || Date.now() - this.here.at > FRESH_MS) {
            return null;
        }
        const {lat, lon, acc} = this.here;
        return {lat, lon, acc};
    }
}
