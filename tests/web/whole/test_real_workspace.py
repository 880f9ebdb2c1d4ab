"""Pages over a real workspace: what the invented desk promises, the real one keeps.

Ann and Bo may be looked at for analytics. Cy objects, and is the canary: nothing of hers may be on any page.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.web.fake_desk import NOW

from kundskab.pipeline.desk import Desk
from kundskab.workspace import open_workspace

CANARY = "canary-of-cy"
EVENTS = f"""\
who,at,what,thing,shelf,money,where
ann,2026-06-14T09:00:00Z,product viewed,Tarn 2 tent,tents,,web
ann,2026-06-14T09:05:00Z,order completed,Tarn 2 tent,tents,1204.00,web
ann,2026-06-15T08:00:00Z,signed in,,,,app
bo,2026-06-10T10:00:00Z,product viewed,<script>alert(1)</script>,stoves,,web
cy,2026-06-15T11:59:00Z,product viewed,{CANARY},tents,,web
,2026-06-15T11:00:00Z,product viewed,Nobody's tent,tents,,web
"""
MAPPING = {
    "actor": "who",
    "occurred_at": "at",
    "action": "what",
    "object": "thing",
    "category": "shelf",
    "value": "money",
    "channel": "where",
}


@pytest.fixture(scope="module")
def real_home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    keys = folder / "keys"
    keys.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUNDSKAB_KEYS", str(keys))
        (folder / "shop.csv").write_text(EVENTS)
        with open_workspace(folder / "home", name="Acme", timezone="Europe/Stockholm", currency="SEK") as ws:
            ws.import_events(folder / "shop.csv", MAPPING, purposes=["analytics"], source="shop", by="ann@example.com")
            ws.desk.record_consent(
                "user_id", "cy", purpose="analytics", status="object", proof={"how": "letter"}, who="ann@example.com"
            )
        yield folder / "home"


@pytest.fixture
def desk(stage, real_home):
    from kundskab.web import desk as desks

    with Desk.open(real_home, now=lambda: NOW) as real:
        desks.use(real)
        yield real
        desks.use(None)


@pytest.mark.slow
def test_it_tells_what_came_in_and_that_the_books_balance(ann, desk):
    page = ann.get("/").content.decode()

    assert "Every event that was ever received is in exactly one of these places." in page
    assert "<b>6</b><span>received</span>" in page
    assert "<b>1</b><span>quarantined</span>" in page
    assert "imported into shop" in page


@pytest.mark.slow
def test_it_finds_ann_by_her_user_id_and_tells_her_story(ann, desk):
    page = ann.post("/people/searches", {"search": "ann"}, follow=True).content.decode()

    assert "ordered <strong>Tarn 2 tent</strong> in tents for 1,204.00 SEK" in page
    assert "Somebody who has been here since 14 June 2026, came on 2 days" in page


@pytest.mark.slow
def test_it_escapes_what_bo_wrote(ann, desk):
    page = ann.post("/people/searches", {"search": "bo"}, follow=True).content.decode()

    assert "iewed <strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong> in stoves" in page


@pytest.mark.slow
def test_nothing_of_cy_is_on_any_page(ann, desk):
    token = desk.people(purpose="analytics", search="cy", who="test").rows
    pages = ["/", "/events", "/events/tail?seen=0", "/people", "/status", "/settings/sources", "/metrics"]

    seen = "".join(ann.get(path).content.decode() for path in pages)
    seen += ann.post("/people/searches", {"search": "cy"}).content.decode().split('id="search-help"')[1]

    assert token == []
    assert CANARY not in seen
    assert "2 persons may be looked at for analytics." in seen


@pytest.mark.slow
def test_it_shows_the_row_that_nobody_did_with_its_number(ann, desk):
    page = ann.get("/events/quarantine").content.decode()

    assert "No actor" in page
    assert "row 6" in page or "row 7" in page


@pytest.mark.slow
def test_it_makes_a_source_and_a_key_that_opens_the_door(ann, desk):
    form = {"name": "app", "purposes": ["analytics"], "on_refusal": "strip", "no_signal": "no_grant"}
    ann.post("/settings/sources", form)

    page = ann.post("/settings/sources/app/keys", {"kind": "server"}).content.decode()

    secret = page.split('class="secret"')[1].split("<code>")[1].split("</code>")[0]
    assert secret.startswith("kw_")
    assert desk.home.vault.key_by_plaintext(secret, datetime.now(UTC) + timedelta(minutes=1)).source == "app"
