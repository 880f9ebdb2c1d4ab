from django.urls import path

from kundskab.web.explore import answering, keeping, metrics_page, plotly, views
from kundskab.web.explore.funnels import FUNNEL
from kundskab.web.explore.pathways import PATHS
from kundskab.web.explore.retentions import RETENTION

urlpatterns = [
    path("", views.explore, name="explore"),
    path("/people", views.people, name="explore_people"),
    path("/trend.csv", views.download, name="explore_csv"),
    path("/saved", keeping.saved, name="explore_saved"),
    path("/saved/new", keeping.keep, name="keep_question"),
    path("/saved/<int:pk>", keeping.open_one, name="saved_question"),
    path("/saved/<int:pk>/forgetting", keeping.forget, name="forget_question"),
    path("/metrics", metrics_page.listed, name="explore_metrics"),
    path("/metrics/new", metrics_page.declare, name="declare_metric"),
    path("/metrics/of/<path:name>", metrics_page.one, name="metric"),
    path("/notes", keeping.write_note, name="write_note"),
    path("/notes/<int:pk>/forgetting", keeping.forget_note, name="forget_note"),
    path("/plotly/<slug:digest>.js", plotly.script, name="plotly"),
]
for kind in (FUNNEL, RETENTION, PATHS):
    urlpatterns += [
        path(f"/{kind.name}", answering.page(kind), name=kind.name),
        path(f"/{kind.name}/people", answering.people(kind), name=f"{kind.name}_people"),
        path(f"/{kind.name}.csv", answering.download(kind), name=f"{kind.name}_csv"),
    ]
