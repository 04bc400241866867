from . import test_onec_map
