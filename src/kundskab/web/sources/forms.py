"""What somebody writes when they add a source, a key, or an overlap: checked here, trusted within."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kundskab.pipeline.answers import PurposeRow

NAME = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]{0,39}$",
    _("Small letters, digits, - and _, at most 40 of them, beginning with a letter or a digit."),
)
BASES = ("contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests")
ON_REFUSAL = {
    "strip": _("Keep the event, but never use it for what was refused"),
    "drop": _("Drop the event"),
}
NO_SIGNAL = {
    "no_grant": _("Keep the event, but use it only for what the person grants"),
    "declared": _("What is declared here, on the basis below; a refusal beats it"),
}
KINDS = {
    "browser": _("For a browser or app: everybody can read it there, so it may only add"),
    "server": _("For a server: keep it secret; what it says about who somebody is, is believed"),
}


class SourceForm(forms.Form):
    """A new live source."""

    name = forms.CharField(max_length=40, validators=[NAME])
    label = forms.CharField(max_length=120, required=False)
    purposes = forms.MultipleChoiceField(error_messages={"required": _("Choose at least one purpose.")})
    on_refusal = forms.ChoiceField(choices=list(ON_REFUSAL.items()), initial="strip")
    no_signal = forms.ChoiceField(choices=list(NO_SIGNAL.items()), initial="no_grant")
    basis = forms.ChoiceField(choices=[("", "")] + [(basis, basis) for basis in BASES], required=False)

    def __init__(self, *args: Any, purposes: list[PurposeRow], taken: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken
        self.fields["purposes"].choices = [(row.name, row.description) for row in purposes]

    def clean_name(self) -> str:
        # The desk would change the source of that name; whoever adds one does not mean that.
        name: str = self.cleaned_data["name"]
        if name in self.taken:
            raise forms.ValidationError(_("There is already a source of this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("no_signal") == "declared" and not cleaned.get("basis"):
            self.add_error("basis", _("Say on which lawful basis; it is recorded with your name."))
        return cleaned


class KeyForm(forms.Form):
    kind = forms.ChoiceField(choices=list(KINDS.items()))


class RotationForm(forms.Form):
    overlap_days = forms.IntegerField(min_value=0, max_value=90, initial=7)
