"""The command line: what it prints where, and that it fails in one sentence with an exit code."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.house import House, identify, track

from kundskab.cli import main
from kundskab.vault import hash_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """run("status", "--json") -> exit code, stdout, stderr."""

    def command(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def here(house: House) -> tuple[str, Path]:
    """--home DIR of a workspace with Ann, who agrees, and Bo, who was not asked."""
    house.take(identify("ann", "phone", consent={"analytics": True}, traits={"plan": "gold"}), key="server")
    house.take(track("bo", "Bought"), key="server")
    return "--home", house.home.folder


# --- a workspace


@pytest.mark.slow
def test_init_makes_a_workspace_and_tells_where_its_keys_lie(run: Run, tmp_path: Path, keys_folder: Path) -> None:
    code, out, _ = run("init", "--home", tmp_path / "acme", "--name", "Acme", "--timezone", "Europe/Stockholm")

    assert code == 0
    assert "'Acme'" in out
    assert str(keys_folder) in out
    assert run("status", "--home", tmp_path / "acme")[0] == 0


@pytest.mark.slow
def test_init_will_not_make_one_twice(run: Run, here: tuple[str, Path]) -> None:
    code, out, err = run("init", *here)

    assert (code, out) == (1, "")
    assert err.startswith("kundskab: There is already a workspace in ")
    assert err.count("\n") == 1


@pytest.mark.slow
def test_a_fictitious_workspace_takes_no_real_file(run: Run, tmp_path: Path, keys_folder: Path) -> None:
    run("init", "--home", tmp_path / "acme", "--fictitious")
    (tmp_path / "real.csv").write_text("who,when\nann,2026-01-01\n")
    words = ("--map", "actor=who", "--map", "occurred_at=when", "--map", "action='bought'")

    code, _, err = run("import", tmp_path / "real.csv", "--home", tmp_path / "acme", *words)

    assert code == 1
    assert "fictitious" in err
    assert run("import", tmp_path / "real.csv", "--home", tmp_path / "acme", *words, "--fictitious")[0] == 0
    assert "Fictitious company" in run("people", "--home", tmp_path / "acme")[2]


@pytest.mark.slow
def test_status_as_json_is_one_object_with_the_books(run: Run, here: tuple[str, Path]) -> None:
    code, out, err = run("status", *here, "--json")

    status = json.loads(out)
    assert (code, err) == (0, "")
    wanted = ("received", "stored", "duplicate", "refused", "quarantined", "persons", "actors", "lag_seconds")
    assert {key: status[key] for key in wanted} == {
        "received": 2, "stored": 2, "duplicate": 0, "refused": 0, "quarantined": 0, "persons": 2, "actors": 3,
        "lag_seconds": 0.0,
    }  # fmt: skip


@pytest.mark.slow
def test_status_for_humans_says_that_the_books_balance(run: Run, here: tuple[str, Path]) -> None:
    code, out, _ = run("status", *here)

    assert code == 0
    assert "the books" in out
    assert "DO NOT" not in out


@pytest.mark.slow
def test_the_doctor_finds_a_sound_workspace_sound(run: Run, here: tuple[str, Path]) -> None:
    code, out, _ = run("doctor", *here)

    assert code == 0, out
    assert "BAD" not in out


# --- keys


@pytest.mark.slow
def test_keys_create_prints_the_key_alone(run: Run, here: tuple[str, Path]) -> None:
    code, out, err = run("keys", "create", "--source", "web", *here)

    assert (code, err) == (0, "")
    assert out.startswith("kw_")
    assert out.count("\n") == 1
    assert hash_of(out.strip())


@pytest.mark.slow
def test_keys_create_makes_workspace_and_source_when_new(run: Run, tmp_path: Path, keys_folder: Path) -> None:
    code, out, err = run("keys", "create", "--source", "web", "--home", tmp_path / "new")

    assert code == 0
    assert hash_of(out.strip())
    assert "new workspace" in err


@pytest.mark.slow
def test_a_key_is_listed_without_its_secret_and_can_be_rotated_and_revoked(run: Run, here: tuple[str, Path]) -> None:
    key = run("keys", "create", "--source", "web", *here)[1].strip()

    new = run("keys", "rotate", 1, *here)[1].strip()
    run("keys", "revoke", 2, *here)
    code, out, _ = run("keys", *here)

    assert code == 0
    assert key not in out
    assert new not in out
    assert "until" in out.splitlines()[0]
    assert "revoked" in out.splitlines()[1]


def test_a_further_key_leaves_the_source_as_it_is(run: Run, house: House) -> None:
    plan = "{events: {Bought: {}}}"
    house.desk.create_source("web", purposes=["analytics"], on_refusal="drop", plan=plan, who="Cy")

    run("keys", "create", "--source", "web", "--home", house.home.folder)

    [source] = house.desk.sources()
    assert (source.purposes, source.on_refusal) == ({"analytics": "consent"}, "drop")
    kept = house.home.vault.source("web")
    assert kept is not None
    assert kept.settings["plan"] == plan


@pytest.mark.slow
def test_a_purpose_is_added_and_keeps_the_notices_that_people_agreed_to(run: Run, house: House) -> None:
    home = ("--home", house.home.folder)
    asked = ("consent", "purpose", "fitting", "--basis", "consent")
    run(*asked, "--notice", "We keep your sizes.", "--notice-version", "1", *home)

    code, _, _ = run(*asked, "--notice", "We keep your sizes for a year.", "--notice-version", "2", *home)

    assert code == 0
    purpose = house.desk.purposes()[-1]
    assert (purpose.name, purpose.basis, purpose.notice_version) == ("fitting", "consent", "2")
    assert house.home.vault.notice("fitting", "1") == "We keep your sizes."
    assert house.view("fitting").events.count().execute() == 0


def test_what_is_said_of_a_source_changes_and_nothing_else_of_it(run: Run, house: House) -> None:
    house.desk.create_source(
        "web", label="Shop", purposes=["analytics"], basis="public_task", on_refusal="drop", who="Cy"
    )
    said = ("--purpose", "analytics", "--purpose", "marketing", "--category", "cookies-2=marketing")

    run("keys", "create", "--source", "web", *said, "--events-per-second", 50, "--home", house.home.folder)

    [source] = house.desk.sources()
    assert (source.label, source.on_refusal) == ("Shop", "drop")
    assert source.purposes == {"analytics": "public_task", "marketing": "consent"}
    kept = house.home.vault.source("web")
    assert kept is not None
    assert (kept.categories, kept.settings["events_per_second"]) == ({"cookies-2": "marketing"}, 50)


# --- people and consent


@pytest.mark.slow
def test_people_resolve_prints_a_token_or_a_dash_a_line(run: Run, here: tuple[str, Path], house: House) -> None:
    code, out, _ = run("people", "resolve", "bo", "nobody", "ann", *here)

    assert out.split() == [house.person("bo"), "-", house.person("ann")]
    assert code == 1


@pytest.mark.slow
def test_people_find_tells_what_the_purpose_allows(run: Run, here: tuple[str, Path]) -> None:
    ann = json.loads(run("people", "find", "ann", *here)[1])
    bo = json.loads(run("people", "find", "bo", *here)[1])

    assert (ann["facts"], ann["allowed"]["analytics"]) == ({"plan": "gold"}, True)
    assert (bo["events"], bo["allowed"]["analytics"]) == (0, False)


@pytest.mark.slow
def test_a_purpose_may_stand_before_the_deed(run: Run, here: tuple[str, Path]) -> None:
    found = json.loads(run("people", "--purpose", "necessary", "find", "bo", *here)[1])

    assert (found["purpose"], found["events"]) == ("necessary", 1)


@pytest.mark.slow
def test_people_lists_whom_the_purpose_allows(run: Run, here: tuple[str, Path], house: House) -> None:
    _, out, err = run("people", *here)

    assert house.person("ann") in out
    assert house.person("bo") not in out
    assert "1 people" in err


@pytest.mark.slow
def test_consent_granted_and_withdrawn_holds_at_once(run: Run, here: tuple[str, Path], house: House) -> None:
    run("consent", "grant", "bo", "--purpose", "analytics", "--proof", '{"form": "F7"}', *here)
    assert "Bought" in house.seen()

    code, out, _ = run("consent", "withdraw", "bo", "--purpose", "analytics", *here)

    assert code == 0
    assert house.person("bo") in out
    assert "Bought" not in house.seen()


@pytest.mark.slow
def test_consent_purposes_tells_the_basis_of_each(run: Run, here: tuple[str, Path]) -> None:
    code, out, _ = run("consent", "purposes", *here)

    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()][:2] == [["necessary", "contract"], ["analytics", "consent"]]


# --- files and journals


@pytest.mark.slow
def test_import_prints_the_report_alone(run: Run, tmp_path: Path, keys_folder: Path) -> None:
    (tmp_path / "orders.csv").write_text("who,when,paid\nann,2026-01-01,3\nbo,2026-01-02,4\n,2026-01-03,5\n")

    code, out, _ = run(
        "import", tmp_path / "orders.csv", "--home", tmp_path / "acme", "--map", "actor=who",
        "--map", "occurred_at=when", "--map", "action='bought'", "--map", "value=paid*2", "--yes", "--json",
    )  # fmt: skip

    report = json.loads(out)
    assert code == 0
    assert (report["rows"], report["stored"], report["quarantined"], report["reasons"]) == (3, 2, 1, {"no_actor": 1})
    assert report["mapping"]["value"] == "paid*2"


def test_digest_tells_what_it_did(run: Run, house: House) -> None:
    house.hear(track(id="a"), track(id="a"))

    code, out, _ = run("digest", "--home", house.home.folder)

    assert (code, out) == (0, "2 events: 1 stored, 1 duplicates, 0 refused, 0 quarantined\n")


@pytest.mark.slow
def test_refresh_digests_and_tidies(run: Run, house: House) -> None:
    house.hear(track())

    assert run("refresh", "--everything", "--home", house.home.folder)[0] == 0
    assert house.desk.books().stored == 1


# --- what goes wrong


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("status",), "make one with: kundskab init --home"),
        (("digest",), "There is no workspace in"),
        (("people", "find", "ann"), "There is no workspace in"),
        (("keys", "list"), "There is no workspace in"),
    ],
)
def test_without_a_workspace_it_says_how_to_make_one(run: Run, tmp_path: Path, words: tuple[str], said: str) -> None:
    code, out, err = run(*words, "--home", tmp_path / "nowhere")

    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("people", "--purpose", "curiosity"), "There is no purpose 'curiosity' here"),
        (("consent", "grant", "ann", "--purpose", "curiosity"), "There is no purpose 'curiosity' here"),
        (("consent", "purpose", "a b", "--basis", "consent", "--notice", "x", "--notice-version", "1"), "cannot name"),
        (("consent", "purpose", "fit", "--basis", "whim", "--notice", "x", "--notice-version", "1"), "no lawful basis"),
        (("consent", "purpose", "fit", "--basis", "consent", "--notice", " ", "--notice-version", "1"), "the notice"),
        (("consent", "grant", "", "--purpose", "analytics"), "identifies nobody"),
        (("consent", "grant", "ann", "--purpose", "analytics", "--proof", "a letter"), "--proof wants a JSON object"),
        (("keys", "create", "--source", "new", "--purpose", "analytics=curiosity"), "is no lawful basis"),
        (("keys", "create", "--source", "new", "--category", "cookies"), "wants NAME=PURPOSE"),
        (("keys", "create", "--source", "new", "--category", "cookies=fame"), "no purpose 'fame'"),
        (("keys", "create", "--source", "new", "--events-per-second", "0"), "more than 0"),
        (("keys", "create", "--source", "a/../b\n"), "cannot name a source"),
        (("keys", "rotate", "99"), "There is no write key 99"),
        (("import", "orders.csv", "--map", "actor"), "--map wants KEY=EXPR"),
        (("import", "nowhere.csv", "--map", "actor=who"), "There is no file nowhere.csv"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(run: Run, house: House, words: tuple[str, ...], said: str) -> None:
    code, out, err = run(*words, "--home", house.home.folder)

    assert (code, out) == (1, "")
    assert err.startswith("kundskab: ")
    assert said in err
    assert err.count("\n") == 1


def test_a_file_where_a_folder_should_be_is_no_traceback(run: Run, tmp_path: Path, keys_folder: Path) -> None:
    (tmp_path / "file").write_text("")

    code, _, err = run("init", "--home", tmp_path / "file" / "home")

    assert code == 1
    assert err.startswith("kundskab: ")


def test_a_busy_workspace_names_who_writes(run: Run, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundskab.pipeline import writing
    from kundskab.pipeline.locks import vault_lock

    monkeypatch.setattr(writing, "WAIT_SECONDS", 0)
    with vault_lock(house.home.run, "import"):
        code, _, err = run("people", "find", "ann", "--home", house.home.folder)

    assert code == 1
    assert "(import)" in err


def test_a_failing_disk_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fails(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("kundskab.cli.common.workspace", fails)
    monkeypatch.setattr("kundskab.cli.taking_in.workspace", fails)

    code, out, err = run("refresh", "--home", tmp_path)

    assert (code, out) == (1, "")
    assert err.startswith("kundskab: The disk could not be read or written. Nothing acknowledged is lost;")
    assert err.count("\n") == 1
