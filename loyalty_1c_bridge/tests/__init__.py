from . import test_onec_bank
from . import test_onec_map
from . import test_onec_message_apply
from . import test_onec_map_resolve
from . import test_onec_ed_send
from . import test_onec_ed_wire
from . import test_onec_desk
from . import test_onec_outbox
