import pytest


def test_it_counts_events_by_source_for_prometheus(stranger):
    response = stranger.get("/metrics")

    lines = response.content.decode().splitlines()
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE kundskab_events_received_total counter" in lines
    assert 'kundskab_events_received_total{source="web"} 8008' in lines
    assert 'kundskab_events_quarantined{source="orders"} 37' in lines
    assert "kundskab_events_waiting 3" in lines
    assert "kundskab_books_balanced 1" in lines
    assert "kundskab_digest_lag_seconds 0.8" in lines


def test_it_escapes_names(stranger, desk):
    from dataclasses import replace

    rows = desk.books_by_source()
    desk.books_by_source = lambda: [replace(rows[0], source='a"b\\c\nd')]

    assert 'source="a\\"b\\\\c\\nd"' in stranger.get("/metrics").content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "203.0.113.9, 127.0.0.1"},  # another proxy on this machine stands before our door
        {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"},  # the first was written by the visitor
        {"X-Forwarded-For": "not an address"},
    ],
)
def test_a_stranger_from_elsewhere_may_not(stranger, headers):
    assert stranger.get("/metrics", headers=headers).status_code == 403


def test_a_token_opens_it_from_elsewhere(stranger, settings_with_token):
    away = {"X-Forwarded-For": "203.0.113.9"}

    assert stranger.get("/metrics", headers={**away, "Authorization": "Bearer right"}).status_code == 200
    assert stranger.get("/metrics", headers={**away, "Authorization": "Bearer wrong"}).status_code == 403
    assert stranger.get("/metrics", headers={**away, "Authorization": "Bearer "}).status_code == 403


def test_a_program_on_this_machine_may_not_once_we_answer_to_other_names(stranger):
    from django.test import override_settings

    with override_settings(ON_THIS_MACHINE_ONLY=False):
        assert stranger.get("/metrics").status_code == 403


def test_no_token_is_not_an_empty_token(stranger):
    headers = {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer "}

    assert stranger.get("/metrics", headers=headers).status_code == 403


@pytest.fixture
def settings_with_token():
    from django.test import override_settings

    with override_settings(METRICS_TOKEN="right"):
        yield
