"""Every address of the pages. The collector's own paths (/v1/..., /pixel/...) never reach Django."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("kundskab.web.api.urls")),  # first: asked most, and each pattern before it costs a try
    path("", include("kundskab.web.base.urls")),
    path("", include("kundskab.web.staff.urls")),
    path("", include("kundskab.web.home.urls")),
    path("events", include("kundskab.web.events.urls")),
    path("explore", include("kundskab.web.explore.urls")),
    path("matters", include("kundskab.web.drivers.urls")),
    path("people", include("kundskab.web.people.urls")),
    path("predictions", include("kundskab.web.predictions.urls")),
    path("undervalued", include("kundskab.web.undervalued.urls")),
    path("segments", include("kundskab.web.segments.urls")),
    path("encounters", include("kundskab.web.encounters.urls")),
    path("", include("kundskab.web.metrics.urls")),
    path("", include("kundskab.web.sources.urls")),
    path("", include("kundskab.web.workspace.urls")),
    path("", include("kundskab.web.privacy.urls")),
    path("me", include("kundskab.web.own.urls")),
    path("", include("kundskab.web.status.urls")),
]

handler400 = "kundskab.web.base.refusals.bad_request"
handler403 = "kundskab.web.base.refusals.forbidden"
handler404 = "kundskab.web.base.refusals.not_found"
handler500 = "kundskab.web.base.refusals.broken"
