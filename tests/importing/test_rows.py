"""What a row becomes: columns, identifiers, money, times, properties, and the reasons why some become nothing."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.importing.conftest import VISITS, Write, balanced, stored
from tests.new_home import NOON

from kundskab.lake import compaction
from kundskab.lake.compaction import compact, plan
from kundskab.lake.reader import pin
from kundskab.lake.schema import arrow_schema
from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import guess_for, import_events
from kundskab.types import KundskabError


@pytest.mark.slow
def test_an_order_line_is_read_whole(home: Home, write: Write) -> None:
    path = write(
        "CustomerID;Date;Invoice;SKU;Group;Qty;Price;Cur;Shop;Note\n"
        '17850.0;31/01/2026 08:15;536365;85123A;gifts;6;2,55;SEK;Malmö;dörr "blå"\n',
    )

    import_events(
        home, path, timezone="Europe/Stockholm",
        mapping={
            "actor": "CustomerID", "occurred_at": "Date", "action": "='purchase'", "object": "SKU", "category": "Group",
            "quantity": "Qty", "value": "Qty * Price", "currency": "Cur", "channel": "Shop", "occasion": "Invoice",
        },
    )  # fmt: skip

    columns = (
        "action, object, category, quantity, value, currency, channel, occasion, occurred_at::VARCHAR, "
        "original_timestamp, source, journal, position"
    )
    assert stored(home, columns) == [
        ("purchase", "85123A", "gifts", 6.0, Decimal("15.3000"), "SEK", "Malmö", "536365", "2026-01-31 07:15:00+00",
         "31/01/2026 08:15", "visits", "import", 1),
    ]  # fmt: skip
    assert json.loads(stored(home, "properties")[0][0]) == {"Note": 'dörr "blå"', "Price": "2,55"}
    assert home.vault.find("user_id", "17850") == stored(home, "actor")[0][0]


@pytest.mark.slow
def test_files_have_the_lakes_own_columns_and_numbers(home: Home, write: Write) -> None:
    import_events(home, write("who,at,what\nann,2026-01-01,visit\n"), mapping=VISITS)

    schema = pq.read_schema(pin(home.lake).files[0])

    wanted = arrow_schema()
    assert schema.names == wanted.names
    assert [field.type for field in schema] == [field.type for field in wanted]
    assert [f.metadata[b"PARQUET:field_id"] for f in schema] == [f.metadata[b"PARQUET:field_id"] for f in wanted]


@pytest.mark.slow
def test_rows_lie_in_the_files_order_until_compaction_sorts_them(home: Home, write: Write) -> None:
    lines = "".join(f"u{i % 7},2026-01-{1 + i % 28:02d},visit\n" for i in range(200))
    import_events(home, write("who,at,what\n" + lines), mapping=VISITS)
    import_events(home, write("who,at,what\n" + lines, "again.csv"), mapping=VISITS)
    imported = pin(home.lake).files

    compact(home.lake, home.run / "compaction", everything=True)

    assert [pq.read_table(path).column("position").to_pylist() for path in imported] == [list(range(1, 201))] * 2
    (run,) = pin(home.lake).files
    table = pq.read_table(run, columns=["actor", "occurred_at"])
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    assert len(rows) == 400
    assert rows == sorted(rows)


@pytest.mark.slow
def test_a_large_import_is_taken_up_by_the_next_compaction(
    home: Home, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "FRESH_ROWS", 2)
    import_events(home, write("who,at,what\nann,2026-01-01,visit\nbo,2026-01-01,visit\n"), mapping=VISITS)
    files = home.lake.data_files()

    merges = plan(files)

    assert [(merge.files, merge.level) for merge in merges] == [(tuple(files), 1)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2026-01-01,visit,1", "no_actor"),
        ("  ,2026-01-01,visit,1", "no_actor"),
        ("null,2026-01-01,visit,1", "no_actor"),
        ("Undefined,2026-01-01,visit,1", "no_actor"),
        ("[object Object],2026-01-01,visit,1", "no_actor"),
        ("x" * 600 + ",2026-01-01,visit,1", "no_actor"),
        ("\u200b,2026-01-01,visit,1", "no_actor"),
        ("ann,,visit,1", "bad_time"),
        ("ann,yesterday,visit,1", "bad_time"),
        ("ann,1066-10-14,visit,1", "bad_time"),
        ("ann,2026-03-03,visit,1", "future_time"),
        ("ann,9999-01-01,visit,1", "future_time"),
        ("ann,infinity,visit,1", "future_time"),
        ("ann,2026-01-01,,1", "no_action"),
        ("ann,2026-01-01,visit,a lot", "bad_value"),
        ("ann,2026-01-01,visit,1e300", "bad_value"),
        ("ann,2026-01-01,visit,inf", "bad_value"),
        ("ann,2026-01-01,visit,99999999999999999", "bad_value"),
        ("ann,2026-01-01,visit", "missing_cells"),
        ("ann,2026-01-01,visit,1,2", "extra_cells"),
    ],
)
def test_a_bad_row_is_kept_aside_with_its_reason(home: Home, write: Write, row: str, reason: str) -> None:
    path = write(f"who,at,what,paid\nann,2026-01-01,visit,1\n{row}\nbo,2026-01-01,visit,\n")

    report = import_events(home, path, mapping=VISITS | {"value": "paid"}, now=lambda: NOON)

    assert report.reasons == {reason: 1}
    assert (report.rows, report.stored) == (3, 2)
    (kept,) = home.vault.quarantine()
    assert (kept.reason, kept.row_number, kept.source) == (reason, 2, "visits")
    assert kept.help.endswith(".")
    assert balanced(home)


@pytest.mark.slow
def test_a_bad_row_is_kept_once_however_often_it_comes(home: Home, write: Write) -> None:
    path = write("who,at,what\nann,2026-01-01,visit\n,2026-01-01,visit\n,2026-01-01,visit\n")
    import_events(home, path, mapping=VISITS)

    again = import_events(home, path, mapping=VISITS)

    assert again.quarantined == 2
    assert len(home.vault.quarantine()) == 2
    assert home.lake.state().books["visits"].quarantined == 2
    assert balanced(home)


@pytest.mark.slow
def test_nobody_gets_a_token_for_bad_rows_alone(home: Home, write: Write) -> None:
    import_events(home, write("who,at,what\nann,2026-01-01,visit\nbo,never,visit\n"), mapping=VISITS)

    assert home.vault.find("user_id", "ann") is not None
    assert home.vault.find("user_id", "bo") is None


@pytest.mark.slow
def test_zero_is_a_person_only_where_people_are_numbered(home: Home, write: Write) -> None:
    numbered = write("who,at,what\n" + "".join(f"{i},2026-01-01,vote\n" for i in range(6)), "votes.csv")
    guests = write("who,at,what\n" + "0,2026-01-01,visit\n" * 6 + "1,2026-01-01,visit\n2,2026-01-01,visit\n")

    assert import_events(home, numbered, mapping=VISITS).stored == 6
    assert import_events(home, guests, mapping=VISITS).reasons == {"no_actor": 6}


@pytest.mark.slow
def test_missing_numbers_are_no_bad_numbers(home: Home, write: Write) -> None:
    path = write("who,at,what,paid\n" + "".join(f"ann,2026-01-0{i},visit,{p}\n" for i, p in enumerate(
        ("", "NaN", "null", "N/A", "-", "0"), start=1)))  # fmt: skip

    import_events(home, path, mapping=VISITS | {"value": "paid"})

    assert [value for (value,) in stored(home, "value")] == [None] * 5 + [Decimal(0)]


@pytest.mark.slow
def test_a_row_without_a_user_is_its_devices(home: Home, write: Write) -> None:
    path = write("user,device,at,what\nann,d1,2026-01-01,visit\n,d1,2026-01-02,visit\n,d2,2026-01-03,visit\n")

    import_events(home, path, mapping={"actor": "user", "device": "device", "occurred_at": "at", "action": "what"})

    ann, d1, d2 = (
        home.vault.find(*who) for who in (("user_id", "ann"), ("anonymous_id", "d1"), ("anonymous_id", "d2"))
    )
    assert stored(home, "actor, device") == [(ann, d1), (d1, None), (d2, None)]
    assert home.vault.person_of(d1 or "") == home.vault.person_of(ann or "")
    assert home.vault.person_of(d2 or "") != home.vault.person_of(ann or "")


@pytest.mark.slow
def test_json_lines_keep_their_types_in_properties(home: Home, write: Write) -> None:
    path = write(
        '{"user":"ann","t":"2026-01-01T10:00:00Z","do":"visit","n":1.50,"deep":{"a":[1,null]},"ok":true}\n{"user":\n'
        '{"user":17850.0,"t":1767261600,"do":"visit","big":123456789012345678901}\n',
        "events.jsonl",
    )

    report = import_events(home, path, mapping={"actor": "user", "occurred_at": "t", "action": "do"})

    assert report.reasons == {"bad_json": 1}
    first, second = (text for (text,) in stored(home, "properties"))
    assert json.loads(first) == {"n": 1.5, "deep": {"a": [1, None]}, "ok": True}
    assert "big" in json.loads(second)
    assert home.vault.find("user_id", "17850") is not None


@pytest.mark.slow
def test_a_nested_cell_can_be_mapped(home: Home, write: Write) -> None:
    path = write('{"user":{"id":"ann"},"t":"2026-01-01T10:00:00Z"}\n', "events.ndjson")

    import_events(home, path, mapping={"actor": "user.id", "occurred_at": "t", "action": "='visit'"})

    assert home.vault.find("user_id", "ann") == stored(home, "actor")[0][0]


@pytest.mark.slow
def test_lists_of_lines_become_items(home: Home, write: Write) -> None:
    buffer = io.BytesIO()
    lines = [{"object": "tent", "category": "shelter", "quantity": 1.0, "price": Decimal("99.50")}]
    pq.write_table(
        pa.table({"who": ["ann", "bo"], "at": [datetime(2026, 1, 1, tzinfo=UTC)] * 2, "lines": [lines, None]}), buffer
    )

    import_events(
        home,
        write(buffer.getvalue(), "orders.parquet"),
        mapping={"actor": "who", "occurred_at": "at", "action": "='order'", "items": "lines"},
    )

    assert [items for (items,) in stored(home, "items")] == [lines, None]


@pytest.mark.slow
def test_properties_may_be_none_some_or_all(home: Home, write: Write) -> None:
    path = write("who,at,what,a,b\nann,2026-01-01,visit,01,2\n")

    for source, keep in (("all", "all"), ("none", "none"), ("some", ["b"])):
        import_events(home, path, mapping=VISITS, keep=keep, source=source)

    assert [text for (text,) in stored(home, "properties")] == ['{"a":"01","b":2}', "{}", '{"b":2}']


@pytest.mark.slow
def test_a_packed_file_with_a_guessed_mapping(home: Home, write: Write) -> None:
    path = write(gzip.compress(b"user_id;timestamp;event\nann;2026-01-01 10:00:00;visit\n"), "web.csv.gz")

    guess = guess_for(path)
    report = import_events(home, path)

    assert report.mapping == {key: text for key, text, _ in guess}
    assert report.source == "web"
    assert report.stored == 1


def test_a_guess_with_holes_is_refused_before_anything_is_written(home: Home, write: Write) -> None:
    with pytest.raises(KundskabError, match="map occurred_at"):
        import_events(home, write("user_id,b\n1,2\n"))

    assert home.lake.state().books == {}
    assert home.vault.sources() == []


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"occurred_at": "at", "action": "what"}, "who did it"),
        ({"actor": "who", "action": "what"}, "when it happened"),
        ({"actor": "who", "occurred_at": "at"}, "what was done"),
        (VISITS | {"person": "who"}, "cannot be mapped"),
        (VISITS | {"value": "price"}, "does not have"),
        (VISITS | {"value": "read_text('/etc/passwd')"}, "not allowed"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(home: Home, write: Write, mapping: dict[str, str], says: str) -> None:
    with pytest.raises(KundskabError, match=says):
        import_events(home, write("who,at,what\nann,2026-01-01,visit\n"), mapping=mapping)


def test_an_unknown_time_zone_is_refused(home: Home, write: Write) -> None:
    with pytest.raises(KundskabError, match="no time zone"):
        import_events(home, write("who,at,what\nann,2026-01-01,visit\n"), mapping=VISITS, timezone="Moon/Base")
