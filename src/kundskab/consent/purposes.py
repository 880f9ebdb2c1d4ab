"""The purposes a workspace starts with: lawful basis and the notice people read, version 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

NOTICE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class DefaultPurpose:
    name: str
    basis: str  # GDPR article 6(1)
    description: str  # for staff
    notice: str  # what the person reads


DEFAULTS: tuple[DefaultPurpose, ...] = (
    DefaultPurpose(
        "necessary",
        "contract",
        "Deliver what was ordered: orders, payments, returns, service.",
        "We use your data to deliver what you order from us and to answer you. Without it we cannot serve you.",
    ),
    DefaultPurpose(
        "analytics",
        "consent",
        "Understand how customers use what we offer, in counts and patterns.",
        "If you agree, we use what you do with us to understand what works and to do it better. "
        "You can stop this at any time, and nothing else changes for you.",
    ),
    DefaultPurpose(
        "personalisation",
        "consent",
        "Choose what one person is shown from what that person did.",
        "If you agree, we use what you did with us to show you what is likely to be useful to you. "
        "You can stop this at any time.",
    ),
    DefaultPurpose(
        "marketing",
        "consent",
        "Write to people about offers, and measure whether it was worth it.",
        "If you agree, we use your data to send you offers by the channels you choose. "
        "You can stop this at any time; every message tells how.",
    ),
    DefaultPurpose(
        "research",
        "consent",
        "Answer questions with statistics that name nobody.",
        "If you agree, we use your data for statistics and studies in which nobody can be recognised. "
        "You can stop this at any time.",
    ),
)
# Global Privacy Control is a legal objection where it applies; we honour it everywhere, for what it is about.
GPC_OBJECTS_TO: tuple[str, ...] = ("personalisation", "marketing")


class PurposeBook(Protocol):
    """Where purposes are kept; the vault is one."""

    def put_purpose(
        self, tx: Any, name: str, *, basis: str, description: str, notice: str, notice_version: str, at: datetime
    ) -> object: ...


def install_defaults(book: PurposeBook, tx: Any, *, at: datetime) -> None:
    """Give a new workspace its purposes. For new workspaces only: it would renew what a company changed since."""
    for purpose in DEFAULTS:
        book.put_purpose(
            tx,
            purpose.name,
            basis=purpose.basis,
            description=purpose.description,
            notice=purpose.notice,
            notice_version=NOTICE_VERSION,
            at=at,
        )
