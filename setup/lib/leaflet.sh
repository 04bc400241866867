# shellcheck shell=bash
# Leaflet, which draws the maps: from its npm package into the addon, once a clone.

LEAFLET_VERSION="1.9.4"
LEAFLET_SHA512="9f14b5ca7cc93a63a51e9fa22f71725aa2bcf46b4d2fc53caef94c3ac41d4d3b2cc59c025e1f0dd8d07718340e2fe611dd79d6c99031c108b15116fe140ef83c"
LEAFLET_STORE="$CACHE/leaflet/$LEAFLET_VERSION"
LEAFLET_TARGET="$SUITE_DIR/loyalty_delivery/static/lib/leaflet"
LEAFLET_FILES=(
    leaflet.js leaflet.css LICENSE images/layers.png images/layers-2x.png
    images/marker-icon.png images/marker-icon-2x.png images/marker-shadow.png
)

# What is in the cache was checked when it was put there.
leaflet_is_stored() { [[ -f $LEAFLET_STORE/.complete ]]; }

# ensure_leaflet run|test: without it the board has no map, which tests do not forgive.
ensure_leaflet() {
    if ! leaflet_is_stored && ! get_leaflet; then
        [[ $1 == run ]] ||
            die "Leaflet $LEAFLET_VERSION could not be fetched: the lines above say why."
        say "  Without Leaflet there are no maps: start again when npm can be reached."
        return
    fi
    place_leaflet
}

get_leaflet() {
    if ! has npm; then
        say "  npm is missing: install what Debian calls nodejs npm."
        return 1
    fi
    with_lock leaflet step "Leaflet $LEAFLET_VERSION" fetch_leaflet
}

# npm asks the registry that this machine is set up for; the sum tells whether what
# it gave is Leaflet.
fetch_leaflet() {
    local folder="$LEAFLET_STORE.partial" archive="leaflet-$LEAFLET_VERSION.tgz"
    if leaflet_is_stored; then return; fi
    rm -rf "$folder" "$LEAFLET_STORE"
    mkdir -p "$folder"
    cd "$folder"
    npm pack --silent --loglevel=error "leaflet@$LEAFLET_VERSION" ||
        { echo "npm could not fetch leaflet: check the network and npm's registry." && return 1; }
    check_leaflet "$folder/$archive"
    tar -xzf "$archive" --strip-components=1
    mv LICENSE dist/
    for file in "${LEAFLET_FILES[@]}"; do
        [[ -s dist/$file ]] || { echo "The package of Leaflet has no $file." && return 1; }
    done
    touch dist/.complete
    mv dist "$LEAFLET_STORE"
    rm -rf "$folder"
}

check_leaflet() { # ARCHIVE
    local sum
    sum="$(sha512sum "$1" | cut -d' ' -f1)"
    if [[ $sum == "$LEAFLET_SHA512" ]]; then return; fi
    echo "$(basename "$1") is not what it must be, so nothing of it is used."
    echo "  SHA-512 expected $LEAFLET_SHA512"
    echo "  SHA-512 found    $sum"
    echo "Ask who keeps the registry of npm why it serves another file."
    return 1
}

# The addon has a copy of its own, so that its folder can be packed as it is.
place_leaflet() {
    local file
    if ! [[ -d $SUITE_DIR/loyalty_delivery ]]; then return; fi
    for file in "${LEAFLET_FILES[@]}"; do
        cmp -s "$LEAFLET_STORE/$file" "$LEAFLET_TARGET/$file" ||
            install -D -m 644 "$LEAFLET_STORE/$file" "$LEAFLET_TARGET/$file"
    done
}
