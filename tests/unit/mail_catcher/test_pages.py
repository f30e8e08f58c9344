from email.message import EmailMessage

import pytest

from donations.mail_catcher.letterbox import Letterbox
from donations.mail_catcher.pages import build_pages


@pytest.fixture
def browser():
    letter = EmailMessage()
    letter["From"], letter["To"] = "post@mail.example", "reader@example.org"
    letter["Subject"] = "<b>Receipt</b>"
    letter.set_content(
        "See http://localhost/support/cancel/x and http://localhost/support/cancel/x"
    )
    letter.add_alternative(
        "<html><head></head><body><script>alert(1)</script>Hello</body></html>", subtype="html"
    )
    letterbox = Letterbox()
    letterbox.put(bytes(letter))
    return build_pages(letterbox).test_client()


def test_a_letters_html_is_shown_in_a_frame_where_nothing_runs(browser):
    page = browser.get("/messages/1")
    assert "<iframe" in page.text
    assert "sandbox" in page.text
    framed = browser.get("/messages/1/html")
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert framed.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_letter_says_never_becomes_part_of_our_page(browser):
    for path in ("/", "/messages/1"):
        page = browser.get(path)
        assert "&lt;b&gt;Receipt" in page.text
        assert "<script>alert" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_link_can_be_followed_from_the_page_and_is_offered_once(browser):
    assert browser.get("/messages/1").text.count('href="http://localhost/support/cancel/x"') == 1


def test_a_letter_that_never_came_is_not_found_and_nothing_can_be_written(browser):
    assert browser.get("/messages/2").status_code == 404
    assert browser.get("/messages/2/html").status_code == 404
    assert browser.post("/").status_code == 405


def test_other_programs_read_the_newest_first(browser):
    [caught] = browser.get("/api/messages").json
    assert caught["to"] == "reader@example.org"
    assert caught["subject"] == "<b>Receipt</b>"
    assert "/support/cancel/x" in caught["text"]
    assert caught["headers"]["From"] == "post@mail.example"
