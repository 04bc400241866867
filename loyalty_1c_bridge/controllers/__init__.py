from . import onec_dispatcher
from . import onec_exchange
