from django.urls import path

from kundskab.web.base import assets, theme

urlpatterns = [
    path("static/<str:digest>/<str:name>", assets.asset, name="asset"),
    path("theme", theme.choose, name="theme"),
]
