import {describe, expect, test} from "@odoo/hoot";

import {
    areaKm2,
    crossesItself,
    fromGeoJson,
    NoPolygon,
    toGeoJson,
} from "@loyalty_delivery/map/geo.esm";
import {PolygonDrawing} from "@loyalty_delivery/polygon_field/polygon_editor.esm";

describe.current.tags("desktop");

const SQUARE = [
    [40, 44],
    [40, 45],
    [41, 45],
    [41, 44],
];

function reasonOf(text) {
    try {
        fromGeoJson(text);
    } catch (error) {
        expect(error instanceof NoPolygon).toBe(true);
        return error.reason;
    }
    return null;
}

test("a border goes to GeoJSON and comes back as it was", () => {
    expect(fromGeoJson(JSON.stringify(toGeoJson(SQUARE)))).toEqual(SQUARE);
    expect(toGeoJson(SQUARE).coordinates[0][0]).toEqual([44, 40]);
    expect(toGeoJson(SQUARE).coordinates[0]).toHaveLength(5);
});

test("the polygon is found inside of what map programs write", () => {
    const geometry = toGeoJson(SQUARE);
    const feature = {type: "Feature", geometry};
    const collection = {type: "FeatureCollection", features: [feature]};
    const several = {type: "MultiPolygon", coordinates: [geometry.coordinates]};
    for (const object of [feature, collection, several]) {
        expect(fromGeoJson(JSON.stringify(object))).toEqual(SQUARE);
    }
});

test("what is no single polygon on Earth is refused with the reason", () => {
    const {coordinates} = toGeoJson(SQUARE);
    expect(reasonOf("POLYGON ((44 40))")).toBe("json");
    expect(reasonOf('{"type": "Point", "coordinates": [44, 40]}')).toBe("none");
    expect(reasonOf("null")).toBe("none");
    expect(
        reasonOf(
            JSON.stringify({
                type: "MultiPolygon",
                coordinates: [coordinates, coordinates],
            }),
        ),
    ).toBe("many");
    expect(
        reasonOf('{"type": "Polygon", "coordinates": [[[0, 95], [1, 95], [1, 96]]]}'),
    ).toBe("range");
});

test("a bow tie crosses itself, a square does not", () => {
    expect(crossesItself(SQUARE)).toBe(false);
    expect(crossesItself([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]])).toBe(true);
});

test("the size of a square of a degree at the latitude of Yerevan", () => {
    expect(areaKm2(SQUARE)).toBeWithin(9300, 9500);
});

test("a border is drawn corner after corner and closed at the third or later", () => {
    const drawing = new PolygonDrawing();
    drawing.add(SQUARE[0]);
    drawing.add(SQUARE[1]);
    drawing.close();
    expect(drawing.isOpen).toBe(true);
    expect(drawing.value).toBe(false);
    drawing.add(SQUARE[2]);
    drawing.close();
    expect(drawing.isOpen).toBe(false);
    drawing.add(SQUARE[3]);
    expect(drawing.value).toEqual(SQUARE.slice(0, 3));
});

test("a closed border is bent between two corners, and back", () => {
    const drawing = new PolygonDrawing(SQUARE);
    expect(drawing.middles[3]).toEqual([40.5, 44]);
    drawing.split(3, [40.5, 43]);
    expect(drawing.points).toHaveLength(5);
    expect(drawing.points[4]).toEqual([40.5, 43]);
    drawing.move(0, [39, 44]);
    expect(drawing.points[0]).toEqual([39, 44]);
    drawing.undo();
    drawing.undo();
    expect(drawing.points).toEqual(SQUARE);
    expect(drawing.canUndo).toBe(false);
});

test("a triangle without a corner is no border, and is drawn further", () => {
    const drawing = new PolygonDrawing(SQUARE.slice(0, 3));
    drawing.remove(1);
    expect(drawing.isOpen).toBe(true);
    expect(drawing.value).toBe(false);
    drawing.undo();
    expect(drawing.isOpen).toBe(false);
    expect(drawing.value).toEqual(SQUARE.slice(0, 3));
});
