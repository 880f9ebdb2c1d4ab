from django.urls import path

from kundskab.web.predictions import views

urlpatterns = [
    path("", views.report, name="predictions"),
    path("/people", views.people, name="predictions_people"),
]
