"""What a company sets for itself: durable, checked, written down, and fast once there are events."""

from __future__ import annotations

import stat
from dataclasses import replace

import orjson
import pytest
from tests.house import YES, House, track

from kundskab.pipeline.choices import Choices, choices_from
from kundskab.pipeline.home import Home
from kundskab.types import KundskabError


def test_a_change_holds_for_whoever_has_the_workspace_open_and_for_whoever_opens_it_later(house: House) -> None:
    with Home.open(house.home.folder) as elsewhere:
        house.desk.settings.change(
            who="ann@example.com", name="  Fjäll & Co ", human_channels=("Shop", "shop", "phone")
        )

        assert elsewhere.settings.name == "Fjäll & Co"
    with Home.open(house.home.folder) as later:
        assert later.settings.choices.human_channels == ("shop", "phone")


def test_a_change_is_written_down_with_what_changed_alone(house: House) -> None:
    house.desk.settings.change(who="ann@example.com", shared_device_limit=12, second_step_roles=("owner",))

    change = house.desk.changes(limit=1)[0]
    assert change.who == "ann@example.com"
    assert change.text == "changed the workspace (shared device limit: 12, second step roles: owner)"


def test_nothing_is_written_down_when_nothing_changed(house: House) -> None:
    before = len(house.desk.changes())

    house.desk.settings.change(who="ann@example.com", name=house.home.settings.name)

    assert len(house.desk.changes()) == before


@pytest.mark.slow
def test_time_zone_and_currency_may_change_only_before_the_first_event(house: House) -> None:
    house.desk.settings.change(who="ann@example.com", timezone="Europe/Stockholm", currency="sek")
    house.take(track("ann", consent=YES))

    assert house.desk.settings.read().has_events
    with pytest.raises(KundskabError, match="stand once there are events"):
        house.desk.settings.change(who="ann@example.com", currency="EUR")
    with pytest.raises(KundskabError, match="stand once there are events"):
        house.desk.settings.change(who="ann@example.com", timezone="UTC")
    assert (house.home.settings.timezone, house.home.settings.currency) == ("Europe/Stockholm", "SEK")


@pytest.mark.parametrize(
    ("asked", "help_"),
    [
        ({"name": "   "}, "needs a name"),
        ({"name": "x" * 121}, "at most 120"),
        ({"timezone": "Mars/Olympus"}, "no time zone"),
        ({"currency": "gold"}, "three letters"),
        ({"human_channels": ("shop", "<script>")}, "no channel"),
        ({"shared_device_limit": 1}, "between 2 and 10,000"),
        ({"half_life_days": 0.5}, "after 1 to 3,650 days"),
    ],
)
def test_what_cannot_be_changes_nothing(house: House, asked: dict[str, object], help_: str) -> None:
    before = (house.home.folder / "workspace.json").read_bytes()

    with pytest.raises(KundskabError, match=help_):
        house.desk.settings.change(who="ann@example.com", **asked)

    assert (house.home.folder / "workspace.json").read_bytes() == before


def test_a_workspace_from_before_there_were_choices_has_the_usual_ones(house: House) -> None:
    path = house.home.folder / "workspace.json"
    old = {key: value for key, value in orjson.loads(path.read_bytes()).items() if key != "choices"}
    path.write_bytes(orjson.dumps(old))

    assert Home.open(house.home.folder).settings.choices == Choices()


def test_choices_that_we_do_not_know_are_left_out_and_broken_ones_are_refused(house: House) -> None:
    assert choices_from({"later": 1, "shared_device_limit": 7}) == replace(Choices(), shared_device_limit=7)
    path = house.home.folder / "workspace.json"
    path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), "choices": {"shared_device_limit": "many"}}))

    with pytest.raises(KundskabError, match="damaged"):
        Home.open(house.home.folder)


@pytest.mark.slow
def test_a_second_step_is_asked_of_owners_of_a_real_company_and_offered_in_a_fictitious_one(
    tmp_path, keys_folder
) -> None:
    with Home.create(tmp_path / "real") as real, Home.create(tmp_path / "invented", fictitious=True) as invented:
        assert real.settings.choices.second_step_roles == ("owner", "privacy")
        assert invented.settings.choices.second_step_roles == ()


def test_a_deed_of_the_team_is_one_line_in_what_changed(house: House) -> None:
    house.desk.settings.note("ann@example.com", "change role", "bo@example.com", "analyst")

    assert house.desk.changes(limit=1)[0].text == "made bo@example.com analyst"


def test_a_source_says_all_that_is_set_for_it(house: House) -> None:
    house.desk.create_source(
        "app", label="App", purposes=["analytics"], categories={"C2": "analytics"}, events_per_second=50, who="Cy"
    )

    found = house.desk.settings.source("app")

    assert found is not None
    assert (found.label, found.purposes, found.events_per_second) == ("App", ("analytics",), 50)
    assert dict(found.categories) == {"C2": "analytics"}
    assert house.desk.settings.source("nowhere") is None


def test_every_version_of_a_notice_stays_and_the_newest_is_first(house: House) -> None:
    for version, text in (("2", "We count visits."), ("3", "We count visits and orders.")):
        house.later(minutes=1)
        house.desk.put_purpose(
            "analytics", basis="consent", description="To learn", notice=text, notice_version=version, who="Cy"
        )

    assert [row.version for row in house.desk.settings.notices("analytics")][:2] == ["3", "2"]
    assert house.desk.settings.notices("analytics")[0].text == "We count visits and orders."


def test_the_file_stays_one_whole_file(house: House) -> None:
    house.desk.settings.change(who="ann@example.com", name="Fjäll")

    path = house.home.folder / "workspace.json"
    assert stat.S_ISREG(path.stat().st_mode)
    assert not path.with_suffix(".new").exists()
