"""How far are we from our customers?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kundskab.web.staff.rights import SEE_COUNTS, needs


@needs(SEE_COUNTS)
@require_safe
def distance(request: HttpRequest) -> HttpResponse:
    return render(request, "metrics/distance.html", {})
