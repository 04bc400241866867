from . import onec_dispatcher
from . import onec_exchange
from . import onec_message_file
from . import onec_reconcile_file
