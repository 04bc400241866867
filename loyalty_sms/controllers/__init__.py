from . import complaint
from . import feedback
from . import webhooks
from . import campaign
from . import my_messages
from . import preferences
