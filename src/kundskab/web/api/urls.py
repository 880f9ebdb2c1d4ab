from django.urls import path

from kundskab.web.api.api import api

urlpatterns = [path("", api.urls)]
