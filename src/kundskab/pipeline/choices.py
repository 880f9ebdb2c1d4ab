"""What a company chooses about its workspace, kept in workspace.json beside its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

HUMAN_CHANNELS = ("shop", "phone", "visit", "support", "chat", "workshop", "letter")
STRICT_ROLES = ("owner", "privacy")


@dataclass(frozen=True, slots=True)
class Choices:
    """Each has a default that serves a company which never opened its settings.

    human_channels: the channels in which a human of ours takes part, for the distance metric.
    shared_device_limit: an identifier seen with more than so many others is a shared device, not an identity;
    None leaves it to the program.
    half_life_days: after so many days what somebody did counts half, where segments learn; 1 or more.
    second_step_roles: the roles that must sign in with a second step.
    """

    human_channels: tuple[str, ...] = HUMAN_CHANNELS
    shared_device_limit: int | None = None
    half_life_days: float = 180.0
    second_step_roles: tuple[str, ...] = STRICT_ROLES

    def as_json(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def choices_from(raw: Mapping[str, Any]) -> Choices:
    """Choices as workspace.json holds them. What it does not name has its default; what we do not know is left out.

    Raises TypeError or ValueError for a value of the wrong kind.
    """
    known: dict[str, Any] = {}
    for name in ("human_channels", "second_step_roles"):
        if name in raw:
            known[name] = tuple(str(word) for word in raw[name])
    if raw.get("shared_device_limit") is not None:
        known["shared_device_limit"] = int(raw["shared_device_limit"])
    if raw.get("half_life_days") is not None:
        known["half_life_days"] = max(1.0, float(raw["half_life_days"]))
    return Choices(**known)
