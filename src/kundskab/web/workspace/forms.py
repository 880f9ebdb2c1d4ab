"""What somebody writes about the workspace, a purpose or a notice: checked here and once more where it is kept."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kundskab.pipeline.workspace_settings import SLOWEST_DAYS, SettingsNow
from kundskab.web.base.templatetags.say import words
from kundskab.web.sources.forms import BASES
from kundskab.web.staff.rights import RIGHTS

NAME = RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("Small letters, digits and _, at most 40, beginning with a letter."))


class WorkspaceForm(forms.Form):
    """Name, clock, currency and choices. Clock and currency are shut once there are events."""

    name = forms.CharField(label=_("Name"), max_length=120)
    timezone = forms.CharField(
        label=_("Time zone"),
        widget=forms.TextInput(attrs={"list": "timezones", "autocapitalize": "none", "spellcheck": "false"}),
    )
    currency = forms.CharField(label=_("Currency of amounts that name none"), max_length=3)
    human_channels = forms.CharField(
        label=_("Channels in which a human of yours takes part"),
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none"}),
        help_text=_("As events carry them, with commas between. Distance is counted by them."),
    )
    shared_device_limit = forms.IntegerField(
        label=_("A device is shared when it was seen with more than so many others"),
        required=False,
        min_value=2,
        max_value=10_000,
        help_text=_("Such a device joins nobody to anybody. Empty: as the program has it."),
    )
    half_life_days = forms.FloatField(
        label=_("After how many days does what somebody did count half?"),
        min_value=1,
        max_value=SLOWEST_DAYS,
        help_text=_(
            "Segments are learnt so: few days follow every whim, many remember what is over. "
            "It holds from the next refresh."
        ),
    )
    second_step_roles = forms.MultipleChoiceField(
        label=_("Who must sign in with a second step?"),
        required=False,
        choices=[(role, role) for role in RIGHTS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever has none yet gets seven days from their next visit on."),
    )

    def __init__(self, *args: Any, now: SettingsNow, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": now.name,
            "timezone": now.timezone,
            "currency": now.currency,
            "human_channels": ", ".join(now.choices.human_channels),
            "shared_device_limit": now.choices.shared_device_limit,
            "half_life_days": _plainly(now.choices.half_life_days),
            "second_step_roles": list(now.choices.second_step_roles),
        }
        super().__init__(*args, **kwargs)
        if now.has_events:
            for name in ("timezone", "currency"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Stands, since there are events: their days and amounts follow it.")

    def clean_timezone(self) -> str:
        given: str = self.cleaned_data["timezone"]
        if given not in available_timezones():
            raise forms.ValidationError(_("That is no time zone; give one like Europe/Stockholm."))
        return given

    def clean_human_channels(self) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.cleaned_data["human_channels"].split(",") if word.strip())

    def clean_second_step_roles(self) -> tuple[str, ...]:
        return tuple(role for role in RIGHTS if role in self.cleaned_data["second_step_roles"])


def _plainly(days: float) -> float | int:
    """180.0 -> 180."""
    return int(days) if days == int(days) else days


class NoticeForm(forms.Form):
    """A new version of what people read about a purpose."""

    basis = forms.ChoiceField(label=_("Lawful basis"), choices=[(basis, words(basis)) for basis in ("consent", *BASES)])
    description = forms.CharField(
        label=_("What it means, in one sentence"), max_length=300, help_text=_("For those who work here.")
    )
    notice = forms.CharField(
        label=_("The notice that people read"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    notice_version = forms.CharField(
        label=_("Version"), max_length=40, help_text=_("A new text needs a new version; older ones stay on record.")
    )


class PurposeForm(NoticeForm):
    """A new purpose."""

    name = forms.CharField(
        label=_("Name"), max_length=40, validators=[NAME], help_text=_("Short, and for good, like analytics.")
    )
    field_order = ("name", "basis", "description", "notice", "notice_version")

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"notice_version": "1"})
        super().__init__(*args, **kwargs)
        self.taken = taken

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name in self.taken:
            raise forms.ValidationError(_("There is already a purpose of this name."))
        return name
