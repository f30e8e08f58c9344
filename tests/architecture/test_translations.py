"""Russian ships complete, and what ships is what was compiled."""

from __future__ import annotations

import io
import re

import pytest
from babel.messages.mofile import write_mo
from tests_support.translations import LANGUAGES, kept, path_of, texts

PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    known = kept(language)
    missing = [m.id for m in texts() if m.id and not (known.get(m.id) and known.get(m.id).string)]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_keeps_its_placeholders(language):
    for message in kept(language):
        if isinstance(message.id, str) and message.id:
            assert set(PLACEHOLDER.findall(message.id)) == set(
                PLACEHOLDER.findall(message.string)
            ), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    compiled = io.BytesIO()
    write_mo(compiled, kept(language))
    assert compiled.getvalue() == path_of(language, "mo").read_bytes()
