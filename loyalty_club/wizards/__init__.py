from . import loyalty_card_adjust
from . import loyalty_points_transfer
from . import loyalty_card_replace
from . import loyalty_tier_set
