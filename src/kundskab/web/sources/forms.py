"""What somebody writes when they add a source, a key, or an overlap: checked here, trusted within."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kundskab.pipeline.answers import PurposeRow
from kundskab.pipeline.workspace_settings import SourceSettings

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


class ChangeForm(forms.Form):
    """All that can be changed of a live source. Its name stays: events and keys carry it."""

    label = forms.CharField(label=_("Label"), max_length=120, help_text=_("How people here call it."))
    no_signal = forms.ChoiceField(
        label=_("When an event carries no consent signal"), choices=list(NO_SIGNAL.items()), widget=forms.RadioSelect
    )
    on_refusal = forms.ChoiceField(
        label=_("When a person has refused"), choices=list(ON_REFUSAL.items()), widget=forms.RadioSelect
    )
    categories = forms.CharField(
        label=_("Words of its consent banner"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line, each with the purpose it means: C0002 = analytics"),
    )
    events_per_second = forms.FloatField(
        label=_("Events a second, for each key in each worker"),
        required=False,
        min_value=0.01,
        help_text=_("Empty leaves it as it is."),
    )

    def __init__(self, *args: Any, source: SourceSettings, purposes: list[PurposeRow], **kwargs: Any) -> None:
        lines = "\n".join(f"{word} = {purpose}" for word, purpose in sorted(source.categories.items()))
        kwargs["initial"] = {
            "label": source.label,
            "no_signal": source.no_signal,
            "on_refusal": source.on_refusal,
            "categories": lines,
            "events_per_second": source.events_per_second,
        }
        super().__init__(*args, **kwargs)
        self.purposes = purposes
        for row in purposes:
            self.fields[f"for_{row.name}"] = forms.BooleanField(required=False, initial=row.name in source.purposes)
            self.fields[f"basis_{row.name}"] = forms.ChoiceField(
                choices=[(basis, basis) for basis in ("consent", *BASES)],
                initial=source.basis.get(row.name, row.basis),
            )

    def rows(self) -> list[tuple[PurposeRow, Any, Any]]:
        """(purpose, whether its events are used for it, on which basis) for each purpose."""
        return [(row, self[f"for_{row.name}"], self[f"basis_{row.name}"]) for row in self.purposes]

    def clean_categories(self) -> dict[str, str]:
        pairs: dict[str, str] = {}
        known = {row.name for row in self.purposes}
        for line in self.cleaned_data["categories"].splitlines():
            word, equals, purpose = (part.strip() for part in line.partition("="))
            if not (word or equals):
                continue
            if not word or purpose not in known:
                raise forms.ValidationError(
                    _("“%(line)s” is not a word and a purpose; write it like C0002 = analytics."), params={"line": line}
                )
            pairs[word] = purpose
        return pairs

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(f"for_{row.name}") for row in self.purposes):
            raise forms.ValidationError(_("Choose at least one purpose; without one its events are refused."))
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What the desk is asked to change."""
        given = self.cleaned_data
        chosen = [row.name for row in self.purposes if given[f"for_{row.name}"]]
        return {
            "label": given["label"],
            "purposes": chosen,
            "basis": {name: given[f"basis_{name}"] for name in chosen},
            "on_refusal": given["on_refusal"],
            "no_signal": given["no_signal"],
            "categories": given["categories"],
            "events_per_second": given["events_per_second"],
        }


class ReadKeyForm(forms.Form):
    """A new read key."""

    name = forms.CharField(
        label=_("Who uses it?"), max_length=100, help_text=_("A program, like: web shop. It stands in the audit.")
    )
    purposes = forms.MultipleChoiceField(
        label=_("What may it read for?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one purpose.")},
    )
    may_record = forms.BooleanField(
        label=_("It may also write consents down"),
        required=False,
        help_text=_("For a server that asks people and tells us what they said."),
    )

    def __init__(self, *args: Any, purposes: list[PurposeRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purposes"].choices = [(row.name, row.name) for row in purposes]


class KeyForm(forms.Form):
    kind = forms.ChoiceField(choices=list(KINDS.items()))


class RotationForm(forms.Form):
    overlap_days = forms.IntegerField(min_value=0, max_value=90, initial=7)
