# shellcheck shell=bash
# What every script of this folder shares: where things are, what is said.
# Sourced, never run.

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

# Eight hexadecimal digits that tell this clone from the others of the machine.
CLONE_ID="$(printf '%s' "$SUITE_DIR" | sha256sum | cut -c1-8)"

# Odoo and pip write where HOME says; nothing may land outside of the cache.
DATA_DIR="$CACHE/data"

say() { printf '%s\n' "$*" >&2; }

# The sentence says what to do next; nothing else follows it.
die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# step TITLE COMMAND…: one line with the seconds it took, the output of the
# command in a log that is shown if it fails.
step() {
    local title=$1 log began=$SECONDS
    shift
    log="$CACHE/log/$CLONE_ID-step-$$.log"
    printf '  %-52s' "$title" >&2
    if ("$@") >"$log" 2>&1 </dev/null; then
        printf '%4d s\n' $((SECONDS - began)) >&2
        rm -f "$log"
        return 0
    fi
    printf ' failed\n\n' >&2
    tail -n 25 "$log" >&2
    rm -f "$log"
    return 1
}

# with_lock NAME COMMAND…: two clones of one machine share the cache, and only
# one of them fills a given part of it at a time.
with_lock() {
    local name=$1
    shift
    (
        flock 9
        # A server started below would inherit the lock and keep it.
        "$@" 9>&-
    ) 9>"$CACHE/lock/$name"
}

prepare_cache() {
    mkdir -p "$CACHE"/{log,lock,run,data/filestore,state} 2>/dev/null ||
        die "The cache folder $CACHE cannot be written: set LOYALTY_CACHE to a folder that can."
    CACHE="$(cd "$CACHE" && pwd -P)"
    DATA_DIR="$CACHE/data"
}

hash_of() { sha256sum | cut -c1-12; }
