from django.urls import path

from kundskab.web.metrics import distance

urlpatterns = [
    path("distance", distance.distance, name="distance"),
]
