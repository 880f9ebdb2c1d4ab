"""The pages as an ASGI application, for the process that `kundskab serve` starts."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundskab.web.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
