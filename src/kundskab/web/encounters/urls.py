from django.urls import path

from kundskab.web.encounters import views

urlpatterns = [
    path("", views.encounters, name="encounters"),
    path("/new", views.new_encounter, name="new_encounter"),
]
