from . import loyalty_card_adjust
from . import loyalty_points_transfer
from . import loyalty_card_replace
from . import loyalty_tier_set
from . import loyalty_gift_redeem
from . import loyalty_gift_sell
from . import loyalty_member_register
