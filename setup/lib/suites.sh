# shellcheck shell=bash
# The parts of setup/test. Each leaves in $OUT a junit file of pytest or a file
# PART.results with lines `passed|failed|skipped<tab>name<tab>reason`.

OUT="${OUT:-}"
LANE="${LANE:-$CLONE_ID}"

# Bar 2: what the web shop and the tills do with loyalty on the server's side.
CORE2_TESTS="TestSaleCouponApplyPending or TestFreeProductReward
 or TestSaleCouponMultiwebsite or TestShopLoyaltyPayment or TestClaimReward
 or TestWebsiteSaleCoupon or TestWebsiteSaleAutoInvoice or TestUnlinkReward
 or (TestPOSLoyaltyHistory and (test_duplicate_coupon_confirm
 or test_gift_card_partner or test_programs_loaded))"

result() { printf '%s\t%s\t%s\n' "$2" "$1/$3" "${4:-}" >>"$OUT/$1.results"; }

# Bar 3: what the ERP sends by SMS. Left out is what fails without our addons too,
# where lxml wraps a line of text in other tags than the tests expect.
CORE3_TESTS="not test_message_sms_internals_body
 and not test_message_sms_internals_subtype and not test_message_sms_record
 and not sms_vs_notification"

# check PART NAME COMMAND…: a test that is a command.
check() {
    local part=$1 name=$2 began=$SECONDS
    shift 2
    echo "== $name"
    if "$@"; then
        result "$part" passed "$name"
    else
        result "$part" failed "$name" "see the output of $part above"
    fi
    echo "== $name: $((SECONDS - began)) s"
}

# --- Which files belong to which part ---

is_browser_test() {
    case ${1##*/} in
        test_browser*.py | test_js.py | test_tour*.py) return 0 ;;
        *) [[ $1 == tests/e2e/* ]] ;;
    esac
}

# What needs modules of the ERP that our addons do not depend on: part core3.
is_modules_test() { [[ ${1##*/} == test_erp_modules.py ]]; }

test_files() { # odoo|browser|unit|modules|web
    local file web
    cd "$SUITE_DIR"
    web="$(web_addons)"
    if [[ $1 == unit ]]; then
        find tests/unit tests/contract -name 'test_*.py' 2>/dev/null | sort
        return
    fi
    for file in */tests/test_*.py tests/e2e/test_*.py; do
        if [[ ! -f $file || ! -f ${file%%/*}/__manifest__.py && $file != tests/e2e/* ]]; then continue; fi
        if grep -qxF "${file%%/*}" <<<"$web"; then
            if [[ $1 == web ]]; then echo "$file"; fi
        elif is_browser_test "$file"; then
            if [[ $1 == browser ]]; then echo "$file"; fi
        elif is_modules_test "$file"; then
            if [[ $1 == modules ]]; then echo "$file"; fi
        elif [[ $1 == odoo ]]; then
            echo "$file"
        fi
    done
}

# --- Running pytest ---

TEST_DATABASE="loyalty_test_$CLONE_ID"

# on_clone PART TEMPLATE COMMAND…: the command is called with a database to spoil.
on_clone() {
    local part=$1 template=$2 database="${TEST_DATABASE}_${1}_$RUN_PID" code=0
    shift 2
    clone_database "$template" "$database"
    "$@" "$database" || code=$?
    if [[ -n ${KEEP:-} ]]; then
        echo "The database is kept: $database"
    else
        # What stays behind is dropped by the next run, and fails no test.
        drop_database "$database" || echo "The database stays: $database"
    fi
    return "$code"
}

# pytest_odoo PART SELECTION FILES… DATABASE
pytest_odoo() {
    local part=$1 selection=$2 database="${*: -1}" files=("${@:3:$#-3}") code=0
    local log="$OUT/$part.odoo.log"
    cd "$SUITE_DIR"
    # LOYALTY_TEST: what a test needs is installed, so its absence is a failure.
    PYTHONPATH="$ODOO_PATH" LOYALTY_TEST=1 env -u PGDATABASE timeout --kill-after=30 "${PART_TIMEOUT:-3200}" \
        "$PYTHON" -m pytest -q -p no:cacheprovider --rootdir="$SUITE_DIR" -c pyproject.toml \
        --odoo-database="$database" --odoo-config="$ODOO_CONF" --odoo-http \
        --odoo-log-level=warn --odoo-extra="logfile=$log" --odoo-extra="db-filter=^$database\$" \
        --odoo-extra=max-cron-threads=0 -W ignore::DeprecationWarning \
        --junitxml="$OUT/$part.xml" -o junit_family=xunit1 \
        ${selection:+-k "$selection"} "${files[@]}" || code=$?
    pytest_verdict "$part" "$code"
}

# A run cut short by the time limit or by a crash leaves no junit file; no test
# at all (5) is told apart later.
pytest_verdict() {
    local part=$1 code=$2
    if ((code == 124 || code == 137)); then
        result "$part" failed "time" "stopped after ${PART_TIMEOUT:-3200} seconds"
    elif ((code > 1 && code != 5)) || [[ ! -f "$OUT/$part.xml" ]]; then
        result "$part" failed "pytest" "ended with code $code"
    fi
}

both() { # the caller's -k joined to ours
    if [[ -n $1 && -n ${SELECTION:-} ]]; then
        echo "($1) and (${SELECTION})"
    else
        echo "$1${SELECTION:-}"
    fi | xargs
}

# --- The parts ---

part_lint() {
    local bin
    cd "$SUITE_DIR"
    bin="$(dirname "$LINT_PYTHON")"
    check lint ruff "$bin/ruff" check --cache-dir "$CACHE/ruff" .
    check lint ruff-format "$bin/ruff" format --cache-dir "$CACHE/ruff" --check .
    check lint pylint-odoo pylint_addons "$bin"
    check lint oca-checks "$bin/oca-checks-odoo-module" $(suite_addons)
    check lint node-packages node_packages
    check lint prettier-eslint npm run --silent lint
}

# A model that has many subjects is written in a file for each. (This check belongs
# to a group that .pylintrc enables, and only the command line comes after it.)
pylint_addons() {
    local addons
    mapfile -t addons < <(suite_addons)
    PYLINTHOME="$CACHE/pylint" "$1/pylint" --rcfile .pylintrc \
        --disable=consider-merging-classes-inherited "${addons[@]}"
}

# `npm ci` once for a lock file.
node_packages() {
    local stamp="node_modules/.installed-from"
    if cmp -s package-lock.json "$stamp"; then return; fi
    npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json "$stamp"
}

part_unit() {
    local files code=0
    cd "$SUITE_DIR"
    mapfile -t files < <(test_files unit)
    timeout "${PART_TIMEOUT:-3200}" "$PYTHON" -m pytest -q -p no:odoo -p no:cacheprovider \
        -c pyproject.toml --rootdir="$SUITE_DIR" --junitxml="$OUT/unit.xml" -o junit_family=xunit1 \
        ${SELECTION:+-k "$SELECTION"} "${files[@]}" || code=$?
    pytest_verdict unit "$code"
}

part_odoo() {
    local files
    mapfile -t files < <(test_files odoo)
    on_clone odoo "$(suite_template erp)" pytest_odoo odoo "$(both '')" "${files[@]}"
}

part_browser() {
    local files
    mapfile -t files < <(test_files browser)
    on_clone browser "$(suite_template erp)" pytest_odoo browser "$(both '')" "${files[@]}"
}

part_core() {
    on_clone core "$(suite_template erp)" pytest_odoo core "$(both '')" \
        "$(core_tests loyalty)" "$(core_tests sale_loyalty)" \
        "$(core_tests sale_loyalty_delivery)" "$(core_tests delivery)" "$(core_tests stock_delivery)"
}

part_core2() {
    local files addon selection="$CORE2_TESTS"
    mapfile -t files < <(test_files web)
    for addon in $(web_addons); do selection+=" or $addon"; done
    on_clone core2 "$(suite_template erpweb)" pytest_odoo core2 "$(both "$selection")" \
        "$(core_tests website_sale_loyalty)" "$(core_tests pos_loyalty)" "${files[@]}"
}

part_core3() {
    local files
    mapfile -t files < <(test_files modules)
    on_clone core3 "$(suite_template erpsms)" pytest_odoo core3 "$(both "$CORE3_TESTS")" \
        "$(core_tests sms)" "$(core_tests test_mail_sms)" "$(core_tests sms_twilio)" \
        "$(core_tests calendar_sms)" "${files[@]}"
}

core_tests() {
    local folder
    for folder in ${ODOO_ADDONS//,/ }; do
        if [[ -d $folder/$1/tests ]]; then echo "$folder/$1/tests" && return; fi
    done
    echo "this Odoo has no $1/tests" >&2
    return 1
}

part_lifecycle() {
    local addon
    for addon in $(suite_addons); do
        on_clone lifecycle "$(erp_template "$(kind_of "$addon")")" lifecycle_of "$addon"
    done
}

kind_of() {
    if grep -qxF "$1" <<<"$(web_addons)"; then echo erpweb; else echo erp; fi
}

lifecycle_of() {
    PYTHONPATH="$ODOO_PATH" "$PYTHON" "$SETUP_DIR/lifecycle.py" --results "$OUT/lifecycle.results" \
        --config "$ODOO_CONF" --suite "$SUITE_DIR" --addon "$1" --database "$2"
}

# A benchmark is a program that finds its database in ODOO_DATABASE.
part_bench() {
    local file
    cd "$SUITE_DIR"
    for file in tests/bench/*.py; do
        if [[ ! -f $file ]]; then continue; fi
        on_clone bench "$(suite_template erp)" bench_file "$file"
    done
}

bench_file() {
    PYTHONPATH="$ODOO_PATH" ODOO_CONF="$ODOO_CONF" ODOO_DATABASE="$2" \
        check bench "${1##*/}" "$PYTHON" "$1"
}
