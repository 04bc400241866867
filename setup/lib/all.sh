# shellcheck shell=bash
# Everything the scripts of this folder share, and the shell's strictness.

set -euo pipefail

lib="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=setup/lib/common.sh
source "$lib/common.sh"
# shellcheck source=setup/lib/packages.sh
source "$lib/packages.sh"
# shellcheck source=setup/lib/odoo.sh
source "$lib/odoo.sh"
# shellcheck source=setup/lib/python.sh
source "$lib/python.sh"
# shellcheck source=setup/lib/postgres.sh
source "$lib/postgres.sh"
# shellcheck source=setup/lib/databases.sh
source "$lib/databases.sh"
# shellcheck source=setup/lib/leaflet.sh
source "$lib/leaflet.sh"
# shellcheck source=setup/lib/demo.sh
source "$lib/demo.sh"
# shellcheck source=setup/lib/suites.sh
source "$lib/suites.sh"
