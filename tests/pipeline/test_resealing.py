"""New keys: everything opens as before, is found as before, and a kill in the middle costs nothing."""

from __future__ import annotations

import json

import pytest
from tests.house import NO, House, identify, track

from kundskab.pipeline.resealing import renew_keys, reseal_everything
from kundskab.vault import resealing
from kundskab.vault.sealing import Sealer

pytestmark = pytest.mark.slow


@pytest.fixture
def lived_in(house: House) -> House:
    """Ann with a fact, a consent with its proof and an objection; and an event that could not be read."""
    house.take(identify("ann", "tab", traits={"city": "Mora"}, consent={"analytics": True}), track("bo", consent=NO))
    house.says("ann", "grant")
    house.take(track(None, id="bad"))
    return house


def known(house: House) -> tuple[object, ...]:
    """What the vault tells of Ann and of the quarantine."""
    vault = house.home.vault
    ann = house.person("ann")
    members = vault.members(ann)
    with vault.reading() as tx:
        said = [(s.purpose, s.status, json.dumps(s.proof, sort_keys=True)) for s in vault.statements_of(tx, members)]
    facts = [(fact.name, fact.value) for fact in vault.facts_of(members)]
    return ann, house.person("bo"), members, said, facts, [bad.body for bad in vault.quarantine()]


def sealed_by_older(house: House) -> int:
    with house.home.vault.reading() as tx:
        return resealing.waiting(tx, Sealer(house.home.keys))


def test_everything_is_what_it_was_under_new_keys(lived_in: House) -> None:
    before = known(lived_in)
    renew_keys(lived_in.home)

    waiting = sealed_by_older(lived_in)
    done = reseal_everything(lived_in.home, who="Cy")

    assert done == waiting >= 5
    assert sealed_by_older(lived_in) == 0
    assert known(lived_in) == before
    assert lived_in.home.vault.audit_rows(limit=1)[0].action == "reseal"


def test_the_old_keys_open_and_find_nothing_any_more(lived_in: House) -> None:
    before = known(lived_in)
    renew_keys(lived_in.home)
    reseal_everything(lived_in.home, who="Cy")

    keys = lived_in.home.keys
    alone = type(keys)(keys.path, keys.workspace_id, keys.active_id, (keys.active,))
    with lived_in.home.vault.reading() as tx:
        for table in resealing.TABLES:
            assert {row[0] for row in tx.exec_driver_sql(f"SELECT key_id FROM {table.name}")} <= {keys.active_id, None}
        lookups = {bytes(row[0]) for row in tx.exec_driver_sql("SELECT lookup FROM lookups")}
    assert Sealer(alone).lookups[0]("user_id", "ann") in lookups
    assert Sealer(keys).lookups[1]("user_id", "ann") not in lookups
    assert known(lived_in) == before


def test_a_kill_in_the_middle_costs_nothing(lived_in: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = known(lived_in)
    renew_keys(lived_in.home)

    def killed(done: int, total: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal_everything(lived_in.home, who="Cy", progress=killed)
    left = sealed_by_older(lived_in)
    assert known(lived_in) == before
    lived_in.restart()
    lived_in.take(track("di"))

    assert reseal_everything(lived_in.home, who="Cy") == left > 0
    assert known(lived_in) == before
    assert reseal_everything(lived_in.home, who="Cy") == 0


def test_the_ledger_is_append_only_again_afterwards(lived_in: House) -> None:
    renew_keys(lived_in.home)
    reseal_everything(lived_in.home, who="Cy")

    with pytest.raises(Exception, match="append-only"), lived_in.home.vault.transaction() as tx:
        tx.exec_driver_sql("UPDATE statements SET status = 'granted'")


def test_who_comes_later_is_found_under_both_keys(lived_in: House) -> None:
    ann = lived_in.person("ann")
    renew_keys(lived_in.home)
    lived_in.restart()

    lived_in.take(track("ann"))
    reseal_everything(lived_in.home, who="Cy")
    lived_in.take(track("ann"))

    assert lived_in.person("ann") == ann
