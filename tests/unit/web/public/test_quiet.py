import pytest

from donations.kernel.months import Month
from donations.web.public.quiet import COOKIE, quiet_month

NOVEMBER = Month(2026, 11)


def asked(client, month="2027-03"):
    client.set_cookie(COOKIE, month)
    return client


@pytest.mark.parametrize(
    ("header", "month"),
    [
        (None, None),
        ("", None),
        (f"{COOKIE}=2027-03", "2027-03"),
        (f"a=1; {COOKIE}=2026-11; b=2", "2026-11"),
        (f"{COOKIE}=2027-12", "2027-12"),
        (f"{COOKIE}=2028-01", None),
        (f"{COOKIE}=2026-10", None),
        (f"{COOKIE}=2027-13", None),
        (f"{COOKIE}=", None),
        (f"{COOKIE}=2027-03-01", None),
        (f"not-{COOKIE}=2027-03", None),
    ],
)
def test_only_a_month_that_could_have_been_promised_is_believed(header, month):
    environ = {} if header is None else {"HTTP_COOKIE": header}
    assert quiet_month(environ, NOVEMBER) == month


def test_the_appeal_folds_to_one_line_for_whoever_asked_us_to_wait_and_for_nobody_else(client):
    assert "Dear readers" in client.get("/").text
    quiet = asked(client).get("/")
    assert "You asked us to wait until March." in quiet.text
    assert "Dear readers" not in quiet.text
    assert 'class="banner"' not in quiet.text
    assert 'id="give"' not in quiet.text
    assert 'href="/support"' in quiet.text
    client.delete_cookie(COOKIE)
    assert "Dear readers" in client.get("/").text


def test_the_line_is_said_in_every_language_and_currency(client):
    asked(client)
    assert 'class="waiting"' in client.get("/ru/").text
    assert 'class="waiting"' in client.get("/?currency=eur").text
    assert 'class="waiting"' in client.get("/?campaign=spring").text


def test_in_the_promised_month_before_the_day_no_month_is_named(client):
    assert "You asked us to wait a little." in asked(client, "2026-11").get("/").text


def test_the_appeal_itself_is_always_there(client):
    assert 'id="give"' in asked(client).get("/support").text


def test_both_pages_say_that_the_cookie_tells_them_apart(client):
    everybody = client.get("/")
    quiet = asked(client).get("/")
    assert everybody.headers["Vary"] == quiet.headers["Vary"] == "Accept-Encoding, Cookie"
    assert everybody.headers["Cache-Control"].startswith("public")
    assert quiet.headers["Cache-Control"] == "private, no-cache"
    assert everybody.headers["ETag"] != quiet.headers["ETag"]
    assert client.get("/support").headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in quiet.headers


def test_one_button_takes_the_marker_away(client):
    asked(client)
    answer = client.post("/remind-me/ask-again")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/#support")
    assert client.get_cookie(COOKIE) is None
    assert "Dear readers" in client.get("/").text


def test_another_site_cannot_take_it_away(client):
    answer = client.post("/remind-me/ask-again", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_the_marker_is_for_https_alone_where_there_is_https(app, client):
    from dataclasses import replace

    from donations.web.house import EXTENSION

    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], base_url="https://localhost")
    assert "; Secure" in client.post("/remind-me/ask-again").headers["Set-Cookie"]


def test_the_privacy_page_says_what_it_is_and_clears_it(client):
    page = client.get("/privacy").text
    assert 'id="marker"' in page
    assert COOKIE in page
    assert 'action="/remind-me/ask-again"' in page


def test_after_this_article_is_an_address_and_keeps_nothing(client):
    page = client.get("/")
    assert 'href="#later"' in page.text
    assert '<span id="later"></span><p class="banner">' in page.text
    assert "Set-Cookie" not in page.headers
