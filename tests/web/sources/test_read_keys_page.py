"""Read keys: made for a program, shown once."""

SECRET = "kr_onlyshownonce0123456789"
FORM = {"name": "web shop", "purposes": ["necessary", "analytics"]}


def test_it_lists_keys_that_work_before_those_that_do_not(ann):
    page = ann.get("/settings/read-keys").content.decode()

    assert page.index("kr_…q7xz") < page.index("kr_…aaaa")
    assert "1 program of yours holds a key" in " ".join(page.split())
    assert "writes consents" in page


def test_it_shows_a_new_key_once(ann, desk):
    response = ann.post("/settings/read-keys", FORM)

    assert SECRET in response.content.decode()
    assert desk.asked == [
        (
            "create_read_key",
            ("web shop", {"purposes": ["necessary", "analytics"], "may_record": False, "who": "ann@example.com"}),
        )
    ]
    assert SECRET not in ann.get("/settings/read-keys").content.decode()


def test_a_key_without_a_purpose_is_none(ann, desk):
    response = ann.post("/settings/read-keys", {"name": "web shop"})

    assert response.status_code == 422
    assert "Choose at least one purpose." in response.content.decode()
    assert desk.asked == []


def test_it_rotates_and_revokes(ann, desk):
    page = ann.post("/settings/read-keys/2/rotation", {"overlap_days": "3"}).content.decode()
    ann.post("/settings/read-keys/2/revocation")

    assert "kr_thenewone0123456789" in page
    assert desk.asked == [
        ("rotate_read_key", (2, 3, "ann@example.com")),
        ("revoke_read_key", (2, "ann@example.com")),
    ]


def test_an_analyst_may_not(bo, desk):
    assert bo.get("/settings/read-keys").status_code == bo.post("/settings/read-keys", FORM).status_code == 403
    assert desk.asked == []
