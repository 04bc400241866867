# shellcheck shell=bash
# Where things are, and how a step is run and told. Sourced, never run.

SUITE_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
SETUP_DIR="$SUITE_DIR/setup"

# PostgreSQL refuses to run as root, and the user it runs as cannot look into
# /root: hence another default for root.
default_cache() {
    if [[ $(id -u) == 0 ]]; then
        echo "/var/cache/loyalty-suite"
    else
        echo "${XDG_CACHE_HOME:-$HOME/.cache}/loyalty-suite"
    fi
}

CACHE="${LOYALTY_CACHE:-$(default_cache)}"
DATA_DIR="$CACHE/data"

# Eight hexadecimal digits that tell this clone from the others of the machine.
CLONE_ID="$(printf '%s' "$SUITE_DIR" | sha256sum | cut -c1-8)"
RUN_DIR="$CACHE/run/$CLONE_ID"

# What is installed from the registries of Python and Node stays in the cache too.
export PIP_CACHE_DIR="$CACHE/pip" npm_config_cache="$CACHE/npm"
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

# The sentence says what to do next.
die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

prepare_cache() {
    mkdir -p "$CACHE"/{log,lock,state,data/filestore} "$RUN_DIR" 2>/dev/null ||
        die "The cache folder $CACHE cannot be written: set LOYALTY_CACHE to a folder that can."
    # Files and sessions of the databases are nobody else's.
    chmod 700 "$DATA_DIR"
    command -v flock >/dev/null ||
        die "The program flock is missing: install util-linux."
}

# strictly COMMAND…: in a shell of its own, since bash forgets `set -e` in a
# function whose result is asked for.
strictly() {
    LOYALTY_CACHE="$CACHE" "$BASH" -c 'source "$0/lib/all.sh"; "$@"' "$SETUP_DIR" "$@"
}

# step TITLE COMMAND…: one line with the seconds it took; the command's output is
# shown only if it fails.
step() {
    local title=$1 log began=$SECONDS
    shift
    log="$(mktemp "$CACHE/log/step-XXXXXX.log")"
    printf '  %-50s' "$title" >&2
    if strictly "$@" >"$log" 2>&1 </dev/null; then
        printf '%5d s\n' $((SECONDS - began)) >&2
        rm -f "$log"
        return 0
    fi
    printf ' failed\n\n' >&2
    tail -n 25 "$log" | sed 's/^/    /' >&2
    rm -f "$log"
    return 1
}

# with_lock NAME COMMAND…: clones share the cache, and one at a time fills a part
# of it. A server that is started must not inherit the lock: -o.
with_lock() {
    local name=$1
    shift
    LOYALTY_CACHE="$CACHE" flock -o "$CACHE/lock/$name" \
        "$BASH" -c 'source "$0/lib/all.sh"; "$@"' "$SETUP_DIR" "$@"
}

hash_of() { sha256sum | cut -c1-12; }

port_is_free() {
    "$PYTHON" - "$1" <<'PY'
import socket
import sys

with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PY
}
