from django.urls import path

from kundskab.web.metrics import distance, ease

urlpatterns = [
    path("distance", distance.distance, name="distance"),
    path("ease", ease.ease, name="ease"),
    path("ease/people", ease.people, name="ease_people"),
]
