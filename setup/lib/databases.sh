# shellcheck shell=bash
# Odoo's configuration, the databases built once and kept, and their clones.

# The addons of this clone, one a line.
suite_addons() {
    local manifest
    for manifest in "$SUITE_DIR"/*/__manifest__.py; do
        [[ -f $manifest ]] && basename "$(dirname "$manifest")"
    done
}

# What our addons need of the ERP, one a line. Core's suites that must stay
# green (setup/test core) want sale_loyalty_delivery there even if nobody else does.
erp_modules() {
    "$PYTHON" "$SETUP_DIR/depends.py" "$SUITE_DIR" sale_loyalty_delivery
}

comma() { paste -sd, -; }

# A digest of the files of one addon.
addon_hash() {
    (cd "$SUITE_DIR/$1" && find . -type f -not -name '*.pyc' -not -path './tests/*' \
        -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | hash_of
}

# ADDON HASH, one a line.
addon_hashes() {
    local addon
    for addon in $(suite_addons); do echo "$addon $(addon_hash "$addon")"; done
}

odoo_conf() { echo "$CACHE/run/$CLONE_ID/odoo.conf"; }

write_odoo_conf() {
    mkdir -p "$CACHE/run/$CLONE_ID"
    cat >"$(odoo_conf)" <<CONF
[options]
addons_path = $ODOO_ADDONS,$SUITE_DIR
data_dir = $DATA_DIR
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 1
geoip_city_db =
geoip_country_db =
CONF
}

# run_odoo ARGUMENTS…: odoo-bin with the configuration of this clone.
run_odoo() {
    env -u PGDATABASE PYTHONPATH="$ODOO_PATH" "$PYTHON" -m odoo "$@"
}

# run_odoo, where an ERROR in the log is a failure as well: Odoo exits 0 when a
# view or a data file is broken in ways it survives.
run_odoo_strictly() {
    local log
    log="$(mktemp "$CACHE/log/odoo-XXXXXX.log")"
    if ! run_odoo "$@" --logfile="$log" || grep -qE ' (ERROR|CRITICAL) ' "$log"; then
        grep -E -A 15 ' (ERROR|CRITICAL) ' "$log" | head -n 60
        echo "the whole log: $log"
        return 1
    fi
    rm -f "$log"
}

# install_modules DATABASE MODULES [OPTION…]
install_modules() {
    local database=$1 modules=$2
    shift 2
    run_odoo_strictly server -c "$(odoo_conf)" -d "$database" -i "$modules" --no-http \
        --max-cron-threads=0 --stop-after-init "$@"
}

template_name() { # KIND TEXT-TO-HASH
    echo "loyalty_${1}_$(printf '%s' "$2" | hash_of)"
}

# The ERP without our addons.
base_template() {
    template_name base "$ODOO_RELEASE $(erp_modules)"
}

# build_template NAME COMMAND…: built under another name, so that a template
# with the right name is always whole.
build_template() {
    local name=$1
    shift
    if database_exists "$name"; then return; fi
    drop_database "${name}_new"
    "$@" "${name}_new"
    psql -XAtq -d postgres -c "ALTER DATABASE \"${name}_new\" RENAME TO \"$name\""
    rm -rf "${DATA_DIR:?}/filestore/$name"
    if [[ -d "$DATA_DIR/filestore/${name}_new" ]]; then
        mv "$DATA_DIR/filestore/${name}_new" "$DATA_DIR/filestore/$name"
    fi
}

build_base() { install_modules "$1" "$(erp_modules | comma)"; }
