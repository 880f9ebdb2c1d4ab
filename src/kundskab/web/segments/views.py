"""The pages of segments: all of them, one, its people, its name, and the flow between two refreshes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kundskab.consent.derived import NotComputed
from kundskab.pipeline.segments.answers import Card, Portrait
from kundskab.pipeline.segments.over_time import before
from kundskab.segments.flows import Flow
from kundskab.types import KundskabError
from kundskab.web.base.asked import moment, number
from kundskab.web.base.paging import pages
from kundskab.web.base.templatetags.say import told_apart
from kundskab.web.desk import the_desk
from kundskab.web.explore import plotly
from kundskab.web.people.handles import handle
from kundskab.web.segments import drawing, telling
from kundskab.web.segments.tabs import tabs
from kundskab.web.staff.rights import SEE_COUNTS, SEE_PEOPLE, SET_SEGMENTS, can, needs

IN_THE_TABLE = 15  # moves; the smaller ones are folded


@needs(SEE_COUNTS)
@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    try:
        found = the_desk().segments.overview()
    except NotComputed as missing:
        return _empty(request, missing)
    drawn = drawing.draw(found.living, found.pairs)
    names = {card.segment: card.name for card in found.cards}
    context = {
        "found": found,
        "answer": telling.answer(found),
        "doubt": telling.doubt(found),
        "drawing": drawn,
        "pairs": [(names.get(pair.one), names.get(pair.other), pair.persons) for pair in found.pairs],
        "cards": [(n, card, telling.mostly(card), telling.change(card)) for n, card in enumerate(found.living, 1)],
        "gone": [card for card in found.cards if not card.is_living],
        "widest": _widest(found.living),
        "tabs": tabs(request),
        "more": telling.as_of(found),
        "half_life_days": the_desk().settings.choices.half_life_days,
    }
    return render(request, "segments/segments.html", context)


@needs(SEE_COUNTS)
@require_safe
def portrait(request: HttpRequest, segment: str) -> HttpResponse:
    desk = the_desk()
    try:
        found = desk.segments.portrait(segment)
    except NotComputed as missing:
        return _empty(request, missing)
    if found is None:
        raise Http404
    return render(request, "segments/portrait.html", _portrait(found) | {"may_walk": can(request.user, SEE_PEOPLE)})


@needs(SEE_COUNTS)
@require_safe
def moves(request: HttpRequest, segment: str) -> HttpResponse:
    desk = the_desk()
    names = desk.segments.names()
    if segment not in names:
        raise Http404
    found = desk.segments.flow()
    came, went = telling.came(found, segment, names), telling.went(found, segment, names)
    since, until = told_apart((found.since, found.until))
    context = {
        "since": since,
        "until": until,
        "segment": segment,
        "name": names[segment],
        "found": found,
        "came": came,
        "went": went,
        "widest_move": max((each.move.high for each in [*came, *went]), default=1.0),
    }
    return render(request, "segments/moves.html" if request.htmx else "segments/moves_page.html", context)


@needs(SEE_PEOPLE)
@require_safe
def people(request: HttpRequest, segment: str) -> HttpResponse:
    desk = the_desk()
    page = number(request.GET.get("page"), default=1)
    named = desk.segments.names().get(segment)
    if named is None:
        raise Http404
    context: dict[str, Any] = {"segment": segment, "name": named}
    try:
        found = desk.segments.members(segment, page=page)
    except KundskabError as refusal:
        return render(request, "segments/people_refused.html", {**context, "refusal": refusal}, status=400)
    rows = [(row, handle(row.person)) for row in found.rows]
    return render(request, "segments/people.html", {**context, "found": found, "rows": rows, "pages": pages(found)})


@needs(SET_SEGMENTS)
@require_POST
def name(request: HttpRequest, segment: str) -> HttpResponse:
    given = "" if "proposed" in request.POST else request.POST.get("name", "")
    try:
        the_desk().segments.rename(segment, given, who=request.user.email)
    except KundskabError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is called so from now on, for everybody."))
    return redirect("segment", segment)


@needs(SEE_COUNTS)
@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    try:
        kept = desk.segments.moments()
        if len(kept) < 2:
            return render(request, "segments/flow_empty.html", {"tabs": tabs(request)})
        since, until = _span(request, kept)
        found, names = desk.segments.flow(since, until), desk.segments.names()
    except NotComputed as missing:
        return _empty(request, missing)
    days = told_apart(kept)
    aside = {
        "kept": list(zip(kept, days, strict=True)),
        "tabs": tabs(request),
        "snapshot": desk.segments.overview().snapshot,
    }
    return render(request, "segments/flow.html", _flow(found, names) | aside)


def _span(request: HttpRequest, kept: list[datetime]) -> tuple[datetime, datetime]:
    """The two refreshes that the address names; for anything else the last, and the one before it."""
    until = moment(request.GET.get("until"))
    until = until if until in kept[1:] else kept[-1]
    since = moment(request.GET.get("since"))
    return since if since in kept and since < until else before(until, kept), until


def _flow(found: Flow, names: dict[str, str]) -> dict[str, Any]:
    from kundskab.charts.segments import flow_figure
    from kundskab.charts.segments.flow import shown

    moves = [
        (telling.place(move.source, names, before=True), telling.place(move.target, names, before=False), move)
        for move in shown(found)
    ]
    since, until = told_apart((found.since, found.until))
    return {
        "found": found,
        "since": since,
        "until": until,
        "answer": telling.moved(found, names),
        "doubt": telling.moved_doubt(found),
        "moves": moves[:IN_THE_TABLE],
        "smaller": moves[IN_THE_TABLE:],
        "widest": max((move.high for _, _, move in moves), default=1.0),
        **plotly.figures(lambda theme: flow_figure(found, names=names, theme=theme)),
    }


def _portrait(found: Portrait) -> dict[str, Any]:
    return {
        "found": found,
        "card": found.card,
        "answer": telling.portrait_answer(found),
        "doubt": telling.portrait_doubt(found),
        "change": telling.change(found.card),
        "doing": [(telling.spoken(each.behaviour), each) for each in found.doing],
        "codes": any(telling.is_by_code(each.behaviour) for each in found.doing),
        "one_thing": telling.one_thing(found.one_thing),
        "widest": max((each.share.high if each.share.is_sure else each.share.value for each in found.doing), default=1),
        "steps": telling.steps(found),
        "near": [(other, found.names.get(other, other), persons) for other, persons in found.near],
        "lines": telling.in_time(found),
        "sizes": list(zip(told_apart([size.as_of for size in found.sizes]), found.sizes, strict=True))[::-1],
        "more": telling.as_of(found),
    }


def _widest(cards: tuple[Card, ...]) -> float:
    return max((card.size.high for card in cards if card.size.is_sure), default=1.0)


def _empty(request: HttpRequest, missing: NotComputed) -> HttpResponse:
    return render(request, "segments/empty.html", {"tabs": tabs(request), "missing": missing})
