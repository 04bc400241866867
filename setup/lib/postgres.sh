# shellcheck shell=bash
# A PostgreSQL of our own in the cache, or the server that PGHOST names.

# Exports PGHOST, PGPORT, PGUSER: libpq, psql and Odoo all read them.
ensure_postgres() {
    if [[ -n "${PGHOST:-}" ]]; then
        use_given_postgres
        return
    fi
    use_private_postgres
    if server_answers; then return; fi
    if [[ ! -f "$PG_DATA/.complete" ]]; then
        with_lock postgres step "PostgreSQL cluster of our own" create_cluster ||
            die "The PostgreSQL cluster could not be made in $PG_DATA: free some space, or set PGHOST to a server of yours."
    fi
    with_lock postgres step "PostgreSQL started" start_cluster ||
        die "PostgreSQL did not start: read $PG_LOG."
}

use_given_postgres() {
    export PGHOST PGPORT="${PGPORT:-5432}" PGUSER="${PGUSER:-$(id -un)}"
    [[ $PGUSER != postgres ]] ||
        die "Odoo refuses to work as the PostgreSQL user postgres: set PGUSER to a role that may create databases."
    server_answers ||
        die "PostgreSQL at $PGHOST:$PGPORT does not let $PGUSER in: check PGHOST, PGPORT, PGUSER and PGPASSWORD."
}

use_private_postgres() {
    PG_DATA="$CACHE/postgres/data"
    PG_LOG="$CACHE/postgres/server.log"
    # A socket's path is limited to 107 bytes.
    PGHOST="$CACHE/postgres/run"
    if ((${#PGHOST} > 85)); then PGHOST="/tmp/loyalty-suite-$(id -u)"; fi
    PGPORT=5432
    PGUSER=loyalty
    export PGHOST PGPORT PGUSER PG_DATA PG_LOG
    unset PGPASSWORD PGDATABASE PGSERVICE
}

server_answers() {
    psql -XAtq -d "${PGDATABASE:-postgres}" -c "SELECT 1" >/dev/null 2>&1
}

# PostgreSQL does not run as root: then the user of Debian's package lends a hand.
as_pg_owner() {
    if [[ $(id -u) == 0 ]]; then
        (cd / && setpriv --reuid="$(pg_owner)" --regid="$(id -g "$(pg_owner)")" \
            --clear-groups env HOME=/ "$@")
    else
        "$@"
    fi
}

pg_owner() {
    if [[ $(id -u) != 0 ]]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

# The folder of initdb and pg_ctl; Debian keeps them off the PATH.
pg_bin() {
    local folder newest=""
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        if [[ -x $folder/initdb ]]; then newest=$folder; fi
    done
    if [[ -z $newest ]] && command -v initdb >/dev/null; then
        newest="$(dirname "$(readlink -f "$(command -v initdb)")")"
    fi
    [[ -n $newest ]] && echo "$newest"
}

create_cluster() {
    local bin
    if [[ -f "$PG_DATA/.complete" ]]; then return; fi
    bin="$(pg_bin)"
    # What an interrupted attempt left.
    as_pg_owner "$bin/pg_ctl" --pgdata="$PG_DATA" -m immediate stop || true
    rm -rf "$PG_DATA"
    mkdir -p "$CACHE/postgres" "$PG_DATA" "$PGHOST"
    chown "$(pg_owner)" "$CACHE/postgres" "$PG_DATA" "$PGHOST"
    # Whoever reaches the socket is trusted, so only its owner reaches it.
    chmod 700 "$PG_DATA" "$PGHOST"
    as_pg_owner "$bin/initdb" --pgdata="$PG_DATA" --username=postgres \
        --auth-local=trust --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions
    cat >>"$PG_DATA/postgresql.conf" <<CONF

# Only the socket: nothing of this cluster is seen from the network.
listen_addresses = ''
unix_socket_directories = '$PGHOST'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
jit = off
# This cluster holds demonstrations and tests, which are built anew in minutes:
# a power cut may cost them, and they are three times as fast. Never do so to
# data that matters.
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    # The role below is made while nobody else can connect.
    as_pg_owner "$bin/pg_ctl" --pgdata="$PG_DATA" --log="$PG_LOG" -w start
    psql -X -U postgres -d postgres -v ON_ERROR_STOP=1 \
        -c "CREATE ROLE $PGUSER LOGIN CREATEDB"
    as_pg_owner touch "$PG_DATA/.complete"
}

start_cluster() {
    local bin
    if server_answers; then return; fi
    bin="$(pg_bin)"
    mkdir -p "$PGHOST"
    chown "$(pg_owner)" "$PGHOST"
    chmod 700 "$PGHOST"
    as_pg_owner "$bin/pg_ctl" --pgdata="$PG_DATA" --log="$PG_LOG" -w -t 60 start
    server_answers
}

stop_cluster() {
    as_pg_owner "$(pg_bin)/pg_ctl" --pgdata="$PG_DATA" -m fast -w stop
}

database_exists() {
    [[ $(psql -XAtq -d "${PGDATABASE:-postgres}" -v name="$1" \
        <<<"SELECT 1 FROM pg_database WHERE datname = :'name'") == 1 ]]
}

# Whoever is connected is disconnected: a crashed test may have left a session.
drop_database() {
    local name=$1
    dropdb --if-exists --force --maintenance-db="${PGDATABASE:-postgres}" "$name"
    rm -rf "${DATA_DIR:?}/filestore/$name"
}

# A file of the store is never changed, only added or removed, so links do.
clone_database() {
    local source=$1 target=$2
    drop_database "$target"
    createdb --maintenance-db="${PGDATABASE:-postgres}" -T "$source" "$target"
    if [[ -d "$DATA_DIR/filestore/$source" ]]; then
        cp -al "$DATA_DIR/filestore/$source" "$DATA_DIR/filestore/$target"
    fi
}
