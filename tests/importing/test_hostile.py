"""Cells and names that would like to be something else stay what they are."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tests.importing.conftest import Write, balanced, stored

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_events

CELLS = [
    "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "'; DROP TABLE bad; --", '" OR 1=1 --',
    "read_text('/etc/passwd')", "$$x$$", "=1+1", "+1", "-1+1", "@SUM(A1)", "\tx", "a\rb", "a\nb", "\u202egnp.exe",
    "z\u200bw", "ann@ex\u0430mple.com", "e\u0301", "\u00e9", "a" + "\u0301" * 2_000, "\U0001f469\u200d\U0001f680",
    "__proto__", "constructor", "../../etc/passwd", "a\x00b", "\x1f\x1e", "NaN?", "%s%n", "\\", '"', "'",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("column", ["who", "what", "note"])
def test_hostile_cells_are_only_text(home: Home, write: Write, column: str) -> None:
    text = io.StringIO()
    out = csv.DictWriter(text, ["who", "at", "what", "note"])
    out.writeheader()
    out.writerows({"who": "ann", "at": "2026-01-01", "what": "visit", "note": "", column: cell} for cell in CELLS)

    report = import_events(
        home, write(text.getvalue()), mapping={"actor": "who", "occurred_at": "at", "action": "what"}
    )

    assert report.rows == len(CELLS)
    # 2,001 signs name nobody; as an action or a note they are welcome.
    assert report.reasons == ({"no_actor": 1} if column == "who" else {})
    if column == "note":
        assert [json.loads(text)["note"] for (text,) in stored(home, "properties")] == CELLS
    if column == "what":
        assert [action for (action,) in stored(home, "action")] == [cell.strip(" ") for cell in CELLS]
    assert balanced(home)


@pytest.mark.slow
def test_two_spellings_of_one_name_are_one_person(home: Home, write: Write) -> None:
    path = write("who,at,what\nZo\u00e9,2026-01-01,visit\nZoe\u0301,2026-01-02,visit\n  Zo\u00e9\u200b ,2026-01-03,v\n")

    import_events(home, path, mapping={"actor": "who", "occurred_at": "at", "action": "what"})

    assert len(set(stored(home, "actor"))) == 1


@pytest.mark.slow
def test_hostile_column_names_are_only_names(home: Home, write: Write) -> None:
    names = ["person_id", "_consent", 'a"b', "event_id", "n", "line", "actor", "Actor", "'; DROP TABLE bad; --", "$.x"]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in ["who", "at", *names])
    path = write(f"{header}\nann,2026-01-01,{','.join(f'v{i}' for i in range(len(names)))}\n")

    import_events(home, path, mapping={"actor": "who", "occurred_at": "at", "action": "='visit'"})

    kept = json.loads(stored(home, "properties")[0][0])
    assert kept == {name: f"v{i}" for i, name in enumerate(names)}


@pytest.mark.slow
def test_ten_thousand_keys_do_no_harm(home: Home, write: Write) -> None:
    lines = "".join(
        json.dumps({"who": "ann", "at": "2026-01-01", f"k{i}": i, f"'{i}\"": None}) + "\n" for i in range(10_000)
    )

    report = import_events(
        home,
        write(lines, "wide.jsonl"),
        mapping={"actor": "who", "occurred_at": "at", "action": "='visit'"},
    )

    assert report.stored == 10_000
    assert json.loads(stored(home, "properties", "position = 9000")[0][0])["k8999"] == 8999
