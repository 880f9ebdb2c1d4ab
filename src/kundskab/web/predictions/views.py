"""The report card and what is to come; and the list of people by what is expected of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.foretelling.answers import Kind, Report
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.desk import the_desk
from kundskab.web.explore import plotly
from kundskab.web.people.handles import handle
from kundskab.web.predictions import telling
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs


@needs(SEE_COUNTS)
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    try:
        found = desk.predictions.report()
    except NotComputed as missing:
        return render(request, "predictions/empty.html", {"missing": missing})
    context: dict[str, Any] = {
        "found": found,
        "answer": telling.answer(found),
        "doubt": telling.doubt(found),
        "kinds": [telling.told(kind, desk.about.currency) for kind in found.kinds],
        "foretold": telling.foretold_on(found),
        **_coming(),
        "may_walk": can(request.user, SEE_PEOPLE),
        "more": telling.as_of(found),
        **_figure(found),
    }
    return render(request, "predictions/report.html", context)


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    order = request.GET.get("by", "returns")
    order = order if order in telling.ORDERS else "returns"
    try:
        found = desk.predictions.list(order, page=number(request.GET.get("page"), default=1))
    except NotComputed as missing:
        return render(request, "predictions/empty.html", {"missing": missing})
    has_value = any(row.value is not None for row in found.rows)
    context = {
        "found": found,
        "order": order,
        "orders": {name: said for name, said in telling.ORDERS.items() if has_value or name in ("returns", "events")},
        "has_value": has_value,
        "rows": [(row, handle(row.person)) for row in found.rows],
        "pages": pages(found),
        "answer": telling.list_answer(found, order),
        "widest": max((row.high or 0 for row in found.rows), default=1.0) or 1.0,
        "more": telling.as_of(found),
    }
    return render(request, "predictions/people.html", context)


def _coming() -> dict[str, Any]:
    try:
        found = the_desk().predictions.coming()
    except NotComputed:
        return {}
    return {"coming": telling.expected(found), "days": found[0].horizon_days if found else None}


def _figure(found: Report) -> dict[str, Any]:
    drawn: Kind | None = next((kind for kind in found.kinds if len(kind.bins) > 1), None)
    if drawn is None:
        return {}
    # Plotly takes a moment to load: only a page that draws waits for it, and only in its first visit.
    from kundskab.charts.report import Bin, report_figure

    bins = [Bin(one.forecast_mean, one.happened, one.low, one.high, one.n) for one in drawn.bins]
    return {
        **plotly.figures(lambda theme: report_figure(bins, theme=theme)),
        "drawn": telling.QUESTIONS[drawn.kind],
    }
