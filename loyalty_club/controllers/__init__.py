from . import loyalty_import
from . import export
from . import gift_card
from . import join
from . import portal
