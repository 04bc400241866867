# shellcheck shell=bash
# The newest Python that takes the pinned packages, and virtual environments.

ODOO_PYTHONS=(3.13 3.12 3.11 3.10)

# The interpreters of this machine that can make a virtual environment, newest
# first, one a line. A pyenv shim may name a version that is not selected, and
# Debian splits ensurepip off: so each is tried.
python_candidates() {
    local version path
    for version in "${ODOO_PYTHONS[@]}"; do
        for path in "python$version" \
            "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python \
            "$HOME/.local/share/uv/python/cpython-$version".*/bin/python \
            python3; do
            if python_works "$path" "$version"; then
                command -v "$path"
                break
            fi
        done
    done
}

python_works() {
    "$1" -c "
import ensurepip, ssl, sys, venv
sys.exit('%d.%d' % sys.version_info[:2] != '$2')" >/dev/null 2>&1
}

# ensure_venv KIND REQUIREMENTS…: prints the python of an environment with these
# files installed; one whose name ends in nodeps goes in without dependencies.
ensure_venv() {
    local kind=$1 python venv candidates
    shift
    candidates="$(python_candidates)"
    for python in $candidates; do
        venv="$(venv_path "$kind" "$python" "$@")"
        if [[ -f $venv/.complete ]] && "$venv/bin/python" -c "" 2>/dev/null; then
            echo "$venv/bin/python"
            return
        fi
    done
    for python in $candidates; do
        venv="$(venv_path "$kind" "$python" "$@")"
        if with_lock "venv-$kind" step "Python packages ($kind, $("$python" -V))" \
            build_venv "$venv" "$python" "$@"; then
            echo "$venv/bin/python"
            return
        fi
    done
    return 1
}

venv_path() {
    local kind=$1 python=$2
    shift 2
    echo "$CACHE/venv/$kind-$({ "$python" -VV && cd "$SUITE_DIR" && cat "$@"; } | hash_of)"
}

build_venv() {
    local venv=$1 python=$2 file
    shift 2
    if [[ -f $venv/.complete ]] && "$venv/bin/python" -c ""; then return; fi
    rm -rf "$venv"
    "$python" -m venv "$venv"
    cd "$SUITE_DIR"
    for file in "$@"; do
        if [[ $file == *nodeps.txt ]]; then
            "$venv/bin/python" -m pip install --quiet --no-deps -r "$file"
        else
            "$venv/bin/python" -m pip install --quiet -r "$file"
        fi
    done
    touch "$venv/.complete"
}

# Exports PYTHON, with Odoo's packages and, for `test`, the tests' own.
ensure_python() {
    local kind=$1 files=(requirements.txt requirements-nodeps.txt)
    if [[ $kind == test ]]; then files=(requirements-dev.txt requirements-nodeps.txt requirements-dev-nodeps.txt); fi
    PYTHON="$(ensure_venv "$kind" "${files[@]}")" ||
        die "No Python from ${ODOO_PYTHONS[-1]} to ${ODOO_PYTHONS[0]} takes the packages of requirements.txt: check the network, or install one of these Pythons with venv."
    export PYTHON
}
