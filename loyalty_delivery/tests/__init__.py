from . import test_delivery_map
from . import test_delivery_states
from . import test_booking
from . import test_delivery_geo
from . import test_delivery_matrix
from . import test_tracking_page
from . import test_js
from . import test_delivery_board
