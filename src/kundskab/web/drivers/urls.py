from django.urls import path

from kundskab.web.drivers import views

urlpatterns = [
    path("", views.matters, name="matters"),
    path("/guesses", views.guess, name="matters_guess"),
    path("/drafts", views.draft, name="matters_draft"),
    path("/people", views.people, name="matters_people"),
]
