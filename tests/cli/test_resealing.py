"""kundskab keys reseal: new keys for a workspace at rest."""

from __future__ import annotations

import pytest
from tests.house import House, identify
from tests.web.staff.codes import with_app

from kundskab.cli import main
from kundskab.cli.listening import only_server
from kundskab.pipeline.web_secrets import is_sealed_by_active, unseal
from kundskab.web import desk as desks
from kundskab.web import manage


@pytest.mark.slow
def test_it_makes_new_keys_and_seals_everything_anew(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.take(identify("ann", traits={"city": "Mora"}, consent={"analytics": True}))
    ann, old = house.person("ann"), house.home.keys.active_id
    house.close()

    code = main(["keys", "reseal", "--renew", "--home", str(house.home.folder)])

    told = capsys.readouterr()
    house.restart()
    assert code == 0
    assert "sealed anew" in told.out
    assert "copy it elsewhere" in told.err
    assert house.home.keys.active_id != old
    assert house.person("ann") == ann


@pytest.mark.slow
def test_secrets_of_second_steps_are_sealed_anew_too(house: House) -> None:
    folder = house.home.folder
    house.close()
    desks.use(None)
    manage.prepare(folder)
    manage.create_user(folder, "ann@example.com", role="owner")
    from kundskab.web.staff.models import User

    secret = with_app(User.objects.get(email="ann@example.com"))
    desks.use(None)

    assert main(["keys", "reseal", "--renew", "--home", str(folder)]) == 0

    from allauth.mfa.models import Authenticator

    desks.use(None)
    house.restart()
    [kept] = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    assert is_sealed_by_active(house.home, kept.data["secret"])
    assert unseal(house.home, kept.data["secret"]) == secret


def test_it_refuses_beside_a_running_server(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    old = house.home.keys.active_id

    with only_server(house.home.run / "server.lock"):
        code = main(["keys", "reseal", "--renew", "--home", str(house.home.folder)])

    assert code != 0
    assert "stop it first" in capsys.readouterr().err
    house.restart()
    assert house.home.keys.active_id == old
