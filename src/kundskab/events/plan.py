"""Tracking plan: which events and properties are agreed on, and what becomes of the others. Written in YAML."""

from __future__ import annotations

from typing import Any


class TrackingPlan:
    def apply(self, action: str, properties: dict[str, Any]) -> dict[str, Any] | str:
        raise NotImplementedError
