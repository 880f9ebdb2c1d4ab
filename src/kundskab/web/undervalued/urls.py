from django.urls import path

from kundskab.web.undervalued import views

urlpatterns = [path("", views.undervalued, name="undervalued")]
