from . import onec_bank_export, onec_bank_import
from . import onec_backend_credentials
from . import onec_ed_files
from . import onec_map_import
from . import onec_points_estimate_book
from . import onec_conflict_dismiss
from . import onec_proof_leave
from . import onec_reconcile_many
from . import base_partner_merge
