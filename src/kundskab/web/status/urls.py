from django.urls import path

from kundskab.web.status import views

urlpatterns = [
    path("status", views.status, name="status"),
    path("metrics", views.metrics, name="metrics"),
]
