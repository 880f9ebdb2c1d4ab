"""What is this workspace? Its name, clock and currency, and what the company chose about it."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundskab.types import KundskabError
from kundskab.web.desk import the_desk
from kundskab.web.staff.proof import needs_proof
from kundskab.web.staff.rights import SET_WORKSPACE, needs
from kundskab.web.workspace.forms import WorkspaceForm


@needs(SET_WORKSPACE)
@require_http_methods(["GET", "HEAD", "POST"])
@needs_proof
def workspace(request: HttpRequest) -> HttpResponse:
    desk = the_desk()
    now = desk.settings.read()
    form = WorkspaceForm(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            desk.settings.change(who=request.user.email, **form.cleaned_data)
        except KundskabError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It holds from now on."))
            return redirect("workspace")
    context = {"now": now, "form": form, "timezones": sorted(available_timezones())}
    return render(request, "workspace/workspace.html", context, status=422 if form.errors else 200)
