"""The list of encounters: words and persons for those who may see persons, counts for everybody."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from tests.house import YES, House, track
from tests.web.encounters.test_logging_page import PATH, filled, open_house

__all__ = ["open_house"]


@pytest.mark.slow
def test_it_shows_words_as_theirs_and_reading_as_ours(bo: Any, open_house: House) -> None:
    bo.post(PATH, filled())

    page = bo.get("/encounters").content.decode()

    assert "Whom did we meet?" in page
    assert "The zip &lt;script&gt;alert(1)&lt;/script&gt; jams" in page
    assert "<script>alert" not in page
    assert page.index("Our reading") < page.index("tired of us")


@pytest.mark.slow
def test_a_reader_sees_that_we_met_and_not_whom(cy: Any, open_house: House) -> None:
    cy.post(PATH, filled())

    page = cy.get("/encounters").content.decode()

    assert "One of us met customers this month" in page
    assert "Visit" in page
    assert "The zip" not in page
    assert "/people/" not in page
    assert open_house.person("ann@example.com", "email") not in page


@pytest.mark.slow
def test_a_reader_cannot_try_out_who_allows_what(cy: Any, open_house: House) -> None:
    open_house.take(track("ann", consent=YES), key="server")
    seen = []
    for whom in ("ann", "nobody-we-know"):
        cy.post(PATH, filled(id=uuid4().hex, whom=whom, staff=whom))
        seen.append(f"Visit · {whom}" in cy.get("/encounters", {"purpose": "analytics"}).content.decode())

    assert seen == [True, True]


@pytest.mark.slow
def test_earlier_ones_are_a_page_away(bo: Any, open_house: House) -> None:
    for n in range(27):
        bo.post(PATH, filled(id=f"{n:032x}", words=f"word {n}.", at=f"2026-05-{n + 1:02}T10:00"))

    page = bo.get("/encounters").content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', page)
    assert link is not None
    earlier = bo.get("/encounters" + link[1].replace("&amp;", "&")).content.decode()

    assert ("word 26." in page, "word 1." in page) == (True, False)
    assert ("word 26." in earlier, "word 1." in earlier, "word 0." in earlier) == (False, True, True)


@pytest.mark.slow
def test_an_empty_list_says_what_to_do(cy: Any, open_house: House) -> None:
    page = cy.get("/encounters").content.decode()

    assert "Nobody has written an encounter down yet." in page
    assert 'href="/encounters/new"' in page


def test_a_stranger_is_sent_away(stranger: Any, open_house: House) -> None:
    assert stranger.get("/encounters").status_code == 302
