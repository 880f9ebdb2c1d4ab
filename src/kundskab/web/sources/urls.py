from django.urls import path

from kundskab.web.sources import views

urlpatterns = [
    path("sources", views.sources, name="sources"),
    path("sources/<path:name>/keys", views.keys, name="keys"),
    path("keys/<int:key_id>/rotation", views.rotation, name="rotation"),
    path("keys/<int:key_id>/revocation", views.revocation, name="revocation"),
]
