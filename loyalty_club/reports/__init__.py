from . import loyalty_card_report
from . import loyalty_point_report
