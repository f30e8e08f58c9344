from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from donations.assets import asset_folder
from donations.kernel.newsroom import Newsroom
from donations.mailer.addresses import BadAddress
from donations.mailer.message import Message
from donations.mailer.rendering import Letterpress

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NEWSROOM = Newsroom(
    name="The Moscow Times", contact="help@newsroom.example", mail_from="post@mail.example"
)
LONG_LINK = "https://donate.example.org/ru/newsletter/unsubscribe/" + "x" * 300


def printed(template="newsletter_confirm", language="en", to="reader@example.org", **changes):
    """A letter as the mailbox receives it: made, put on the wire, read again."""
    unsubscribe_url = changes.pop("unsubscribe_url", None)
    facts = {
        "newsletter": "The Week",
        "confirm_url": "https://donate.example.org/c",
        "contact": "help@newsroom.example",
        **changes,
    }
    letter = Letterpress(Path(asset_folder("templates"))).print(
        Message(template, to, language, facts, unsubscribe_url),
        NEWSROOM,
        message_id="0" * 32,
        now=NOW,
    )
    return letter.data, message_from_bytes(letter.data, policy=default)


def test_a_letter_is_in_its_own_language_whatever_the_last_one_was():
    for language, hello in (("ru", "Здравствуйте"), ("en", "Hello"), ("ru", "Здравствуйте")):
        _, letter = printed(language=language)
        assert hello in letter.get_body(("plain",)).get_content()
        assert hello in letter.get_body(("html",)).get_content()
        assert letter["Content-Language"] == language
        assert f'lang="{language}"' in letter.get_body(("html",)).get_content()


def test_a_russian_subject_survives_the_wire():
    _, letter = printed(language="ru")
    assert letter["Subject"] == "Подтвердите, пожалуйста, адрес"


def test_a_link_longer_than_a_line_stays_one_link_in_the_header():
    raw, letter = printed(unsubscribe_url=LONG_LINK)
    assert f"List-Unsubscribe: <{LONG_LINK}>\r\n".encode() in raw
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_line_is_longer_than_mail_allows_and_no_letter_needs_more_than_ascii():
    raw, _ = printed(language="ru", unsubscribe_url=LONG_LINK, newsletter="Ж" * 2000)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_what_a_newsroom_wrote_is_text_and_never_markup():
    _, letter = printed(newsletter="<script>alert(1)</script> & Co")
    assert "<script>" not in letter.get_body(("html",)).get_content()
    assert "&amp; Co" in letter.get_body(("html",)).get_content()
    assert "<script>alert(1)</script> & Co" in letter.get_body(("plain",)).get_content()


def test_the_line_beside_the_subject_in_a_mailbox_is_the_subject():
    _, letter = printed()
    html = letter.get_body(("html",)).get_content()
    assert html.index('class="preview"') < html.index("Hello")
    assert letter.get_body(("plain",)).get_content().startswith(letter["Subject"])


def test_dark_rules_stay_and_the_rest_stands_at_each_element():
    _, letter = printed()
    html = letter.get_body(("html",)).get_content()
    assert "prefers-color-scheme: dark" in html
    assert 'class="button" href="https://donate.example.org/c" style="' in html


@pytest.mark.parametrize(
    "to", ["reader@example.org\r\nBcc: all@example.org", "a@example.org, b@example.org"]
)
def test_no_header_can_be_smuggled_in_through_an_address(to):
    with pytest.raises(BadAddress):
        printed(to=to)


def test_a_fact_that_is_missing_stops_the_letter():
    with pytest.raises(UndefinedError):
        printed(template="payment_pending")
