"""What the content policy forbids must not be written in the first place."""

import re
from pathlib import Path

import kundskab.web

TEMPLATES = sorted(Path(kundskab.web.__file__).parent.rglob("*.html"))


def test_no_template_has_inline_style_or_script():
    for template in TEMPLATES:
        text = template.read_text()

        assert not re.search(r"\sstyle\s*=|<style", text), template
        # What stands within a template's own tags never reaches a browser as an attribute.
        assert not re.search(r"\son[a-z]+\s*=|hx-on", re.sub(r"{%.*?%}", "", text)), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template
        assert "javascript:" not in text, template


def test_no_template_trusts_what_it_is_given_or_fetches_from_elsewhere():
    for template in TEMPLATES:
        text = template.read_text()

        assert "|safe" not in text, template
        assert "autoescape" not in text, template
        assert not re.search(r"(src|href)=\"(https?:)?//", text), template


def test_every_posting_form_carries_its_token():
    for template in TEMPLATES:
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", template.read_text(), re.DOTALL):
            assert "{% csrf_token %}" in form, template
