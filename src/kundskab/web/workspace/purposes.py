"""Purposes and notices: what data is used for, and what people were told."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kundskab.types import KundskabError
from kundskab.web.desk import the_desk
from kundskab.web.staff.rights import SET_WORKSPACE, needs
from kundskab.web.workspace.forms import NoticeForm, PurposeForm


@needs(SET_WORKSPACE)
@require_http_methods(["GET", "HEAD", "POST"])
def purposes(request: HttpRequest) -> HttpResponse:
    rows = the_desk().purposes()
    form = PurposeForm(request.POST or None, taken={row.name for row in rows})
    if request.method == "POST" and form.is_valid() and _put(request, form, form.cleaned_data["name"]):
        said = _("The purpose %(name)s is there; sources can now be declared for it.")
        messages.success(request, said % form.cleaned_data)
        return redirect("purposes")
    context = {"purposes": rows, "form": form}
    return render(request, "workspace/purposes.html", context, status=422 if form.errors else 200)


@needs(SET_WORKSPACE)
@require_http_methods(["GET", "HEAD", "POST"])
def purpose(request: HttpRequest, name: str) -> HttpResponse:
    desk = the_desk()
    row = next((row for row in desk.purposes() if row.name == name), None)
    if row is None:
        raise Http404
    notices = desk.settings.notices(name)
    initial = {"basis": row.basis, "description": row.description, "notice": notices[0].text if notices else ""}
    form = NoticeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _put(request, form, name):
        messages.success(request, _("Version %(notice_version)s is what people read from now on.") % form.cleaned_data)
        return redirect("purpose", name)
    context = {"purpose": row, "notices": notices, "form": form}
    return render(request, "workspace/purpose.html", context, status=422 if form.errors else 200)


def _put(request: HttpRequest, form: NoticeForm, name: str) -> bool:
    """Whether it could be written; when not, the form says why."""
    given = {key: value for key, value in form.cleaned_data.items() if key != "name"}
    try:
        the_desk().put_purpose(name, **given, who=request.user.email)
    except KundskabError as refusal:
        form.add_error("notice_version", str(refusal))
        return False
    return True
