from . import account_move
from . import pos_order
from . import pos_payment
from . import pos_session
from . import onec_ed_build
