"""The addresses of the API, as django-ninja makes them."""

from django.urls import path

from kundskab.web.api.api import api
from kundskab.web.api.docs import docs

_made, _, _ = api.urls
for _pattern in _made:
    _pattern.callback.login_required = False  # a key opens them, see keys.py; nobody signs in to an API
    if not _pattern.name.startswith("api"):  # ninja looks for its own api-root
        _pattern.name = f"api_{_pattern.name}"

urlpatterns = [path("docs", docs, name="api_docs"), path("", (_made, "api", "api"))]
