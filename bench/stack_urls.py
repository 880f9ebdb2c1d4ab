"""The addresses of the pages, and the floor."""

from django.urls import path

from bench.stack import floor
from kundskab.web import urls
from kundskab.web.api import keys

keys.REQUESTS_PER_SECOND = 1e9  # what is measured is the answer, not the brake

urlpatterns = [path("api/floor", floor), *urls.urlpatterns]
handler404 = urls.handler404
handler500 = urls.handler500
