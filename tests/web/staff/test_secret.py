from kundskab.pipeline.home import Home
from kundskab.web.settings import _secret


def test_a_restart_signs_nobody_out(tmp_path, monkeypatch):
    monkeypatch.setenv("KUNDSKAB_KEYS", str(tmp_path / "keys.json"))
    Home.create(tmp_path / "home").close()

    assert _secret(tmp_path / "home") == _secret(tmp_path / "home")
    assert len(_secret(tmp_path / "home")) >= 50


def test_without_a_key_file_the_secret_is_one_that_nobody_knows(tmp_path, monkeypatch):
    monkeypatch.setenv("KUNDSKAB_KEYS", str(tmp_path / "keys.json"))
    Home.create(tmp_path / "home").close()
    (tmp_path / "keys.json").unlink()

    assert _secret(tmp_path / "home") != _secret(tmp_path / "home")
