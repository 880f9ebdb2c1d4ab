from django.urls import path

from kundskab.web.people import links, proofs, reveals, suggestions, views

urlpatterns = [
    path("", views.people, name="people"),
    path("/searches", views.search, name="searches"),
    path("/suggestions", suggestions.suggestions, name="suggestions"),
    path("/suggestions/searches", suggestions.find, name="find_suggestions"),
    path("/suggestions/<int:suggestion>/acceptance", suggestions.accept, name="accept_suggestion"),
    path("/suggestions/<int:suggestion>/refusal", suggestions.decline, name="decline_suggestion"),
    path("/<str:token>", views.person, name="person"),
    path("/<str:token>/hardship", views.hardship, name="hardship"),
    path("/<str:token>/segments", views.belonging, name="belonging"),
    path("/<str:token>/timeline", views.timeline, name="timeline"),
    path("/<str:token>/links/<int:link>/undoing", links.undo, name="undo_link"),
    path("/<str:token>/joining", links.join, name="join_people"),
    path("/<str:token>/reveals", reveals.reveal, name="reveal"),
    path("/<str:token>/consents/<str:purpose>", proofs.proofs, name="proofs"),
]
