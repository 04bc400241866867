from . import complaint
from . import feedback
