from django.urls import path

from kundskab.web.events import agreeing, views

urlpatterns = [
    path("", views.events, name="events"),
    path("/tail", views.tail, name="tail"),
    path("/quarantine", views.quarantine, name="quarantine"),
    path("/plan", agreeing.plan, name="plan"),
    path("/plan/agreements", agreeing.agree, name="agreements"),
    path("/plan/silences", agreeing.silence, name="silences"),
    path("/plan/of/<path:source>", agreeing.text, name="plan_text"),
    path("/quarantine/replays", views.replay, name="replays"),
]
