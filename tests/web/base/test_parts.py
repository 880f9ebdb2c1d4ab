"""The parts that pages are made of: what they say to a screen reader, and what they leave out."""

import pytest
from django import forms


class Invitation(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="They sign in with it.")
    role = forms.ChoiceField(label="Role", choices=[("a", "Analyst"), ("r", "Reader")], widget=forms.RadioSelect)
    believed = forms.BooleanField(label="Believed", help_text="What it says is taken for true.")


def rendered(source, **given):
    from django.template import Context, Template

    return " ".join(Template("{% load show say %}" + source).render(Context(given)).split())


def test_a_field_ties_label_help_and_error_to_itself():
    form = Invitation({"role": "a"})

    page = rendered('{% include "base/field.html" with field=form.email %}', form=form)

    assert '<label for="id_email">E-mail</label>' in page
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert 'id="id_email_helptext"' in page
    assert 'id="id_email_error"' in page
    assert 'aria-invalid="true"' in page


def test_choices_are_one_question_with_a_label_each():
    page = rendered('{% include "base/field.html" with field=form.role chips=True %}', form=Invitation())

    assert page.count("<legend>") == 1
    assert page.count("<label ") == 2
    assert 'class="field chips"' in page


def test_a_single_tick_has_its_words_in_its_label():
    page = rendered('{% include "base/field.html" with field=form.believed %}', form=Invitation())

    assert "Believed" in page
    assert 'id="id_believed_helptext"' in page


def test_a_refused_form_says_so_at_once_and_one_that_is_well_says_nothing():
    source = '{% include "base/problems.html" %}'

    assert 'role="alert"' in rendered(source, form=Invitation({}))
    assert "alert" not in rendered(source, form=Invitation())


@pytest.mark.parametrize(
    ("numbers", "drawn"),
    [
        ("0.31 0.27 0.35", 'x="27.0" y="1" width="8.0"'),
        ("5 2 20 10", 'x="20.0" y="1" width="80.0"'),  # kept on the line
        ("0 0 0", 'x="0.0" y="1" width="0.6"'),  # certain is still seen
        ("1 1 1 0", 'x="0.0"'),  # a line of no length
    ],
)
def test_an_interval_is_drawn_and_left_to_the_words_beside_it(numbers, drawn):
    page = rendered("{% interval " + numbers + " %}")

    assert drawn in page
    assert 'aria-hidden="true"' in page
    assert "aria-label" not in page, "1.55e+03 is no number to read aloud"


def test_what_stands_under_a_number_says_only_what_it_was_given():
    page = rendered(
        '{% include "base/knowing.html" with who="Those who bought" who_url="/people" how="We count." n=1204 %}'
    )

    assert 'href="/people"' in page
    assert "1,204 persons." in page
    assert "So what?" not in page
    assert "Snapshot" not in page


def test_parts_escape_what_they_are_given():
    hostile = "<script>alert(1)</script>"

    for source in (
        '{% include "base/answer.html" with answer=text doubt=text %}',
        '{% include "base/knowing.html" with who=text how=text so_what=text %}',
        '{% include "base/empty.html" with text=text url=text link=text %}',
    ):
        assert "<script>" not in rendered(source, text=hostile)


def test_plain_values_become_json_that_an_attribute_can_hold():
    page = rendered('<form data-options="{{ value|as_json }}">', value={"name": '"><script>'})

    assert "<script>" not in page
    assert rendered("{{ value|as_json }}", value=None) == ""
