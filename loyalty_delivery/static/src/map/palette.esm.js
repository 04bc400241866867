/**
 * Colours of couriers and zones, dark enough for white figures on them, with a shape
 * each so that who sees no colours still tells them apart.
 */
export const COLORS = [
    "#1f5fbf",
    "#b3261e",
    "#1b7a3d",
    "#7a3db8",
    "#9a5b00",
    "#00707a",
    "#b0156b",
    "#4a5560",
    "#5c7a00",
    "#3f3fbf",
    "#8c3a2b",
    "#006b4f",
];
export const SHAPES = ["circle", "square", "diamond", "triangle", "hexagon"];
export const UNPLANNED_COLOR = "#3d4650";

/** The look of the one that comes `index`-th: colours and shapes go round apart. */
export function look(index) {
    return {
        color: COLORS[index % COLORS.length],
        shape: SHAPES[index % SHAPES.length],
    };
}

/** Odoo's own number of a colour (0: none was chosen) before the place in the list. */
export function zoneColor(zone, index) {
    return COLORS[(zone.color || index) % COLORS.length];
}
