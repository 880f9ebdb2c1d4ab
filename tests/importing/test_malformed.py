"""Whatever a sender may send may also stand in a file: the door's malformed corpus, through the importer.

Every line is stored, refused, a duplicate or quarantined with a reason that says what helps; a file that is no file
of events is refused in one sentence, and nothing is stored then.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from tests.events.corpus import BODIES, EVENTS
from tests.importing.conftest import Write, balanced, stored

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_events, import_objects, import_people
from kundskab.types import ImportReport, KundskabError

SENT = {"actor": "userId", "occurred_at": "timestamp", "action": "event", "event_id": "messageId"}
FIRST, LAST = (
    json.dumps({"userId": "bo", "timestamp": "2026-01-01T12:00:00Z", "event": "visit", "messageId": id_}).encode()
    for id_ in ("first", "last")
)

# A file's line ends where the line ends, whatever stands in it.
LINES = [(name, b" ".join(body.split(b"\n"))) for name, body in BODIES]


@pytest.mark.slow
def test_a_bad_line_leaves_its_neighbours_alone(home: Home, write: Write) -> None:
    for number, (name, line) in enumerate(LINES):
        path = write(b"\n".join([FIRST, line, LAST]), "sent.jsonl")

        report = taken(lambda path=path, source=f"s{number}": import_events(home, path, mapping=SENT, source=source))

        if report is None:
            assert b"\x00" in line, f"{name}: only what is no text at all spoils its file"
            continue
        assert report.rows == (3 if line.strip() else 2), name
        assert ids_of(home, f"s{number}") >= {"first", "last"}, name
    assert every_row_has_an_end(home)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_files_of_garbage_do_no_harm(home: Home, write: Write, ending: str) -> None:
    for number, (_, body) in enumerate(BODIES):
        path = write(body, f"garbage-{number}.{ending}")
        for door in (import_events, import_people, import_objects):
            taken(lambda door=door, path=path: door(home, path))

    assert every_row_has_an_end(home)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["lines", "array"])
def test_odd_events_have_an_end_and_leave_their_neighbours_alone(home: Home, write: Write, shape: str) -> None:
    good = [
        json.dumps({"userId": "bo", "timestamp": "2026-01-01", "event": "visit", "messageId": f"good-{place}"}).encode()
        for place in range(len(EVENTS))
    ]
    odd = [json.dumps(raw).encode() for _, raw in EVENTS]
    lines = [line for pair in zip(odd, good, strict=True) for line in pair]
    text = b"\n".join(lines) if shape == "lines" else b"[" + b",\n".join(lines) + b"]"

    report = import_events(home, write(text, "odd.json"), mapping=SENT, source="odd")

    assert report.rows == 2 * len(EVENTS)
    assert ids_of(home, "odd") >= {f"good-{place}" for place in range(len(EVENTS))}
    assert every_row_has_an_end(home)


@pytest.mark.slow
def test_odd_events_have_an_end_as_cells_too(home: Home, write: Write) -> None:
    odd = [raw for _, raw in EVENTS if isinstance(raw, dict)]

    report = import_events(home, write(as_csv(odd), "odd.csv"), mapping=SENT)

    assert report.rows == len(odd)
    assert report.stored > 0
    assert every_row_has_an_end(home)


def taken(door: Callable[[], ImportReport]) -> ImportReport | None:
    """What the importer reports; None when it refuses the file, in a sentence. Anything else flies up."""
    said, report = "", None
    try:
        report = door()
    except KundskabError as refusal:
        said = str(refusal)
    if report is None:
        assert said.endswith((".", "?"))
        assert "\n" not in said
    else:
        assert report.rows == report.stored + report.duplicates + report.refused + report.quarantined
    return report


def ids_of(home: Home, source: str) -> set[str]:
    return {event_id for (event_id,) in stored(home, "event_id", f"source = '{source}'")}


def every_row_has_an_end(home: Home) -> bool:
    """The books balance, what is stored can be read, what is kept aside says why and what helps."""
    kept_aside = home.vault.quarantine(limit=10_000)
    return (
        balanced(home)
        and all(isinstance(orjson.loads(text), dict) for (text,) in stored(home, "properties"))
        and all(bad.reason and bad.help.endswith(".") for bad in kept_aside)
    )


def as_csv(events: Sequence[dict[str, Any]]) -> str:
    """One column a field; what is no text stands as JSON, as a table tool would write it."""
    columns = sorted({key for event in events for key in event})
    text = io.StringIO()
    out = csv.DictWriter(text, columns)
    out.writeheader()
    for event in events:
        out.writerow({key: value if isinstance(value, str) else json.dumps(value) for key, value in event.items()})
    return text.getvalue()
