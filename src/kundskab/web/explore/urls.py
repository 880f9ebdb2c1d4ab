from django.urls import path

from kundskab.web.explore import plotly, views

urlpatterns = [
    path("", views.explore, name="explore"),
    path("/people", views.people, name="explore_people"),
    path("/trend.csv", views.download, name="explore_csv"),
    path("/plotly/<slug:digest>.js", plotly.script, name="plotly"),
]
