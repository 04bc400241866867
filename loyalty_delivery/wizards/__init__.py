from . import loyalty_delivery_link
from . import loyalty_delivery_settings
from . import matrix_provider_calibrate
from . import loyalty_delivery_settings_books
from . import loyalty_delivery_settle
from . import loyalty_delivery_settle_note
from . import loyalty_delivery_plan_day
from . import loyalty_delivery_stop_insert
