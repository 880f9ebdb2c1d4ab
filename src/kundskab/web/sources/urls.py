from django.urls import path

from kundskab.web.sources import read_keys, views

urlpatterns = [
    path("settings", views.settings, name="settings"),
    path("settings/sources", views.sources, name="sources"),
    path("settings/sources/<path:name>/keys", views.keys, name="keys"),
    path("settings/sources/<path:name>", views.source, name="source"),
    path("settings/keys/<int:key_id>/rotation", views.rotation, name="rotation"),
    path("settings/keys/<int:key_id>/revocation", views.revocation, name="revocation"),
    path("settings/read-keys", read_keys.read_keys, name="read_keys"),
    path("settings/read-keys/<int:key_id>/rotation", read_keys.rotation, name="read_key_rotation"),
    path("settings/read-keys/<int:key_id>/revocation", read_keys.revocation, name="read_key_revocation"),
]
