from django.urls import path

from kundskab.web.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("/searches", views.search, name="searches"),
    path("/<str:token>", views.person, name="person"),
    path("/<str:token>/timeline", views.timeline, name="timeline"),
]
