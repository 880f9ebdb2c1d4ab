from django.urls import path

from kundskab.web.segments import views, written

urlpatterns = [
    path("", views.segments, name="segments"),
    path("/flow", views.flow, name="segment_flow"),
    path("/written", written.every, name="written_segments"),
    path("/written/new", written.new, name="new_written_segment"),
    path("/written/<slug:id>", written.one, name="written_segment"),
    path("/written/<slug:id>/people", written.people, name="written_segment_people"),
    path("/written/<slug:id>/change", written.change, name="change_written_segment"),
    path("/written/<slug:id>/ending", written.give_up, name="give_up_written_segment"),
    path("/<slug:segment>", views.portrait, name="segment"),
    path("/<slug:segment>/moves", views.moves, name="segment_moves"),
    path("/<slug:segment>/people", views.people, name="segment_people"),
    path("/<slug:segment>/name", views.name, name="segment_name"),
]
