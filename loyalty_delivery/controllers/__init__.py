from . import tracking
from . import courier_api
from . import courier_page
from . import paper
from . import slot_portal
