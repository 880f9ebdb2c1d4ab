"""The map from actor to person: exceptions only, and a number that tells when it changed."""

from __future__ import annotations

from kundskab.vault import MapRow, Vault


def test_who_has_no_row_is_a_person_alone(vault: Vault, ann: str) -> None:
    assert vault.read_map().num_rows == 0
    assert (vault.person_of(ann), vault.members(ann)) == (ann, [ann])


def test_only_what_differs_is_written(vault: Vault) -> None:
    rows = [MapRow("d1", "u1", 1, 0), MapRow("u1", "u1", 0, 0)]

    with vault.transaction() as tx:
        assert vault.write_map(tx, rows) == 1
        assert vault.write_map(tx, rows) == 0
    assert vault.read_map().to_pylist() == [{"actor": "d1", "person": "u1", "granted": 1, "denied": 0}]


def test_its_number_grows_with_every_change_and_only_then(vault: Vault) -> None:
    numbers = [vault.map_seq()]
    for row in (MapRow("d1", "u1"), MapRow("d1", "u1"), MapRow("d1", "d1")):
        with vault.transaction() as tx:
            vault.write_map(tx, [row])
        numbers.append(vault.map_seq())

    assert numbers[0] < numbers[1] == numbers[2] < numbers[3]


def test_a_reader_can_follow_it_even_back_to_the_default(vault: Vault) -> None:
    with vault.transaction() as tx:
        vault.write_map(tx, [MapRow("d1", "u1", 1, 0), MapRow("d2", "u1", 1, 0)])
    seen = vault.map_seq()
    with vault.transaction() as tx:
        vault.write_map(tx, [MapRow("d1", "d1", 0, 0), MapRow("d2", "u1", 1, 0)])

    assert vault.read_map(seen).to_pylist() == [{"actor": "d1", "person": "d1", "granted": 0, "denied": 0}]


def test_members_are_all_actors_of_a_person(vault: Vault) -> None:
    with vault.transaction() as tx:
        vault.write_map(tx, [MapRow("d1", "u1"), MapRow("d2", "u1"), MapRow("d3", "u2")])

    assert vault.members("u1") == ["d1", "d2", "u1"]
    assert vault.members("d1") == []  # a token that now goes under another's name
    assert [row.person for row in _rows(vault, ["d3", "u9", "d1"])] == ["u2", "u9", "u1"]


def test_persons_are_counted(vault: Vault, ann: str, bo: str) -> None:
    with vault.transaction() as tx:
        vault.write_map(tx, [MapRow(bo, ann)])

    assert (vault.count_actors(), vault.count_persons()) == (2, 1)


def _rows(vault: Vault, actors: list[str]) -> list[MapRow]:
    with vault.reading() as tx:
        return vault.map_rows(tx, actors)
