def test_it_remembers_the_chosen_theme_and_goes_back(ann):
    response = ann.post("/theme", {"theme": "dark", "back": "/people?purpose=marketing"}, follow=True)

    assert response.redirect_chain == [("/people?purpose=marketing", 302)]
    assert 'data-theme="dark"' in response.content.decode()


def test_it_ignores_a_theme_nobody_made(ann):
    ann.post("/theme", {"theme": '"><script>', "back": "/"})
    ann.cookies["theme"] = '"><script>'

    assert 'data-theme="auto"' in ann.get("/").content.decode()


def test_it_never_leads_to_another_site(ann):
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""):
        assert ann.post("/theme", {"theme": "dark", "back": back})["Location"] == "/"
