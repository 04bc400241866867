/**
 * The points of a border while somebody draws it, with the way back. No screen in it.
 */
export class PolygonDrawing {
    constructor(points = []) {
        this.points = points;
        this.past = [];
        this.chosen = null;
        /** A new border is drawn point after point; one that is closed is bent. */
        this.isOpen = points.length < 3;
    }

    _change(points, chosen = null) {
        this.past.push({points: this.points, isOpen: this.isOpen});
        this.points = points;
        this.chosen = chosen;
    }

    add(place) {
        if (this.isOpen) {
            this._change([...this.points, place], this.points.length);
        }
    }

    /** A new point between the one at ``index`` and the next. */
    split(index, place) {
        this._change(this.points.toSpliced(index + 1, 0, place), index + 1);
    }

    move(index, place) {
        this._change(this.points.with(index, place), index);
    }

    /** Fewer than three points are no border: the drawing is open again. */
    remove(index) {
        this._change(this.points.toSpliced(index, 1));
        this.isOpen ||= this.points.length < 3;
    }

    close() {
        if (this.points.length >= 3) {
            this._change(this.points);
            this.isOpen = false;
        }
    }

    replace(points) {
        this._change(points);
        this.isOpen = points.length < 3;
    }

    clear() {
        this.replace([]);
    }

    get canUndo() {
        return this.past.length > 0;
    }

    undo() {
        const before = this.past.pop();
        if (before) {
            this.points = before.points;
            this.isOpen = before.isOpen;
            this.chosen = null;
        }
    }

    /** What may be stored: a border, or nothing. */
    get value() {
        return this.points.length >= 3 ? this.points : false;
    }

    get middles() {
        if (this.isOpen) {
            return [];
        }
        return this.points.map((point, index) => {
            const next = this.points[(index + 1) % this.points.length];
            return [(point[0] + next[0]) / 2, (point[1] + next[1]) / 2];
        });
    }
}
