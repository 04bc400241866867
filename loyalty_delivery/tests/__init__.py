from . import test_delivery_states
from . import test_booking
