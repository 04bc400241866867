from . import test_onec_pos
from . import test_translations
