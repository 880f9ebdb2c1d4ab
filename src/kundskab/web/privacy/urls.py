from django.urls import path

from kundskab.web.privacy import views

urlpatterns = [
    path("requests", views.requests, name="requests"),
    path("requests/<int:number>/settle", views.settle, name="settle_request"),
    path("people/<str:token>/own-page", views.own_page_link, name="own_page_link"),
]
