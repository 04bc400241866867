# shellcheck shell=bash
# Programs that come from the system: named first, then installed where we may.

APT=(env DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=300)

has() { command -v "$1" >/dev/null 2>&1; }

# grep must not be quiet here: it would leave early, and the pipe would break.
has_library() { { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep "$1" >/dev/null; }

has_font_for() { has fc-list && [[ -n $(fc-list ":lang=$1" 2>/dev/null) ]]; }

# Debian's names of what cannot be done without, for `run` or for `test`.
required_packages() {
    if [[ -z ${PGHOST:-} ]] && ! pg_bin >/dev/null; then echo postgresql; fi
    if ! has psql || ! has createdb; then echo postgresql-client; fi
    if [[ -z $(python_candidates) ]]; then echo python3 python3-venv; fi
    if [[ $1 == test ]]; then
        if ! has chromium && ! has google-chrome; then echo chromium; fi
        if ! has node || ! has npm; then echo nodejs npm; fi
        if ! has bearerbox && [[ ! -x /usr/sbin/bearerbox ]]; then echo kannel; fi
    fi
}

# What the suite is poorer without: maps, printed reports, their letters, barcodes.
wanted_packages() {
    if [[ $1 == run ]] && ! leaflet_is_stored && ! has npm; then echo nodejs npm; fi
    if ! has wkhtmltopdf; then echo wkhtmltopdf; fi
    if ! has_font_for ru; then echo fonts-dejavu-core; fi
    if ! has fc-list; then echo fontconfig; fi
    if ! has_font_for hy || ! has_font_for ka || ! has_font_for fa; then
        echo fonts-noto-core
    fi
    if ! has_library libcairo.so.2; then echo libcairo2; fi
}

# ensure_packages run|test
ensure_packages() {
    local required wanted
    required="$(required_packages "$1" | xargs)"
    wanted="$(wanted_packages "$1" | xargs)"
    if [[ -z "$required$wanted" ]]; then return; fi
    if ! has apt-get; then
        [[ -z $required ]] ||
            die "Install what Debian calls: $required, then start again."
        say "  Not installed, and missed by reports and maps only: $wanted"
    elif [[ $(id -u) == 0 ]]; then
        install_packages "$required" "$wanted"
    elif has sudo && sudo -n true 2>/dev/null; then
        APT=(sudo "${APT[@]}")
        install_packages "$required" "$wanted"
    elif [[ -n $required ]]; then
        die "Missing programs. Run this, then start again: sudo apt-get update && sudo apt-get install --no-install-recommends $required $wanted"
    else
        say "  Not installed, and missed by reports and maps only: $wanted"
    fi
}

install_packages() {
    local required=$1 wanted=$2 name
    # An image of a bare machine has no lists of packages.
    for name in $required $wanted; do
        if ! has_candidate "$name"; then
            step "Debian's lists of packages" "${APT[@]}" update ||
                die "apt-get update failed: check the network and /etc/apt."
            break
        fi
    done
    # Later Debians have no wkhtmltopdf.
    for name in $wanted; do
        if has_candidate "$name"; then
            required+=" $name"
        else
            say "  Not in this Debian, and missed by reports and maps only: $name"
        fi
    done
    if [[ -z ${required// /} ]]; then return; fi
    say "  Debian packages to install: $required"
    # shellcheck disable=SC2086
    step "Debian packages" apt_install "${APT[*]}" $required ||
        die "apt-get could not install $required: run it by hand to see why, then start again."
}

has_candidate() {
    apt-cache policy "$1" 2>/dev/null | grep '^  Candidate: [0-9]' >/dev/null
}

# Debian's package makes and starts a server of the whole machine when it is
# installed. We run our own, so the default is switched off meanwhile.
apt_install() {
    local -a apt
    read -r -a apt <<<"$1"
    shift
    if [[ " $* " != *" postgresql "* ]]; then
        apt_get_install "${apt[@]}" -- "$@"
        return
    fi
    local conf=/etc/postgresql-common/createcluster.conf as_root=()
    if [[ ${apt[0]} == sudo ]]; then as_root=(sudo); fi
    apt_get_install "${apt[@]}" -- postgresql-common
    if [[ -f $conf ]]; then
        "${as_root[@]}" cp -a "$conf" "$conf.before"
        # shellcheck disable=SC2064
        trap "${as_root[*]} mv '$conf.before' '$conf'" EXIT
        echo "create_main_cluster = false" | "${as_root[@]}" tee -a "$conf" >/dev/null
    fi
    apt_get_install "${apt[@]}" -- "$@"
}

# apt_get_install APT… -- PACKAGE…: once more with new lists when the first
# attempt asks for a version that the mirror has replaced.
apt_get_install() {
    local -a apt=()
    while [[ $1 != -- ]]; do apt+=("$1") && shift; done
    shift
    "${apt[@]}" install --no-install-recommends "$@" ||
        { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; }
}
