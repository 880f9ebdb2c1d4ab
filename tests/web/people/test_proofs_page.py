"""How do we know that they said yes? Every statement, with where, when, how and what they were shown."""

from tests.web.fake_desk import ANN_TOKEN, BO_TOKEN, DAY, NOW

from kundskab.pipeline.stories import Said


def said(status="grant", **changed):
    plain = {
        "purpose": "marketing", "status": status, "at": NOW - DAY, "believed": True, "source": "web", "channel": None,
        "recorded_by": None, "with_event": False, "notice_version": "2", "notice": "We write to you.", "proof": {},
    }  # fmt: skip
    return Said(**{**plain, **changed})


def read(visitor, token=ANN_TOKEN, purpose="marketing"):
    return visitor.get(f"/people/{token}/consents/{purpose}")


def test_it_tells_each_statement_with_what_they_were_shown(bo, desk):
    desk.stories.said = [
        said("withdraw", at=NOW - DAY, recorded_by="cy@example.com", proof={"form": "phone"}),
        said("grant", at=NOW - 90 * DAY, with_event=True, believed=False),
    ]

    page = read(bo).content.decode()

    assert "On 14 June 2026 at 14:00 they took their yes back." in page
    assert "To one of us; written down by cy@example.com." in page
    assert "phone" in page
    assert "On 17 March 2026 at 13:00 they said yes." in page
    assert "A browser says so; whether it was them, we cannot be sure." in page
    assert "Notice 2" in page
    assert "We write to you." in page


def test_reading_it_is_written_down(bo, desk):
    read(bo)

    assert ("proofs", (ANN_TOKEN, "marketing", "bo@example.com")) in desk.asked


def test_what_identifies_them_stays_closed_however_deep_it_lies(bo, desk):
    deep = {"shown": "banner", "visitor": {"user_agent": "Moon/1", "lines": [{"email": "ann@example.com"}]}}
    desk.stories.said = [said(proof={"ip": "192.0.2.17", "box": "ticked", "proof": deep})]

    page = read(bo).content.decode()

    assert "ticked" in page
    assert "banner" in page
    assert "ip, user agent and email" in page
    for closed in ("192.0.2.17", "ann@example.com", "Moon/1"):
        assert closed not in page


def test_it_wears_the_band_of_a_fictitious_company(bo, desk):
    assert "every person and event here is invented" in read(bo).content.decode()


def test_of_somebody_who_may_not_be_seen_only_the_decision_is_told(bo, desk):
    desk.stories.said = [said("refuse", proof={"note": "in her own words"})]

    page = read(bo, BO_TOKEN).content.decode()

    assert "they said no" in page
    assert "in her own words" not in page


def test_a_purpose_that_is_none_is_nowhere(bo, desk):
    assert read(bo, purpose="surveillance").status_code == 404
    assert desk.asked == []


def test_it_says_so_when_nobody_asked(bo):
    assert "nobody asked, or they never answered" in read(bo).content.decode()
