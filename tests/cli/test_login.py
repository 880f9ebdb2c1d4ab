"""kundskab login: the way back in for whoever lost phone and recovery codes, over a real key file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from tests.house import House

from kundskab.cli import main
from kundskab.cli.listening import remember_port
from kundskab.pipeline.home import Home
from kundskab.pipeline.web_secrets import unseal
from kundskab.web import desk, manage

pytestmark = pytest.mark.slow

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def ann_with_an_app(house: House) -> Iterator[str]:
    """The secret of Ann's app, set up in the house's own web database."""
    from tests.web.staff.codes import with_app

    manage.prepare(house.home.folder)
    manage.create_user(house.home.folder, "ann@example.com", role="owner")
    desk.use(None)
    from kundskab.web.staff.models import User

    yield with_app(User.objects.get(email="ann@example.com"))
    desk.use(None)


def steps() -> list[dict[str, str]]:
    from allauth.mfa.models import Authenticator

    return [step.data for step in Authenticator.objects.order_by("type")]


def test_secrets_in_the_web_database_are_sealed_with_the_key_file(house: House, ann_with_an_app: str) -> None:
    kept = (house.home.folder / "web.sqlite").read_bytes() + (house.home.folder / "web.sqlite-wal").read_bytes()

    assert ann_with_an_app.encode() not in kept
    assert ann_with_an_app in [unseal(house.home, step["secret"]) for step in steps() if "secret" in step]


def test_a_rotated_key_seals_them_again(house: House, ann_with_an_app: str) -> None:
    house.home.keys.with_new_pair(now=house.now)

    assert manage.seal_again(house.home.folder) == 2
    assert manage.seal_again(house.home.folder) == 0
    with Home.open(house.home.folder) as later:
        assert ann_with_an_app in [unseal(later, step["secret"]) for step in steps() if "secret" in step]


def test_reset_second_step_takes_it_away_prints_a_link_and_writes_it_down(
    run: Run, house: House, ann_with_an_app: str
) -> None:
    code, out, _ = run("login", "--home", house.home.folder, "--email", "Ann@example.com", "--reset-second-step")

    assert code == 0
    assert "/sign-in/once/" in out
    assert steps() == []
    assert house.desk.changes(limit=1)[0].text == "reset the second step of ann@example.com"


def test_the_link_leads_to_the_port_that_serves_this_home(run: Run, house: House, ann_with_an_app: str) -> None:
    def port_of(*words: object) -> int | None:
        return urlsplit(run("login", "--home", house.home.folder, *words)[1]).port

    assert port_of() == 8400
    remember_port(house.home.run, 8512)
    assert port_of() == 8512
    assert port_of("--port", 9000) == 9000
    (house.home.run / "port").write_text("eighty")
    assert port_of() == 8400


def test_reset_second_step_of_nobody_says_so_and_prints_no_link(run: Run, house: House, ann_with_an_app: str) -> None:
    code, out, err = run("login", "--home", house.home.folder, "--email", "cy@example.com", "--reset-second-step")

    assert code != 0
    assert out == ""
    assert "There is no account for cy@example.com." in err
    assert len(steps()) == 2


def test_two_who_set_up_the_pages_at_once_both_get_a_link(house: House) -> None:
    # As a newcomer does who starts the server and asks for the link beside it.
    asked = [sys.executable, "-m", "kundskab.cli", "login", "--home", str(house.home.folder)]
    both = [subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    assert ["/sign-in/once/" in one.communicate(timeout=120)[0] for one in both] == [True, True]
