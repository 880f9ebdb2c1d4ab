from django.urls import path

from kundskab.web.people import proofs, reveals, views

urlpatterns = [
    path("", views.people, name="people"),
    path("/searches", views.search, name="searches"),
    path("/<str:token>", views.person, name="person"),
    path("/<str:token>/timeline", views.timeline, name="timeline"),
    path("/<str:token>/reveals", reveals.reveal, name="reveal"),
    path("/<str:token>/consents/<str:purpose>", proofs.proofs, name="proofs"),
]
