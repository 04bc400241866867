/**
 * A stop on the canvas of a Leaflet map: a shape and a colour for its courier, its
 * number, and rings for what a dispatcher looks for. A thousand of them are drawn in
 * the time of one layer of elements.
 */

function polygon(context, {x, y}, radius, corners, turn) {
    context.beginPath();
    for (let corner = 0; corner < corners; corner++) {
        const angle = turn + (corner * 2 * Math.PI) / corners;
        context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    context.closePath();
}

const SHAPES = {
    circle(context, {x, y}, radius) {
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
    },
    square: (context, at, radius) =>
        polygon(context, at, radius * 1.25, 4, Math.PI / 4),
    diamond: (context, at, radius) => polygon(context, at, radius * 1.3, 4, 0),
    triangle: (context, at, radius) =>
        polygon(context, at, radius * 1.4, 3, -Math.PI / 2),
    hexagon: (context, at, radius) => polygon(context, at, radius * 1.1, 6, 0),
};

export function drawStop(context, at, radius, options) {
    const shape = SHAPES[options.shape] || SHAPES.circle;
    context.save();
    context.globalAlpha = options.faded ? 0.55 : 1;
    if (options.chosen || options.late) {
        shape(context, at, radius + 4);
        context.fillStyle = options.chosen ? "#f0b400" : "#d40000";
        context.fill();
    }
    shape(context, at, radius);
    context.fillStyle = options.color;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = "#fff";
    // A broken rim: only about here.
    context.setLineDash(options.approximate ? [3, 3] : []);
    context.stroke();
    const label = options.failed ? "×" : options.label;
    if (label) {
        context.fillStyle = "#fff";
        context.font = `bold ${label.length > 2 ? 9 : 11}px sans-serif`;
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.fillText(label, at.x, at.y + 1);
    }
    context.restore();
}

/** The class of Leaflet for it, made when Leaflet is there. */
export function defineStopMarker(L) {
    return L.CircleMarker.extend({
        _updatePath() {
            const renderer = this._renderer;
            // The canvas draws while it is told to, as Leaflet's own shapes do.
            if (renderer._drawing && !this._empty()) {
                drawStop(renderer._ctx, this._point, this._radius, this.options);
            }
        },
    });
}
