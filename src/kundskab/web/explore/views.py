"""Explore: a question in the address, its answer as words, picture, table, file, and the people behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kundskab.types import KundskabError
from kundskab.web.base import clock
from kundskab.web.base.asked import number
from kundskab.web.base.paging import pages
from kundskab.web.base.templatetags.say import is_a_code
from kundskab.web.desk import the_desk
from kundskab.web.explore import drawing, plotly, question, sheet, telling
from kundskab.web.explore.answering import as_file
from kundskab.web.explore.keeping import notes_between
from kundskab.web.explore.kinds import tabs
from kundskab.web.people.handles import handle
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, can, needs


@needs(SEE_COUNTS)
@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    asked = request.GET
    choices = desk.explore.choices(asked.get("action") or None)
    if choices.last is None:
        return render(request, "explore/empty.html", {"tabs": tabs(request)})
    asking = question.read(asked, choices, today=clock.today())
    context: dict[str, Any] = {
        "tabs": tabs(request),
        "question": asking,
        "query": asking.query,
        "choices": choices,
        "measures": question.MEASURE_WORDS,
        "steps": question.STEP_WORDS,
    }
    try:
        trend = desk.explore.trend(asking.query)
    except KundskabError as refusal:
        return render(request, "explore/refused.html", {**context, "refusal": refusal}, status=400)
    walks = can(request.user, SEE_PEOPLE)
    context["written"] = notes_between(request, trend.periods[0].start, trend.periods[-1].end - timedelta(days=1))
    context["season"] = telling.season(trend, desk.explore.season(asking.query))
    context |= {"kind": "explore", "address": asking.address}
    return render(request, "explore/explore.html", context | _answer(trend, asking, context["written"], walks=walks))


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    asking = question.read(request.GET, desk.explore.choices(), today=clock.today())
    group = request.GET.get("group") or None
    try:
        within = question.all_periods(asking)
        at = question.period(request.GET, within)
        page = number(request.GET.get("page"), default=1)
        found = desk.explore.who(asking.query, period=at, group=group, page=page)
    except KundskabError as refusal:
        return render(request, "explore/refused.html", {"question": asking, "refusal": refusal}, status=400)
    context = {
        "question": asking,
        "query": asking.query,
        "found": found,
        "rows": [(row, handle(row.person)) for row in found.rows],
        "pages": pages(found),
        "at": at,
        "group": group,
        "said": telling.behind(asking.query, at, group, found.total),
    }
    return render(request, "explore/people.html", context)


@needs(SEE_COUNTS)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    asking = question.read(request.GET, desk.explore.choices(), today=clock.today())
    try:
        trend = desk.explore.trend(asking.query)
    except KundskabError as refusal:
        return HttpResponse(f"{refusal}\n", status=400, content_type="text/plain; charset=utf-8")
    about = desk.about
    return as_file(sheet.rows(trend), sheet.name(trend), fictitious=about.fictitious)


def _answer(trend: Any, asking: question.Question, written: list[dict[str, Any]], *, walks: bool) -> dict[str, Any]:
    # Plotly takes a moment to load: only this page waits for it, and only in its first visit.
    from kundskab.charts.trend import axis_words, figure

    def link(series: Any, point: Any) -> str:
        to = telling.where(asking, series.group, point) if walks else ""
        return f"{reverse('explore_people')}?{to}" if to else ""

    marks = [(each["note"].day, each["number"], each["note"].text) for each in written]
    return {
        "trend": trend,
        "title": telling.title(trend),
        "answer": telling.answer(trend),
        "doubt": telling.doubt(trend),
        "notes": telling.notes(trend),
        "longer": telling.longer_steps(trend, asking),
        "split": telling.split_words(trend),
        "axis": axis_words(trend),
        "drawing": drawing.draw(trend),
        "codes": trend.query.by == "object" and any(not one.called and is_a_code(one.name) for one in trend.series),
        "when": telling.when(trend),
        "table": telling.table(trend, asking, may_walk=walks),
        "series": [(series, telling.where(asking, series.group) if walks else "") for series in trend.series],
        "who": telling.where(asking, None) if walks and trend.together.n >= 5 else "",
        **plotly.figures(lambda theme: figure(trend, theme=theme, link=link, marks=marks)),
    }
