from . import test_core_defects
from . import test_document_sync
from . import test_story
from . import test_card_operations
from . import test_views
from . import test_gift_cards
from . import test_registration
from . import test_merge
