"""The map kept step by step, against the map reckoned from everything at once; on a real vault."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.drawn import drawn

from kundskab.consent.everybody import map_of_everybody
from kundskab.consent.purposes import install_defaults
from kundskab.consent.refresh import refresh
from kundskab.consent.rules import permission_bits
from kundskab.people import resolve
from kundskab.vault import KeyFile, Link, MapRow, Statement, Tx, Vault

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAMES = [("user_id", "ann"), ("user_id", "bo"), ("anonymous_id", "d1"), ("anonymous_id", "d2"), ("anonymous_id", "d3")]
MARKETING = 1 << 3


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with _open(tmp_path) as opened:
        yield opened


def test_a_withdrawal_holds_for_the_whole_person(vault: Vault) -> None:
    ann, _, d1, *_ = _actors(vault)

    _change(vault, links=[_link(ann, d1, "verified")], statements=[_say(ann, "grant", 0)])
    granted = _map(vault)
    _change(vault, statements=[_say(d1, "withdraw", 1)])

    assert granted == {ann: (ann, MARKETING, 0), d1: (ann, MARKETING, 0)}
    assert _map(vault) == {ann: (ann, 0, MARKETING), d1: (ann, 0, MARKETING)}


def test_a_second_user_on_the_device_parts_everybody(vault: Vault) -> None:
    ann, bo, d1, *_ = _actors(vault)

    _change(vault, links=[_link(ann, d1, "verified")], statements=[_say(d1, "grant", 0)])
    _change(vault, links=[_link(bo, d1, "verified")])

    assert _map(vault) == {d1: (d1, MARKETING, 0)}


def test_a_link_brings_an_old_refusal_along(vault: Vault) -> None:
    ann, _, d1, *_ = _actors(vault)

    _change(vault, statements=[_say(ann, "grant", 0), _say(d1, "refuse", 1)])
    _change(vault, links=[_link(ann, d1, "claimed")])

    assert _map(vault) == {ann: (ann, 0, MARKETING), d1: (ann, 0, MARKETING)}


def test_many_touched_actors_are_taken_in_parts(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundskab.consent.refresh._AT_ONCE", 2)
    actors = _actors(vault)

    with vault.transaction() as tx:
        touched = vault.add_statements(tx, [_say(actor, "grant", 0) for actor in actors])
        parts = list(refresh(vault, tx, touched))

    assert [len(part) for part in parts] == [2, 2, 1]
    assert {row.granted for part in parts for row in part} == {MARKETING}


def test_a_change_of_nearly_everything_resolves_everybody(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kundskab.consent.refresh._EVERYBODY_FROM", 4)
    ann, bo, d1, d2, _ = _actors(vault)

    _change(vault, links=[_link(ann, d1, "verified"), _link(bo, d2, "claimed")], statements=[_say(ann, "grant", 0)])

    assert _map(vault) == {ann: (ann, MARKETING, 0), d1: (ann, MARKETING, 0), d2: (bo, 0, 0)}


PLACES = st.integers(0, len(NAMES) - 1)
LINKS = st.tuples(st.just("link"), PLACES, PLACES, st.sampled_from(["claimed", "verified", "suggested", "manual"]))
UNDOINGS = st.tuples(st.just("undo"), st.integers(0, 10))
STATEMENTS = st.tuples(
    st.just("say"),
    PLACES,
    st.sampled_from(["grant", "grant", "refuse", "object"]),
    st.sampled_from(["verified", "claimed"]),
    st.integers(0, 5),
    st.booleans(),
)


@given(st.lists(st.one_of(LINKS, UNDOINGS, STATEMENTS), max_size=15))
@drawn(40, suppress_health_check=[HealthCheck.too_slow])
def test_step_by_step_is_the_same_as_all_at_once(changes: list[tuple]) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder, _open(Path(folder)) as vault:
        actors = _actors(vault)
        for number, change in enumerate(changes):
            with vault.transaction() as tx:
                touched = _do(vault, tx, actors, change, number)
                spoke = touched if change[0] == "say" else set()
                _write(vault, tx, touched - spoke, spoke)

        assert _map(vault) == _reckoned(vault, actors)
        assert _map(vault) == _at_once(vault)


def _do(vault: Vault, tx: Tx, actors: list[str], change: tuple, number: int) -> set[str]:  # type: ignore[type-arg]
    match change:
        case "link", a, b, kind:
            return vault.add_links(tx, [_link(actors[a], actors[b], kind)])
        case "undo", which:
            known = [link.id for link in vault.links_of(tx, actors)]
            wanted = known[which % len(known)] if known else None
            return vault.undo_link(tx, wanted, by="cy", reason="", at=NOW) if wanted else set()
        case _, who, status, strength, minute, from_signal:
            said = _say(actors[who], status, minute, strength=strength, from_signal=from_signal, position=str(number))
            return vault.add_statements(tx, [said])
    raise AssertionError(change)


def _at_once(vault: Vault) -> dict[str, tuple[str, int, int]]:
    """Everybody resolved at once, on arrays."""
    with vault.reading() as tx:
        rows = [MapRow(r.actor, r.person, r.granted, r.denied) for rows in map_of_everybody(vault, tx) for r in rows]
    return {row.actor: (row.person, row.granted, row.denied) for row in rows if not row.is_default}


def _reckoned(vault: Vault, actors: list[str]) -> dict[str, tuple[str, int, int]]:
    with vault.reading() as tx:
        resolution = resolve(vault.kinds_of(tx, actors), vault.links_of(tx, actors))
        bits = permission_bits(
            actors,
            person_of=resolution.person_of,
            verified_of=resolution.verified_of,
            said=vault.said_by(tx, actors),
            masks={"marketing": MARKETING},
        )
    rows = [MapRow(a, resolution.person_of[a], bits[a].granted, bits[a].denied) for a in actors]
    return {row.actor: (row.person, row.granted, row.denied) for row in rows if not row.is_default}


def _open(folder: Path) -> Vault:
    vault = Vault.open(
        folder / "home" / "vault.sqlite", KeyFile.create(folder / "keys" / "keys.json", "0123456789abcdef")
    )
    with vault.transaction() as tx:
        install_defaults(vault, tx, at=NOW)
    return vault


def _actors(vault: Vault) -> list[str]:
    with vault.transaction() as tx:
        return vault.tokens(tx, NAMES, NOW)


def _change(vault: Vault, *, links: list[Link] | None = None, statements: list[Statement] | None = None) -> None:
    with vault.transaction() as tx:
        _write(vault, tx, vault.add_links(tx, links or []), vault.add_statements(tx, statements or []))


def _write(vault: Vault, tx: Tx, touched: set[str], spoke: set[str]) -> None:
    for rows in refresh(vault, tx, touched, spoke=spoke):
        vault.write_map(tx, rows)


def _map(vault: Vault) -> dict[str, tuple[str, int, int]]:
    rows = [MapRow(**row) for row in vault.read_map().to_pylist()]
    return {row.actor: (row.person, row.granted, row.denied) for row in rows if not row.is_default}


def _link(a: str, b: str, kind: str) -> Link:
    return Link(a, b, kind, "identify", "web", NOW)


def _say(
    actor: str,
    status: str,
    minute: int,
    *,
    strength: str = "verified",
    from_signal: bool = False,
    position: str | None = None,
) -> Statement:
    at = NOW + timedelta(minutes=minute)
    place = position or f"{actor}:{minute}"
    return Statement(
        actor, "marketing", status, strength, "consent", "1", "web", None, at, at, place, from_signal=from_signal
    )
