from django.urls import path

from kundskab.web.own import views

urlpatterns = [
    path("", views.page, name="own"),
    path("/say", views.say, name="own_say"),
    path("/quiet", views.quiet, name="own_quiet"),
    path("/correct", views.correct, name="own_correct"),
    path("/ask", views.ask, name="own_ask"),
    path("/copy", views.copy, name="own_copy"),
    path("/leave", views.leave, name="own_leave"),
    path("/in/<str:link>", views.enter, name="own_enter"),
]
