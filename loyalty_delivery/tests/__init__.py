from . import test_delivery_states
