from django.urls import path

from kundskab.web.segments import views

urlpatterns = [
    path("", views.segments, name="segments"),
    path("/flow", views.flow, name="segment_flow"),
    path("/<slug:segment>", views.portrait, name="segment"),
    path("/<slug:segment>/people", views.people, name="segment_people"),
    path("/<slug:segment>/name", views.name, name="segment_name"),
]
