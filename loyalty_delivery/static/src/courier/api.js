/* Talking with the server; every failure has a name that the page understands. */

const PATIENCE_MS = 15000;

export class NoNetwork extends Error {}

export class Refusal extends Error {
    constructor(status, data) {
        super(String(status));
        this.status = status;
        this.data = data;
    }
}

async function ask(path, options = {}, patience = PATIENCE_MS) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    let response = null;
    let data = {};
    try {
        response = await fetch(`/courier/api/${path}`, {
            credentials: "same-origin",
            cache: "no-store",
            signal: stop.signal,
            ...options,
            headers: {"X-Courier-Page": "1", ...options.headers},
        });
        data = await response.json();
    } catch (error) {
        throw new NoNetwork(error.message);
    } finally {
        clearTimeout(timer);
    }
    if (!response.ok) {
        throw new Refusal(response.status, data);
    }
    return data;
}

export const get = (path) => ask(path);
export const post = (path, data) =>
    ask(path, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify(data),
    });

/** Send a form with a file, which takes longer. */
export function upload(path, values) {
    const form = new FormData();
    Object.entries(values).forEach(([key, value]) => form.append(key, value));
    return ask(path, {method: "POST", body: form}, 90000);
}
