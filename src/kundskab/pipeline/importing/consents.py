"""What a row says about consent: purposes and statuses, in the many words that files use for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kundskab.lake.intake import Record
from kundskab.types import KundskabError

_PREFIX = "consent."
_STATUSES = {
    "grant": "grant granted yes y true t 1 opt_in optin opted_in accept accepted agree agreed allow allowed ja",
    "refuse": "refuse refused no n false f 0 deny denied decline declined reject rejected nej",
    "withdraw": "withdraw withdrawn revoke revoked opt_out optout opted_out unsubscribe unsubscribed",
    "object": "object objected objection",
}
_STATUS_OF = {word: status for status, words in _STATUSES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Speech:
    """One purpose and what the person said to it: grant, refuse, withdraw or object."""

    purpose: str
    status: str


class UnclearError(KundskabError):
    """A row that cannot be recorded; reason is the quarantine's short code."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def speeches(record: Record, purposes: Collection[str]) -> Iterator[Speech]:
    """What the row says, one purpose at a time; an empty cell says nothing. Raises UnclearError.

    A status that is not understood stops the row: guessing about consent is not done.
    """
    if "purpose" in record.values:
        yield _speech(record.values["purpose"] or "", record.values["status"] or "", purposes)
    for key, value in record.values.items():
        if key.startswith(_PREFIX) and value:
            yield _speech(key.removeprefix(_PREFIX), value, purposes)


def _speech(purpose: str, status: str, purposes: Collection[str]) -> Speech:
    known = purpose.strip().lower()
    if known not in purposes:
        raise UnclearError("unknown_purpose", f"There is no such purpose; this workspace knows {', '.join(purposes)}.")
    said = _STATUS_OF.get(status.strip().lower().replace("-", "_").replace(" ", "_"))
    if said is None:
        raise UnclearError("bad_status", "The status is not understood; write grant, refuse, withdraw or object.")
    return Speech(known, said)
