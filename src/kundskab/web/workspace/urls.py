from django.urls import path

from kundskab.web.workspace import purposes, views

urlpatterns = [
    path("settings/workspace", views.workspace, name="workspace"),
    path("settings/purposes", purposes.purposes, name="purposes"),
    path("settings/purposes/<str:name>", purposes.purpose, name="purpose"),
]
