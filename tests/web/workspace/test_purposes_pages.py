"""Purposes and notices: what people were told stays on record."""

NEW = {
    "name": "security",
    "basis": "legitimate_interests",
    "description": "To find fraud.",
    "notice": "We look for fraud.",
    "notice_version": "2",
}


def test_it_lists_purposes_with_basis_and_version(ann):
    page = ann.get("/settings/purposes").content.decode()

    assert "<h1>What may it be used for?</h1>" in page
    assert "To learn what people use." in page
    assert "version 2" in page


def test_a_purpose_can_be_added(ann, desk):
    response = ann.post("/settings/purposes", NEW, follow=True)

    [(deed, (name, given))] = desk.asked
    assert (deed, name, given["who"]) == ("put_purpose", "security", "ann@example.com")
    assert given["basis"] == "legitimate_interests"
    assert "The purpose security is there" in response.content.decode()


def test_a_purpose_that_cannot_be_says_why(ann, desk):
    for wrong, help_ in [
        ({"name": "Fraud!"}, "Small letters, digits and _"),
        ({"name": "analytics"}, "There is already a purpose of this name."),
        ({"notice": ""}, "This field is required."),
        ({"basis": "because"}, "not one of the available choices"),
    ]:
        response = ann.post("/settings/purposes", {**NEW, **wrong})

        assert response.status_code == 422, wrong
        assert help_ in response.content.decode()
    assert desk.asked == []


def test_every_version_of_a_notice_can_be_read(ann):
    page = ann.get("/settings/purposes/analytics").content.decode()

    assert "We count what people use." in page
    assert "We count." in page
    assert "shown now" in page


def test_a_new_version_is_written_and_an_old_one_never_overwritten(ann, desk):
    told = {key: value for key, value in NEW.items() if key != "name"}

    refused = ann.post("/settings/purposes/analytics", {**told, "notice_version": "1"})
    done = ann.post("/settings/purposes/analytics", {**told, "notice_version": "3"})

    assert refused.status_code == 422
    assert "give the new text a new version" in refused.content.decode()
    assert done["Location"] == "/settings/purposes/analytics"
    assert [name for _, (name, _) in desk.asked] == ["analytics"]


def test_a_purpose_that_is_not_there_is_not_found(ann):
    assert ann.get("/settings/purposes/surveillance").status_code == 404


def test_an_analyst_may_not(bo, desk):
    assert bo.get("/settings/purposes").status_code == bo.post("/settings/purposes", NEW).status_code == 403
    assert desk.asked == []
