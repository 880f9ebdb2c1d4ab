"""The consent an event carries: only a plain true grants, whatever is wrong refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import drawn

from kundskab.events import EVERYTHING, RawRequest, Signal, check, expand

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def _signal(context, gpc=False):
    raw = {"type": "track", "event": "visit", "userId": "ann", "context": context}
    return check(raw, received_at=NOW, gpc=gpc).signal


def _preferences(body):
    (event,) = expand(RawRequest(body, NOW))
    return event.signal.preferences


@pytest.mark.parametrize("context", [None, {}, "web", {"consent": None}, {"consent": {}}, {"page": {}}])
def test_silence_is_no_signal(context):
    assert _signal(context) == Signal({}, gpc=False)


def test_it_reads_segments_consent_object():
    context = {"consent": {"categoryPreferences": {"analytics": True, "marketing": False}}}

    assert _signal(context).preferences == {"analytics": True, "marketing": False}


def test_it_reads_rudders_consent_object():
    context = {"consentManagement": {"allowedConsentIds": ["analytics", "ads"], "deniedConsentIds": ["ads"]}}

    assert _signal(context).preferences == {"analytics": True, "ads": False}


def test_where_the_two_disagree_the_refusal_counts():
    context = {
        "consent": {"categoryPreferences": {"ads": True, "analytics": False}},
        "consentManagement": {"allowedConsentIds": ["analytics"], "deniedConsentIds": ["ads"]},
    }

    assert _signal(context).preferences == {"ads": False, "analytics": False}


@pytest.mark.parametrize("said", ["true", 1, "yes", None, {}, [True]])
def test_only_a_plain_true_grants(said):
    context = {"consent": {"categoryPreferences": {"analytics": said}}}

    assert _signal(context).preferences == {"analytics": False}


@pytest.mark.parametrize(
    "context",
    [
        {"consent": "yes"},
        {"consent": True},
        {"consent": []},
        {"consent": {"categoryPreferences": ["analytics"]}},
        {"consent": {"categoryPreferences": None}},
        {"consent": {"categoryPreferences": {f"c{i}": True for i in range(256)}}},
        {"consent": {"categoryPreferences": {"c" * 256: True}}},
        {"consentManagement": "all"},
        {"consentManagement": {"allowedConsentIds": "analytics"}},
        {"consentManagement": {"allowedConsentIds": [{"id": "analytics"}]}},
    ],
)
def test_what_cannot_be_read_refuses_everything(context):
    assert _signal(context).preferences == {EVERYTHING: False}


def test_global_privacy_control_comes_with_the_request_or_the_event():
    assert _signal({}, gpc=True).gpc
    assert _signal({"gpc": True}).gpc
    assert not _signal({"gpc": "1"}).gpc


_DOUBLED = [
    b'{"consent":{"categoryPreferences":{"ads":false,"ads":true}}}',
    b'{"consent":{"categoryPreferences":{"ads":false},"categoryPreferences":{"ads":true}}}',
    b'{"consent":{"categoryPreferences":{"ads":false}},"consent":{"categoryPreferences":{"ads":true}}}',
    b'{"consent":{"categoryPreferences":{"ads":true,"ads":false}}}',
    b'{"consent":{"categoryPreferences":{"ads" :\\n false, "\\u0061ds": true}}}'.replace(b"\\n", b"\n"),
    b'{"c\\u006fnsent":{"categoryPreferences":{"ads":false}},"consent":{"categoryPreferences":{"ads":true}}}',
]


@pytest.mark.parametrize("context", _DOUBLED)
@pytest.mark.parametrize("place", ["alone", "in a batch"])
def test_a_doubled_key_never_hides_a_refusal(context, place):
    body = b'{"type":"track","event":"visit","userId":"ann","context":' + context + b"}"

    if place == "in a batch":
        body = b'{"batch":[' + body + b"]}"

    assert _preferences(body) == {"ads": False}


def test_a_doubled_context_never_hides_a_refusal():
    refusal = b'"context":{"consent":{"categoryPreferences":{"ads":false}}}'
    body = b'{"type":"track","event":"visit","userId":"ann",' + refusal + b',"context":{}}'

    assert _preferences(body) == {"ads": False}


def test_a_colon_in_disguise_never_hides_a_refusal():
    """The quick test counts colons, and an escaped one could make up for the one that was dropped."""
    body = (
        b'{"type":"track","event":"a\\u003ab","userId":"ann",'
        b'"context":{"consent":{"categoryPreferences":{"ads":false,"ads":true}}}}'
    )

    assert _preferences(body) == {"ads": False}


def test_a_single_consent_is_taken_as_it_is():
    body = (
        b'{"type":"track","event":"a: b","userId":"ann",'
        b'"context" : {"consent":{"categoryPreferences":{"ads":true,"analytics":true}}}}'
    )
    (event,) = expand(RawRequest(body, NOW))

    assert event.signal.preferences == {"ads": True, "analytics": True}
    assert "doubled_keys" not in event.flags


# One key in several spellings, and white space where JSON allows it.
_PAIR = st.tuples(
    st.sampled_from(['"ads"', '"\\u0061ds"', '"ad\\u0073"', '"a:b"', '"a\\u003ab"']),
    st.sampled_from(["", " ", "\n\t"]),
    st.sampled_from(["true", "false", "null", '"true"']),
)


@pytest.mark.slow
@given(pairs=st.lists(_PAIR, min_size=1, max_size=5))
@drawn(200, derandomize=True)
def test_a_purpose_is_granted_only_when_every_word_about_it_grants(pairs):
    said = ",".join(f"{key}{space}:{space}{value}" for key, space, value in pairs)
    body = '{"type":"track","event":"v","userId":"ann","context":{"consent":{"categoryPreferences":{' + said + "}}}}"
    words = [(json.loads(key), value == "true") for key, _, value in pairs]

    preferences = _preferences(body.encode())

    assert preferences == {key: all(granted for name, granted in words if name == key) for key, _ in words}
