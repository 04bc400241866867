# shellcheck shell=bash
# Gets Odoo 19: the caller's own (ODOO_HOME), Debian's package unpacked into the
# cache, or else a shallow clone of Odoo's own repository.

ODOO_BRANCH="19.0"
ODOO_REPOSITORY="https://github.com/odoo/odoo.git"
ODOO_DEBIAN_PACKAGE="odoo-19"
# The package links to files of these, so they are unpacked into the same tree.
# Font Awesome of sid is a later major version, without the files Odoo names.
ODOO_DEBIAN_COMPANIONS=(
    libjs-jquery libjs-jquery-form libjs-underscore fonts-inconsolata
    fonts-montserrat fonts-ocr-b fonts-roboto-unhinted fonts-font-awesome/stable
)

# Sets ODOO_PATH (the folder to put on PYTHONPATH) and ODOO_ADDONS (Odoo's addons).
ensure_odoo() {
    if [[ -n "${ODOO_HOME:-}" ]]; then
        use_odoo_home "$ODOO_HOME"
        return
    fi
    local tree="$CACHE/odoo/$ODOO_BRANCH"
    if [[ ! -f "$tree/.complete" ]]; then
        with_lock odoo fetch_odoo "$tree" ||
            die "Odoo $ODOO_BRANCH could not be fetched: check the network, or set ODOO_HOME to a checkout of Odoo $ODOO_BRANCH."
    fi
    use_odoo_home "$tree"
}

use_odoo_home() {
    local home=$1 path
    for path in "$home" "$home/usr/lib/python3/dist-packages"; do
        [[ -f "$path/odoo/release.py" ]] || continue
        grep -q 'version_info = (19, 0' "$path/odoo/release.py" ||
            die "$path holds another release of Odoo: set ODOO_HOME to a checkout of Odoo $ODOO_BRANCH."
        # A checkout keeps most addons beside the package, Debian inside it (and
        # only remains of them beside).
        ODOO_PATH=$path
        ODOO_ADDONS="$path/odoo/addons"
        if [[ ! -f "$path/odoo/addons/web/__manifest__.py" ]]; then
            ODOO_ADDONS="$path/addons,$ODOO_ADDONS"
        fi
        export ODOO_PATH ODOO_ADDONS
        return
    done
    die "No Odoo in $home: set ODOO_HOME to a folder that holds odoo/release.py of Odoo $ODOO_BRANCH."
}

fetch_odoo() {
    local tree=$1 partial="$1.partial" mirror
    if [[ -f "$tree/.complete" ]]; then return; fi
    rm -rf "$partial" "$tree"
    mkdir -p "$partial"
    if has apt-get && has dpkg-deb && mirror="$(debian_mirror)" &&
        step "Odoo $ODOO_BRANCH, Debian's package" unpack_odoo "$mirror" "$partial"; then
        say "  (unpacked into the cache, not installed)"
    else
        rm -rf "$partial"
        step "Odoo $ODOO_BRANCH, its own repository" clone_odoo "$partial"
    fi
    touch "$partial/.complete"
    mv "$partial" "$tree"
}

clone_odoo() {
    GIT_TERMINAL_PROMPT=0 git clone --quiet --depth 1 --branch "$ODOO_BRANCH" \
        "$ODOO_REPOSITORY" "$1"
}

# The mirror that this machine's own apt uses for Debian's main archive.
debian_mirror() {
    local mirror
    # shellcheck disable=SC2016
    mirror="$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(SUITE)' 2>/dev/null |
        awk '$1 == "Debian" && $2 !~ /security/ && $3 !~ /updates|backports|security/ {print $2; exit}')"
    if [[ -z $mirror ]]; then mirror="$(debian_mirror_of_sources)"; fi
    [[ -n $mirror ]] && echo "$mirror"
}

# Before the first `apt-get update` apt knows no origin: read its sources.
debian_mirror_of_sources() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
        grep -Ev '^[[:space:]]*#' | grep -Eo '(https?|file):/[^[:space:]]*/debian/?([[:space:]]|$)' |
        tr -d ' \t' | head -n 1
}

debian_keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        if [[ -f $file ]]; then echo "$file" && return; fi
    done
    echo "Debian's keyring is missing: install debian-archive-keyring." >&2
    return 1
}

# Nothing of the system's apt is read or written: sources, lists, cache and
# status are folders of our own.
unpack_odoo() {
    local mirror=$1 tree=$2 apt="$CACHE/apt" keyring package
    keyring="$(debian_keyring)"
    rm -rf "$apt"
    mkdir -p "$apt"/{parts,lists/partial,cache/archives/partial,packages}
    cat >"$apt/parts/debian.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: sid stable
Components: main
Signed-By: $keyring
SOURCES
    private_apt update
    (cd "$apt/packages" &&
        private_apt download "$ODOO_DEBIAN_PACKAGE" "${ODOO_DEBIAN_COMPANIONS[@]}")
    for package in "$apt"/packages/*.deb; do dpkg-deb -x "$package" "$tree"; done
    rm -rf "$apt"
    [[ -f "$tree/usr/lib/python3/dist-packages/odoo/release.py" ]]
}

# A company's mirror may be frozen at a date: what it serves is signed all the same.
private_apt() {
    local apt="$CACHE/apt"
    apt-get -qq \
        -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$apt/parts" \
        -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" \
        -o "Dir::State::status=/dev/null" -o "Debug::NoLocking=1" \
        -o "Acquire::Check-Valid-Until=false" -o "Acquire::Languages=none" \
        -o "APT::Sandbox::User=" -o "APT::Default-Release=sid" "$@"
}
