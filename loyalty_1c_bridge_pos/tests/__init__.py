from . import test_onec_pos
