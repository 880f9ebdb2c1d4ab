"""The form of an encounter: what is wrong is said, and nothing that was typed is thrown away."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from kundskab.pipeline.encounters import CHANNELS, LONGEST_TEXT
from kundskab.pipeline.encounters.meeting import LONGEST_NAME

KINDS = [(kind, kind.capitalize()) for kind in CHANNELS]
ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("not asked", _("Not asked"))]


class EncounterForm(forms.Form):
    """id is drawn when the form is shown, so that two clicks on Send are one encounter."""

    id = forms.CharField(widget=forms.HiddenInput, max_length=64)
    person = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    whom = forms.CharField(
        label=_("With whom?"),
        help_text=_("Their e-mail, phone or customer number. Leave it empty when you do not know."),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=_("How did you meet?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you met.")},
    )
    words = forms.CharField(
        label=_("What did they say, in their own words?"),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reading = forms.CharField(
        label=_("What did they seem to feel or mean?"),
        help_text=_("Kept apart, and always marked as our reading."),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    research = forms.ChoiceField(
        label=_("May we use it for research?"), choices=ANSWERS, widget=forms.RadioSelect, initial="not asked"
    )
    staff = forms.CharField(
        label=_("Who of us met them?"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Say who of us it was.")},
    )
    at = forms.DateTimeField(
        label=_("When?"),
        help_text=_("Leave it empty for just now."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": _("This time cannot be read; write it like 2026-03-01 14:30.")},
    )

    @classmethod
    def fresh(cls, **initial: Any) -> EncounterForm:
        return cls(initial={"id": uuid4().hex, "research": "not asked", **initial})

    def moment(self, now: datetime) -> datetime:
        """When they met, in the workspace's clock; just now when nothing was said."""
        return self.cleaned_data["at"] or now
