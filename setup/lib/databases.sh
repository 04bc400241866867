# shellcheck shell=bash
# Odoo's configuration, the databases that are built once and kept, their clones.

# The addons of this clone, one a line.
suite_addons() {
    local manifest
    for manifest in "$SUITE_DIR"/*/__manifest__.py; do
        if [[ -f $manifest ]]; then basename "$(dirname "$manifest")"; fi
    done
}

# The addons beside the web shop, which most databases of tests do without.
web_addons() {
    local addon
    for addon in $(suite_addons); do
        if grep -q '"website_sale"' "$SUITE_DIR/$addon/__manifest__.py"; then echo "$addon"; fi
    done
}

# addons_for erp|erpdemo|erpweb|erpsms: what is installed on a template of the kind.
addons_for() {
    case $1 in
        erpweb | erpdemo) suite_addons ;;
        *) suite_addons | grep -vxF "$(web_addons)" ;;
    esac
}

# What our addons need of the ERP, one a line, and the module whose suite of
# tests must stay green beside them.
erp_modules() { # erp|erpdemo|…
    local without=(-website_sale)
    if [[ $1 == erpdemo ]]; then without=(); fi
    "$PYTHON" "$SETUP_DIR/depends.py" "$SUITE_DIR" sale_loyalty_delivery "${without[@]}"
}

comma() { paste -sd, -; }

# ADDON DIGEST, one a line; tests, documents and libraries change no database.
addon_digests() {
    local addon
    for addon in $(suite_addons); do
        echo "$addon $(cd "$SUITE_DIR/$addon" && find . -type f \
            -not -name '*.pyc' -not -path './tests/*' -not -path './static/tests/*' \
            -not -path './static/lib/*' \
            -not -path './readme/*' -not -name README.rst -print0 |
            LC_ALL=C sort -z | xargs -0 sha256sum | hash_of)"
    done
}

ODOO_CONF="$RUN_DIR/odoo.conf"

write_odoo_conf() {
    cat >"$ODOO_CONF" <<CONF
[options]
addons_path = $ODOO_ADDONS,$SUITE_DIR
data_dir = $DATA_DIR
db_host = $PGHOST
db_port = $PGPORT
db_user = $PGUSER
http_interface = 127.0.0.1
list_db = False
geoip_city_db =
geoip_country_db =
CONF
}

# run_odoo ARGUMENTS…: Odoo's command line.
run_odoo() { env -u PGDATABASE PYTHONPATH="$ODOO_PATH" "$PYTHON" -m odoo "$@"; }

# run_odoo_strictly DATABASE ARGUMENTS…: an ERROR in the log is a failure too, as
# Odoo exits 0 after errors that it survives.
run_odoo_strictly() {
    local database=$1 log="$CACHE/log/$1.log"
    shift
    rm -f "$log"
    if run_odoo server -c "$ODOO_CONF" -d "$database" --no-http --stop-after-init \
        --logfile="$log" "$@" && ! grep -qE ' (ERROR|CRITICAL) ' "$log"; then
        return 0
    fi
    grep -E -A 12 ' (ERROR|CRITICAL) ' "$log" | cut -c1-300 | head -n 40
    echo "The whole log: $log"
    return 1
}

# odoo_script DATABASE FILE [ARGUMENT…]: a script in Odoo's shell.
odoo_script() {
    local database=$1 file=$2
    shift 2
    SCRIPT_ARGUMENTS="$*" run_odoo shell -c "$ODOO_CONF" -d "$database" --no-http \
        --log-level=warn <"$file"
}

as_admin() { psql -XAtq -v ON_ERROR_STOP=1 -d "${PGDATABASE:-postgres}" "$@"; }

database_exists() {
    [[ $(as_admin -v name="$1" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'") == 1 ]]
}

# What a database says of itself: its comment, which a clone does not inherit.
database_note() {
    as_admin -v name="$1" <<<"SELECT shobj_description(oid, 'pg_database')
        FROM pg_database WHERE datname = :'name'"
}

note_database() {
    as_admin -v name="$1" -v note="$2" <<<"COMMENT ON DATABASE :\"name\" IS :'note'"
}

# Whoever is connected is disconnected: a killed test leaves sessions. A session that
# opens at this very moment makes it fail, so it is tried again.
drop_database() {
    local try
    for try in 1 2 3 4 5; do
        if as_admin -v name="$1" \
            <<<"DROP DATABASE IF EXISTS :\"name\" WITH (FORCE)" 2>/dev/null; then
            rm -rf "${DATA_DIR:?}/filestore/${1:?}"
            return
        fi
        sleep "$try"
    done
    as_admin -v name="$1" <<<"DROP DATABASE IF EXISTS :\"name\" WITH (FORCE)"
    rm -rf "${DATA_DIR:?}/filestore/${1:?}"
}

# A file of the store is added or removed, never changed, so links will do.
clone_database() {
    local source=$1 target=$2 store="$DATA_DIR/filestore"
    drop_database "$target"
    as_admin -v source="$source" -v target="$target" \
        <<<"CREATE DATABASE :\"target\" TEMPLATE :\"source\""
    if [[ -d $store/$source ]]; then cp -al "$store/$source" "$store/$target"; fi
}

rename_database() {
    local source=$1 target=$2 store="$DATA_DIR/filestore"
    as_admin -v source="$source" -v target="$target" \
        <<<"ALTER DATABASE :\"source\" RENAME TO :\"target\""
    rm -rf "${store:?}/$target"
    if [[ -d $store/$source ]]; then mv "$store/$source" "$store/$target"; fi
}

# --- Templates: named after what they depend on, and whole if they exist ---

# template_name KIND, what it depends on coming by standard input.
template_name() { echo "loyalty_${1}_$(hash_of)"; }

# ensure_template NAME TITLE COMMAND…: the command is called with the name of the
# database to make.
ensure_template() {
    local name=$1 title=$2
    shift 2
    touch "$CACHE/state/$name"
    if database_exists "$name"; then return; fi
    with_lock "$name" build_template "$name" "$title" "$@"
}

build_template() {
    local name=$1 title=$2
    shift 2
    if database_exists "$name"; then return; fi
    drop_database "${name}_new"
    step "$title" "$@" "${name}_new"
    rename_database "${name}_new" "$name"
}

# The ERP alone: `erp` as tests want it, `erpdemo` with its demonstration data,
# `erpweb` with web shop and tills, `erpsms` with all that sends SMS.
erp_template() {
    {
        sha256sum <"$ODOO_PATH/odoo/release.py" && erp_modules "$1" && cat "$SETUP_DIR/prepare.py"
        if [[ $1 == erpsms ]]; then echo "$SMS_MODULES"; fi
    } | template_name "$1"
}

# What of the ERP sends SMS.
SMS_MODULES="calendar_sms,mass_mailing_sms,pos_sms,sms_twilio,test_mail_sms"

ensure_erp() {
    ensure_template "$(erp_template erp)" "Database with the ERP" build_erp erp
}

ensure_erp_demo() {
    ensure_template "$(erp_template erpdemo)" "Database with the ERP and its demo data" \
        build_erp erpdemo --with-demo
}

ensure_erp_web() {
    ensure_erp
    ensure_template "$(erp_template erpweb)" "Database with web shop and tills" \
        build_on "$(erp_template erp)" "website_sale_loyalty,pos_loyalty"
}

ensure_erp_sms() {
    ensure_erp
    ensure_template "$(erp_template erpsms)" "Database with the ERP's SMS" \
        build_on "$(erp_template erp)" "$SMS_MODULES"
}

build_erp() {
    local kind=$1 database="${*: -1}" options=("${@:2:$#-2}")
    run_odoo_strictly "$database" -i "$(erp_modules "$kind" | comma)" "${options[@]}"
    odoo_script "$database" "$SETUP_DIR/prepare.py"
}

# build_on TEMPLATE MODULES DATABASE
build_on() {
    clone_database "$1" "$3"
    run_odoo_strictly "$3" -i "$2"
    odoo_script "$3" "$SETUP_DIR/prepare.py"
}

# suite_template KIND: this clone's addons on top of erp_template of that kind.
suite_template() {
    { erp_template "$1" && addon_digests; } | template_name "${1/erp/suite}_$CLONE_ID"
}

ensure_suite() {
    local kind=$1 name
    name="$(suite_template "$kind")"
    drop_templates_but "$name"
    ensure_template "$name" "This clone's addons on it" \
        build_on "$(erp_template "$kind")" "$(addons_for "$kind" | comma)"
}

# The same kind of this clone with other code, which nobody needs any more.
drop_templates_but() {
    local keep=$1 name
    for name in $(as_admin -v like="${keep%_*}\\_%" \
        <<<"SELECT datname FROM pg_database WHERE datname LIKE :'like'"); do
        if [[ $name != "$keep" ]]; then
            drop_database "$name"
            rm -f "$CACHE/state/$name"
        fi
    done
}

# Templates that no clone has asked for in a month.
drop_forgotten_templates() {
    local file
    find "$CACHE/state" -type f -name 'loyalty_*' -mtime +30 | while read -r file; do
        drop_database "$(basename "$file")" && rm -f "$file"
    done
}
