import pytest


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/people"])
def test_every_page_carries_the_strict_policy(ann, path):
    headers = ann.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_nothing_personal_stays_in_a_cache(ann):
    assert ann.get("/people")["Cache-Control"] == "private, no-store"


def test_cookies_are_secure_exactly_when_the_visit_is(stranger):
    plain = stranger.get("/sign-in").cookies["csrftoken"]
    safe = stranger.get("/sign-in", headers={"X-Forwarded-Proto": "https"}).cookies["csrftoken"]

    assert not plain["secure"]
    assert safe["secure"]
    assert plain["httponly"]
    assert plain["samesite"] == "Lax"


def test_a_host_we_do_not_know_is_refused(stranger):
    assert stranger.get("/sign-in", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


def test_files_may_be_kept_for_ever_since_their_address_changes(stranger):
    from kundskab.web.base.assets import FILES, address

    for name in FILES:
        response = stranger.get(address(name))

        assert response.status_code == 200
        assert "immutable" in response["Cache-Control"]


@pytest.mark.slow
def test_the_band_is_on_every_page_of_a_fictitious_company_alone(ann, stranger, desk):
    from dataclasses import replace

    band = "Fictitious company: every person and event here is invented."
    for path in ("/", "/people", "/nowhere", "/status"):
        assert band in ann.get(path).content.decode()
    assert band in stranger.get("/sign-in").content.decode()

    desk.about = replace(desk.about, fictitious=False)

    assert band not in ann.get("/").content.decode()


def test_a_workspace_that_cannot_be_opened_says_why(ann, monkeypatch):
    from sqlite3 import OperationalError

    from kundskab.types import Busy, KundskabError
    from kundskab.web.home import views

    def closed():
        raise KundskabError("There is no workspace here; make one with: kundskab init")

    monkeypatch.setattr(views, "the_desk", closed)
    response = ann.get("/")

    assert response.status_code == 409
    assert "make one with: kundskab init" in response.content.decode()

    def busy():
        raise Busy("Somebody else is writing; try again when they are done.")

    monkeypatch.setattr(views, "the_desk", busy)

    assert ann.get("/")["Retry-After"] == "5"

    def fails():
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(views, "the_desk", fails)
    response = ann.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "The disk could not be read or written." in response.content.decode()


def test_django_finds_nothing_to_say_against_a_deployment():
    from django.core.management import call_command

    call_command("check", deploy=True, fail_level="WARNING")


def test_every_model_has_its_migration():
    from django.core.management import call_command

    call_command("makemigrations", "staff", "drivers", check=True, dry_run=True, verbosity=0)
