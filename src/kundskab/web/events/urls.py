from django.urls import path

from kundskab.web.events import views

urlpatterns = [
    path("", views.events, name="events"),
    path("/tail", views.tail, name="tail"),
    path("/quarantine", views.quarantine, name="quarantine"),
    path("/quarantine/replays", views.replay, name="replays"),
]
