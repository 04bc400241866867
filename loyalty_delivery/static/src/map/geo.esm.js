/**
 * Places and borders in plain numbers: a place is [latitude, longitude], a polygon is a
 * list of places that closes by itself.
 */

const EARTH_KM = 6371;

/** Problem of a text that somebody pasted; `reason` is a key of the texts to show. */
export class NoPolygon extends Error {
    constructor(reason) {
        super(reason);
        this.reason = reason;
    }
}

/** GeoJSON of a polygon; its rings go longitude first and repeat the first place. */
export function toGeoJson(points) {
    const ring = points.map(([lat, lng]) => [lng, lat]);
    return {type: "Polygon", coordinates: [[...ring, ring[0]]]};
}

/**
 * Border in a GeoJSON text: a Polygon, a MultiPolygon of one, or the first of these in
 * a Feature or FeatureCollection. Holes are left out.
 *
 * @throws {NoPolygon} with the reason `json`, `none`, `many` or `range`
 */
export function fromGeoJson(text) {
    let object = null;
    try {
        object = JSON.parse(text);
    } catch {
        throw new NoPolygon("json");
    }
    const rings = outerRings(object);
    if (!rings.length) {
        throw new NoPolygon("none");
    }
    if (rings.length > 1) {
        throw new NoPolygon("many");
    }
    const points = rings[0].map((place) => [place[1], place[0]]);
    const [first, last] = [points[0], points.at(-1)];
    if (points.length > 1 && first[0] === last[0] && first[1] === last[1]) {
        points.pop();
    }
    if (points.length < 3) {
        throw new NoPolygon("none");
    }
    if (!points.every(isPlace)) {
        throw new NoPolygon("range");
    }
    return points;
}

function outerRings(object) {
    switch (object?.type) {
        case "Polygon":
            return object.coordinates?.[0] ? [object.coordinates[0]] : [];
        case "MultiPolygon":
            return (object.coordinates || []).map((polygon) => polygon[0]);
        case "Feature":
            return outerRings(object.geometry);
        case "FeatureCollection":
            return (object.features || []).flatMap(outerRings);
        case "GeometryCollection":
            return (object.geometries || []).flatMap(outerRings);
    }
    return [];
}

export function isPlace(place) {
    return (
        Number.isFinite(place[0]) &&
        Number.isFinite(place[1]) &&
        Math.abs(place[0]) <= 90 &&
        Math.abs(place[1]) <= 180
    );
}

/** A stop that nobody has found yet lies at 0, 0. */
export function isKnown(lat, lng) {
    return Boolean(lat || lng);
}

function side(a, b, c) {
    return (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1]);
}

function cross(a, b, c, d) {
    return (
        side(a, b, c) > 0 !== side(a, b, d) > 0 &&
        side(c, d, a) > 0 !== side(c, d, b) > 0
    );
}

/** Whether a border crosses itself: what is inside would be a matter of taste. */
export function crossesItself(points) {
    const count = points.length;
    for (let i = 0; i < count; i++) {
        for (let j = i + 2; j < count; j++) {
            if (i === 0 && j === count - 1) {
                continue;
            }
            if (cross(points[i], points[i + 1], points[j], points[(j + 1) % count])) {
                return true;
            }
        }
    }
    return false;
}

/** Square kilometres within a border, on a sphere. */
export function areaKm2(points) {
    const radians = Math.PI / 180;
    let sum = 0;
    for (let i = 0; i < points.length; i++) {
        const [a, b] = [points[i], points[(i + 1) % points.length]];
        const height = 2 + Math.sin(a[0] * radians) + Math.sin(b[0] * radians);
        sum += (b[1] - a[1]) * radians * height;
    }
    return Math.abs((sum * EARTH_KM ** 2) / 2);
}
