"""Every letter in every language: complete, neutral, self-contained and small enough."""

import re
from datetime import UTC, datetime

import pytest

from donations.assets import asset_folder
from donations.kernel.errors import NotFound
from donations.kernel.newsroom import LANGUAGES, Newsroom
from donations.mailer.proofs import LARGEST, Shade, proof
from donations.mailer.rendering import Letterpress
from donations.mailer.samples import SAMPLES, sample_named

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAME = "The Moscow Times"
NEWSROOM = Newsroom(name=NAME, contact="help@support.example", mail_from="post@mail.example")
BASE = "https://support.example"
PRESS = Letterpress(asset_folder("templates"))
MONEY = re.compile(r"[$€£¥₽]|USD|EUR|GBP|\d[.,]\d\d\b")


def printed(sample, language, newsroom=NEWSROOM):
    return proof(PRESS, sample.message(newsroom, BASE, language), newsroom, NOW)


each = pytest.mark.parametrize(
    ("sample", "language"),
    [
        pytest.param(one, language, id=f"{one.name}-{language}")
        for one in SAMPLES
        for language in LANGUAGES
    ],
)


def test_every_letter_there_is_has_a_sample():
    folders = {
        path.name for path in (asset_folder("templates") / "mail").iterdir() if path.is_dir()
    }
    assert {sample.template for sample in SAMPLES} == folders
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


def test_a_sample_nobody_made_is_not_found():
    assert sample_named("receipt").template == "receipt"
    with pytest.raises(NotFound):
        sample_named("nobody")


@each
def test_what_a_mailbox_shows_betrays_neither_newsroom_nor_amount(sample, language):
    letter = printed(sample, language)
    preheader = re.search(r'class="preview"[^>]*>([^<]*)', letter.html)[1]
    seen = f"{letter.sender} {letter.subject} {preheader}"
    for word in (NAME, "Moscow", "Times", "newsroom", "donat", "редакц", "пожертв"):
        assert word.lower() not in seen.lower()
    assert not MONEY.search(seen), seen
    assert letter.text.startswith(letter.subject)
    assert preheader.replace("&amp;", "&").startswith(letter.subject)


@each
def test_a_letter_fetches_nothing_runs_nothing_and_is_not_cut_off(sample, language):
    letter = printed(sample, language)
    assert letter.size <= LARGEST
    assert not re.search(
        r"<(img|script|link|iframe|object|video|svg)\b|url\(|@import|\bsrc=", letter.html
    )
    assert f'lang="{language}"' in letter.html
    for link in re.findall(r'href="([^"]+)"', letter.html):
        assert link.replace("&amp;", "&") in letter.text, link


@each
def test_a_letter_has_its_style_at_each_element_and_dark_rules_besides(sample, language):
    letter = printed(sample, language)
    assert re.search(r'<p style="', letter.html)
    assert "prefers-color-scheme" not in letter.shown(Shade.DARK)
    assert re.search(r"@media all\b", letter.shown(Shade.DARK))
    assert re.search(r"@media not all\b", letter.shown(Shade.LIGHT))
    assert 'content="dark"' in letter.shown(Shade.DARK)


def test_a_newsroom_whose_name_endangers_nobody_may_sign_with_it():
    named = NEWSROOM.model_validate(
        {**NEWSROOM.model_dump(exclude={"mail_sender_name"}), "mail_style": "named"}
    )
    letter = printed(sample_named("receipt"), "en", named)
    assert letter.sender == f"{NAME} <post@mail.example>"
    assert NAME not in letter.subject
    own = Newsroom(
        name=NAME,
        contact="a@b.example",
        mail_from="c@d.example",
        mail_style="named",
        mail_sender_name="Membership",
    )
    assert own.mail_sender_name == "Membership"
    with pytest.raises(ValueError, match="mail_style"):
        Newsroom(name=NAME, contact="a@b.example", mail_from="c@d.example", mail_style="loud")
