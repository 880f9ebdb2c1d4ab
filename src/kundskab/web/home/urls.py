from django.urls import path

from kundskab.web.home import views

urlpatterns = [path("", views.home, name="home")]
