"""The story of a person from a real workspace: through the view, revealed with a reason, every look audited."""

from __future__ import annotations

import pytest
from tests.house import NO, YES, House, identify, track

from kundskab.types import KundskabError

REASON = "She asked us to call her back"


def ann_moves_and_comes_again(house: House) -> str:
    house.take(identify("ann", "phone-1", consent=YES, traits={"city": "Luleå", "shoe_size": 43}), key="server")
    house.later(days=30)
    house.take(
        identify("ann", "phone-1", consent=YES, traits={"city": "Umeå", "shoe_size": 43}),
        track("ann", "Product Viewed", device="phone-1", consent=YES),
        key="server",
    )
    return house.person("ann")


def looked(house: House) -> list[tuple[str, str | None]]:
    return [(row.action, row.reason) for row in house.home.vault.audit_rows(limit=50) if row.who == "bo@example.com"]


@pytest.mark.slow
def test_it_tells_what_changed_and_leaves_out_what_was_only_repeated(house: House) -> None:
    ann = ann_moves_and_comes_again(house)

    story = house.desk.stories.of(ann)

    told = {fact.name: fact for fact in story.told}
    assert told["city"].now.value == "Umeå"
    assert [answer.value for answer in told["city"].before] == ["Luleå"]
    assert told["shoe_size"].before == ()
    assert story.rhythm is not None


@pytest.mark.slow
def test_records_that_ended_long_ago_are_told_as_of_their_last_day(house: House) -> None:
    ann = ann_moves_and_comes_again(house)
    last = house.now.date()
    lately = house.desk.stories.of(ann)
    house.later(days=800)

    story = house.desk.stories.of(ann)

    assert lately.ended is None
    assert story.ended == last
    assert story.rhythm is not None
    assert story.rhythm.silent_days == 0


@pytest.mark.slow
def test_an_answer_that_we_know_needs_no_asking(house: House) -> None:
    ann = ann_moves_and_comes_again(house)

    states = {answer.question: answer.state for answer in house.desk.stories.of(ann).answers}

    assert states["shoe_size"] == "known"


@pytest.mark.slow
def test_too_few_people_are_no_yardstick(house: House) -> None:
    story = house.desk.stories.of(ann_moves_and_comes_again(house))

    assert (story.standout, story.compared) == (None, None)


@pytest.mark.slow
def test_a_withdrawal_empties_the_story_at_once(house: House) -> None:
    ann = ann_moves_and_comes_again(house)
    house.later(minutes=1)

    house.says("ann", "withdraw")
    story = house.desk.stories.of(ann)

    assert (story.rhythm, story.told, dict(story.days), story.answers) == (None, (), {}, ())


@pytest.mark.slow
def test_proofs_tell_who_wrote_a_statement_down_and_what_was_shown(house: House) -> None:
    ann = ann_moves_and_comes_again(house)
    house.later(minutes=1)
    house.says("ann", "withdraw")

    newest, *earlier = house.desk.stories.proofs(ann, "analytics", who="bo@example.com")

    assert (newest.status, newest.recorded_by, newest.proof) == ("withdraw", "Cy", {"form": "phone"})
    assert newest.notice_version is not None
    assert {said.status for said in earlier} == {"grant"}
    assert ("read proofs", None) in looked(house)


@pytest.mark.slow
def test_identifiers_are_revealed_with_a_reason_that_is_kept(house: House) -> None:
    ann = ann_moves_and_comes_again(house)

    found = house.desk.stories.reveal(ann, purpose="analytics", reason=f"  {REASON} ", who="bo@example.com")

    assert {(each.kind, each.value) for each in found} == {("user_id", "ann"), ("anonymous_id", "phone-1")}
    assert looked(house).count(("reveal", f"analytics: {REASON}")) == 2


@pytest.mark.slow
def test_without_a_reason_nothing_is_revealed(house: House) -> None:
    ann = ann_moves_and_comes_again(house)

    with pytest.raises(KundskabError, match="say in a few words"):
        house.desk.stories.reveal(ann, purpose="analytics", reason=" why ", who="bo@example.com")
    assert looked(house) == []


@pytest.mark.slow
def test_nobody_is_revealed_for_a_purpose_she_does_not_permit(house: House) -> None:
    house.take(track("cy", consent=NO), identify("cy", consent=NO, traits={"city": "Umeå"}), key="server")
    cy = house.person("cy")

    with pytest.raises(KundskabError, match="nobody of this name who permits analytics"):
        house.desk.stories.reveal(cy, purpose="analytics", reason=REASON, who="bo@example.com")
    assert not house.desk.stories.may_be_seen(cy, purpose="analytics")
    assert house.desk.stories.visible([cy], purpose="analytics") == set()
