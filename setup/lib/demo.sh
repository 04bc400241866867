# shellcheck shell=bash
# The demonstration's database of this clone. Its comment tells from which code it
# was made, and is there only once it is whole.

build_demo() {
    clone_database "$(erp_template erpdemo)" "$1"
    run_odoo_strictly "$1" -i "$(suite_addons | comma)" --with-demo
    odoo_script "$1" "$SETUP_DIR/prepare.py"
    note_database "$1" "$(addon_digests)"
}

# update_demo DATABASE NOTE: the note tells what was installed and how it was.
update_demo() {
    local database=$1 note=$2 digest addon changed=() added=() options=()
    while read -r addon digest; do
        if grep -qxF "$addon $digest" <<<"$note"; then continue; fi
        if grep -q "^$addon " <<<"$note"; then changed+=("$addon"); else added+=("$addon"); fi
    done <<<"$(addon_digests)"
    if ((${#added[@]})); then options+=(-i "$(IFS=, && echo "${added[*]}")"); fi
    if ((${#changed[@]})); then options+=(-u "$(IFS=, && echo "${changed[*]}")"); fi
    if ((${#options[@]})); then run_odoo_strictly "$database" "${options[@]}" --with-demo; fi
    note_database "$database" "$(addon_digests)"
}
