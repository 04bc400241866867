from . import loyalty_import
from . import export
