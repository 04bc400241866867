from . import test_onec_bank
from . import test_onec_map
