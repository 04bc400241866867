from . import onec_backend
from . import onec_session
from . import onec_message
from . import onec_line
from . import onec_map
from . import onec_outbox
from . import onec_conflict
from . import onec_rule
