"""What an import declares, what it refuses, and what a person's refusal does to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.importing.conftest import VISITS, Write, balanced, stored

from kundskab.pipeline.home import Home
from kundskab.pipeline.importing import import_events, import_people
from kundskab.types import KundskabError

ONE = "who,at,what\nann,2026-01-01,visit\n"


@pytest.mark.slow
def test_analytics_is_declared_when_nothing_is_said(home: Home, write: Write) -> None:
    report = import_events(home, write(ONE), mapping=VISITS, declared_by="bo")

    (permission,) = home.vault.permissions()
    assert (dict(permission.purposes), permission.declared_by) == ({"analytics": "legitimate_interests"}, "bo")
    assert stored(home, "permission") == [(permission.id,)]
    assert "bo declares" in report.notes[-1]
    assert "legitimate interests" in report.notes[-1]


@pytest.mark.slow
def test_purposes_and_basis_can_be_declared(home: Home, write: Write) -> None:
    report = import_events(
        home, write(ONE), mapping=VISITS, purposes=["analytics", "marketing"],
        basis={"analytics": "contract", "marketing": "consent"},
    )  # fmt: skip

    assert dict(home.vault.permissions()[0].purposes) == {"analytics": "contract", "marketing": "consent"}
    assert "Rows for marketing are seen once the person herself has granted it." in report.notes[-1]


@pytest.mark.parametrize(("purposes", "basis"), [(["gossip"], None), (["analytics"], "curiosity")])
def test_unknown_purposes_and_bases_are_refused(
    home: Home, write: Write, purposes: list[str], basis: str | None
) -> None:
    with pytest.raises(KundskabError):
        import_events(home, write(ONE), mapping=VISITS, purposes=purposes, basis=basis)

    assert stored(home) == []


@pytest.mark.slow
def test_who_refuses_everything_declared_is_not_kept(home: Home, write: Write) -> None:
    said = write("user_id,purpose,status,occurred_at\nann,analytics,object,2026-01-05\n", "said.csv")
    import_people(home, said)

    report = import_events(home, write(ONE + "bo,2026-01-01,visit\n"), mapping=VISITS)

    assert (report.stored, report.refused) == (1, 1)
    assert stored(home, "actor") == [(home.vault.find("user_id", "bo"),)]
    assert home.lake.state().books["visits"].refused == {"objection": 1}
    assert balanced(home)


@pytest.mark.slow
def test_a_refusal_on_another_device_of_hers_counts_from_the_same_file(home: Home, write: Write) -> None:
    import_people(home, write("anonymous_id,purpose,status,occurred_at\nd1,analytics,refuse,2026-01-05\n", "said.csv"))
    path = write("user,device,at,what\nann,d1,2026-01-01,visit\nann,,2026-01-02,visit\n")
    mapping = {"actor": "user", "device": "device", "occurred_at": "at", "action": "what"}

    first = import_events(home, path, mapping=mapping)
    again = import_events(home, path, mapping=mapping)

    assert (first.stored, first.refused) == (0, 2)
    assert (again.stored, again.refused) == (0, 2)


@pytest.mark.slow
def test_real_and_fictitious_never_mix(home: Home, write: Write, tmp_path: Path) -> None:
    with pytest.raises(KundskabError, match="fictitious"):
        import_events(home, write(ONE), mapping=VISITS, fictitious=True)
    with Home.create(tmp_path / "invented", fictitious=True) as invented:
        with pytest.raises(KundskabError, match="real data never mix"):
            import_events(invented, write(ONE), mapping=VISITS)
        assert import_events(invented, write(ONE), mapping=VISITS, fictitious=True).stored == 1


def test_the_name_of_a_live_source_is_taken(home: Home, write: Write) -> None:
    with home.vault.transaction() as tx:
        home.vault.put_source(tx, "visits", kind="live", label="Web", settings={}, at=home.settings.created_at)

    with pytest.raises(KundskabError, match="live source"):
        import_events(home, write(ONE), mapping=VISITS)


@pytest.mark.slow
def test_each_import_of_a_source_has_its_number(home: Home, write: Write) -> None:
    numbers = [import_events(home, write(ONE), mapping=VISITS).import_id for _ in range(3)]

    assert numbers == [1, 2, 3]


@pytest.mark.slow
def test_progress_runs_from_nothing_to_done(home: Home, write: Write) -> None:
    steps: list[float] = []

    import_events(home, write(ONE), mapping=VISITS, progress=lambda what, share: steps.append(share))

    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0.0, 1.0)
