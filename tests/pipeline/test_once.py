"""Each event once: whatever is sent twice, wherever the digest is killed, whatever index is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.house import YES, House, identify, track

from kundskab.lake import Lake
from kundskab.pipeline.home import Home
from kundskab.pipeline.ids import IdIndex, Sighting
from kundskab.vault import Vault


class Killed(Exception):
    """The process is gone at this point."""


@pytest.mark.slow
def test_the_same_id_twice_in_a_batch_is_stored_once(house: House) -> None:
    done = house.take(track(id="a"), track(id="a"), track(id="b"))

    assert (done.stored, done.duplicate) == (2, 1)
    assert house.rows() == [("web", "a"), ("web", "b")]


@pytest.mark.slow
def test_the_same_id_in_a_later_batch_is_a_double(house: House) -> None:
    house.take(track(id="a"))

    done = house.take(track(id="a"))

    assert (done.stored, done.duplicate) == (0, 1)
    assert house.rows() == [("web", "a")]


@pytest.mark.slow
def test_the_same_id_in_the_journals_of_two_workers_is_stored_once(house: House) -> None:
    house.hear(track(id="a"), worker="00")
    house.hear(track(id="a"), worker="01")

    done = house.digest()

    assert (done.stored, done.duplicate) == (1, 1)
    assert house.rows() == [("web", "a")]


@pytest.mark.slow
def test_the_same_id_from_two_sources_is_two_events(house: House) -> None:
    house.desk.create_source("shop", who="Cy")

    house.hear(track(id="a"), source="web")
    house.hear(track(id="a"), source="shop")
    house.digest()

    assert house.rows() == [("shop", "a"), ("web", "a")]


def test_an_event_without_an_id_is_known_again_by_its_content(house: House) -> None:
    nameless = {"type": "track", "event": "Visited", "userId": "ann", "timestamp": "2026-03-01T11:00:00Z"}

    house.take(nameless, nameless)

    assert house.desk.books().stored == 1
    assert house.desk.books().duplicate == 1


def test_digesting_again_changes_nothing(house: House) -> None:
    house.take(track(id="a"))
    before = house.home.lake.state()

    done = house.digest()

    assert done.events == 0
    assert house.home.lake.state() == before


@pytest.mark.slow
def test_a_long_journal_is_digested_in_parts_and_no_entry_is_cut(house: House) -> None:
    for part in range(3):
        house.hear(*[track(id=f"{part}-{n}") for n in range(4)])

    done = [house.digest(limit=5).events for _ in range(3)]

    assert done == [8, 4, 0]
    assert len(house.rows()) == 12


@pytest.mark.slow
def test_a_valid_event_behind_a_quarantined_one_of_the_same_id_is_the_double_in_one_batch_or_two(
    house: House,
) -> None:
    # The rule speaks of positions only: how the digest happened to cut the journal must not matter.
    house.take(track(None, id="a"), track("ann", id="a"))
    house.take(track(None, id="b"))
    house.take(track("ann", id="b"))

    assert house.rows() == []
    assert house.desk.books().quarantined == house.desk.books().duplicate == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("owner", "deed", "before"),
    [
        (IdIndex, "first_seen", True),
        (IdIndex, "first_seen", False),
        (Vault, "add_quarantine", True),
        (Vault, "add_quarantine", False),
        (Lake, "write", True),
        (Lake, "write", False),
        (Lake, "commit", True),
        (Lake, "commit", False),
    ],
)
def test_a_digest_killed_anywhere_does_its_work_once(
    house: House, monkeypatch: pytest.MonkeyPatch, owner: type, deed: str, before: bool
) -> None:
    house.take(track("bo", id="early", consent=YES))
    house.hear(
        identify("ann", "phone", id="who", consent=YES, traits={"plan": "gold"}),
        track("ann", id="a", consent=YES),
        track("ann", id="a"),
        track("bo", id="early"),
        track(None, id="nobody"),
    )
    with monkeypatch.context() as patch:
        patch.setattr(owner, deed, _killed(getattr(owner, deed), before=before))
        with pytest.raises(Killed):
            house.digest()
    assert house.desk.books().balanced

    house.restart()
    house.digest()

    books, ann = house.desk.books(), house.person("ann")
    assert house.rows() == [("web", "a"), ("web", "early"), ("web", "who")]
    assert (books.received, books.stored, books.duplicate, books.quarantined, books.waiting) == (6, 3, 2, 1, 0)
    page = house.desk.person(ann, purpose="necessary", who="Cy")
    assert page is not None
    assert len(page.links) == 1
    assert [(fact.name, fact.value) for fact in page.facts] == [("plan", "gold")]
    with house.home.vault.reading() as tx:
        said = house.home.vault.statements_of(tx, house.home.vault.members(ann))
    assert len(said) == len({(one.actor, one.purpose, one.position) for one in said}) == 2
    assert house.desk.quarantine().total == 1


def _killed(deed: Callable[..., object], *, before: bool) -> Callable[..., object]:
    def doomed(*arguments: object, **options: object) -> object:
        if not before:
            deed(*arguments, **options)
        raise Killed

    return doomed


@pytest.mark.slow
def test_killed_between_two_workers_journals_it_still_stores_each_event_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first try saw "a" first in worker 01's journal; the second try sees it in 00's, which has grown meanwhile.
    house.hear(track(id="x"), worker="00")
    house.hear(track(id="a"), worker="01")
    with monkeypatch.context() as patch:
        patch.setattr(Lake, "commit", _killed(Lake.commit, before=True))
        with pytest.raises(Killed):
            house.digest()
    house.hear(track(id="a"), worker="00")

    house.digest(limit=1)
    house.digest(limit=1)
    house.digest(limit=1)

    assert house.rows() == [("web", "a"), ("web", "x")]
    assert house.desk.books().duplicate == 1


@pytest.mark.slow
def test_a_lost_id_index_is_built_anew_from_the_lake_and_the_quarantine(house: House) -> None:
    house.take(track(id="a"), track(None, id="nobody"))
    house.close()
    for path in (house.home.folder / "lake").glob("ids.sqlite*"):
        path.unlink()
    house.restart()

    done = house.take(track(id="a"), track("ann", id="nobody"), track(id="b"))

    assert (done.stored, done.duplicate) == (1, 2)
    assert house.rows() == [("web", "a"), ("web", "b")]


@pytest.mark.slow
def test_a_damaged_id_index_is_put_aside_and_built_anew(house: House) -> None:
    house.take(track(id="a"))
    house.close()
    for path in (house.home.folder / "lake").glob("ids.sqlite*"):
        path.unlink()
    (house.home.folder / "lake" / "ids.sqlite").write_bytes(b"not a database" * 1000)
    house.restart()

    done = house.take(track(id="a"))

    assert done.duplicate == 1


def test_a_rebuild_that_breaks_off_can_be_tried_again(tmp_path: Path) -> None:
    def breaking():
        yield Sighting("web", "a", "00", 1)
        raise Killed

    index = IdIndex(tmp_path / "ids.sqlite")
    with pytest.raises(Killed):
        index.rebuild(breaking(), {"00": 1})
    assert not index.covers({"00": 1})

    index.rebuild([Sighting("web", "a", "00", 1)], {"00": 1})

    assert index.first_seen([Sighting("web", "a", "00", 2)], {}) == [False]
    index.close()


def test_an_id_is_a_double_only_at_another_position(tmp_path: Path) -> None:
    index = IdIndex(tmp_path / "ids.sqlite")
    here, there = Sighting("web", "a", "00", 7), Sighting("web", "a", "00", 8)

    answers = [index.first_seen([place], {}) for place in (here, here, there, here)]

    assert answers == [[True], [True], [False], [True]]
    index.close()


def test_the_earliest_position_of_a_batch_is_the_first_whatever_the_order_asked(tmp_path: Path) -> None:
    index = IdIndex(tmp_path / "ids.sqlite")

    answers = index.first_seen([Sighting("web", "a", "00", 9), Sighting("web", "a", "00", 3)], {})

    assert answers == [False, True]
    index.close()


def test_an_index_covers_a_journal_up_to_where_it_was_told(tmp_path: Path) -> None:
    index = IdIndex(tmp_path / "ids.sqlite")

    index.first_seen([], {"00": 20})

    assert index.covers({"00": 20})
    assert not index.covers({"00": 21})
    assert not index.covers({"00": 20, "01": 1})
    index.close()


def test_a_home_that_was_closed_opens_again_where_it_stood(house: House) -> None:
    house.take(track(id="a"))
    house.close()

    with Home.open(house.home.folder) as again:
        assert again.lake.state().books["web"].stored == 1
