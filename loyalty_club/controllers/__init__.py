from . import loyalty_import
