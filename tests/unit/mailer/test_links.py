import pytest

from donations.kernel.newsroom import Newsroom
from donations.mailer.links import reader_link

NEWSROOM = Newsroom(
    name="The Moscow Times", contact="help@newsroom.example", mail_from="post@mail.example"
)


@pytest.mark.parametrize(
    ("language", "link"),
    [
        ("en", "https://donate.example.org/support"),
        ("ru", "https://donate.example.org/ru/support"),
        ("de", "https://donate.example.org/support"),
    ],
)
def test_a_link_leads_to_the_page_in_the_letters_language_while_it_is_spoken(language, link):
    assert reader_link("https://donate.example.org", NEWSROOM, language, "/support") == link


def test_what_stands_in_the_query_cannot_break_out_of_it():
    link = reader_link(
        "https://d.example", NEWSROOM, "en", "/support", amount="1&x=2#", currency="я"
    )
    assert link == "https://d.example/support?amount=1%26x%3D2%23&currency=%D1%8F"
