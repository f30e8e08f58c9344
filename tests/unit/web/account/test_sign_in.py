"""Signing in by a link: the same answer for everyone, one use, a short life, the button behind it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from donations.jobs.models import Job
from donations.supporters.account_models import AccountLink, AccountSession, SignInAsk

from .conftest import EMAIL


@pytest.fixture
def ask(browser, worker, outbox):
    """Ask for a link with a browser; the path of the link that came, or None."""

    def one(email=EMAIL, language="", **fields):
        before = len(outbox.messages)
        answer = browser().post(f"{language}/account/sign-in", data={"email": email, **fields})
        assert answer.status_code == 200, answer.text
        worker.run_due()
        for letter in outbox.messages[before:]:
            text = letter.get_body(("plain",)).get_content()
            return re.search(r"http://localhost(\S*/account/sign-in/\S+)", text)[1]
        return None

    return one


def test_a_link_by_mail_opens_the_account_by_the_button_behind_it(member, ask, browser, session):
    link = ask()
    visitor = browser()
    for method in ("get", "head"):
        assert (
            getattr(visitor, method)(link).status_code == 200
        )  # programs that look use up nothing
    assert "Set-Cookie" not in visitor.get(link).headers
    answer = visitor.post(link)
    assert (answer.status_code, answer.location) == (303, "/account")
    cookie = answer.headers["Set-Cookie"]
    for said in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert said in cookie
    page = visitor.get("/account")
    assert "What you give" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_answer_and_the_work_are_the_same_for_an_address_nobody_has(member, browser, session):
    pages = set()
    for email in (EMAIL, "nobody@reader.example"):
        page = browser().post("/account/sign-in", data={"email": email})
        pages.add((page.status_code, page.text))
    assert len(pages) == 1
    session.rollback()
    assert len(session.scalars(select(SignInAsk)).all()) == 2
    jobs = session.scalars(select(Job).where(Job.kind == "account_link")).all()
    assert len(jobs) == 2
    assert "reader.example" not in str([job.arguments for job in jobs])


def test_nobody_unknown_is_written_to(member, ask, session):
    assert ask("nobody@reader.example") is None
    session.rollback()
    assert session.scalars(select(AccountLink)).all() == []


def test_a_link_opens_once(member, ask, browser):
    link = ask()
    assert browser().post(link).status_code == 303
    second = browser().post(link)
    assert second.status_code == 410
    assert "Set-Cookie" not in second.headers


def test_using_one_link_ends_the_others_of_the_same_mailbox(member, ask, browser):
    first, second = ask(), ask()
    assert browser().post(second).status_code == 303
    assert browser().post(first).status_code == 410


def test_a_link_lives_for_twenty_minutes_and_then_offers_another(
    member, ask, browser, clock, worker, outbox
):
    link = ask()
    clock.advance(timedelta(minutes=20))
    visitor = browser()
    assert visitor.get(link).status_code == 410
    assert visitor.post(link).status_code == 410
    assert visitor.post(link, data={"act": "again"}).status_code == 200
    worker.run_due()
    assert len(outbox.messages) == 2


def test_a_link_that_never_was_tells_nothing(browser):
    assert browser().post("/account/sign-in/" + "x" * 32).status_code == 410


def test_a_mailbox_cannot_be_flooded_through_us(member, browser, worker, outbox):
    for _ in range(8):
        assert browser().post("/account/sign-in", data={"email": EMAIL}).status_code == 200
    worker.run_due()
    assert len(outbox.messages) == 3


@pytest.mark.parametrize("email", ["", "nobody", "a b@c.example", "x" * 300 + "@c.example"])
def test_what_is_mistyped_is_said_at_the_field(browser, email):
    page = browser().post("/account/sign-in", data={"email": email})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text


def test_a_page_asked_for_before_is_where_one_arrives(member, ask, browser):
    visitor = browser()
    away = visitor.get("/account/letters")
    assert away.location == "/account/sign-in?next=%2Faccount%2Fletters"
    assert visitor.post(ask(next="/account/letters")).location == "/account/letters"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/account",
        "//evil.example/account",
        "/office",
        "/account/../office",
        "/account//evil.example",
        "javascript:alert(1)",
        "/account/sign-out",
    ],
)
def test_no_link_leads_out_of_the_account(member, ask, browser, wanted):
    assert browser().post(ask(next=wanted)).location == "/account"


def test_a_session_ends_when_idle_and_when_old(signed_in, clock):
    visit = signed_in()
    for _ in range(24):
        assert visit.get("/account").status_code == 200
        clock.advance(timedelta(minutes=29))
    assert visit.get("/account").status_code == 200
    clock.advance(timedelta(minutes=29))
    assert visit.get("/account").status_code == 303  # twelve hours are over
    other = signed_in()
    clock.advance(timedelta(minutes=30))
    assert other.get("/account").status_code == 303


def test_signing_out_ends_it_in_the_database_too(signed_in, session):
    visit = signed_in()
    answer = visit.post("/account/sign-out", at="/account")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    session.rollback()
    assert session.scalars(select(AccountSession.ended_at)).one() is not None


def test_signing_out_everywhere_ends_every_browser(signed_in):
    here, there = signed_in(), signed_in()
    assert "2 browsers" in here.get("/account/settings").text
    assert here.post("/account/sign-out/everywhere", at="/account/settings").status_code == 303
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_the_pages_token_does_nothing(signed_in, token):
    visit = signed_in()
    assert visit.client.post("/account/sign-out", data={"csrf_token": token}).status_code == 400
    assert visit.get("/account").status_code == 200


def test_another_site_can_send_no_form(signed_in):
    visit = signed_in()
    answer = visit.client.post("/account/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_database_holds_nothing_that_opens_an_account(member, ask, browser, session):
    link = ask()
    cookie = browser().post(link).headers["Set-Cookie"]
    token, held = cookie.split("=", 1)[1].split(";")[0], link.rsplit("/", 1)[1]
    session.rollback()
    rows = [
        *session.scalars(select(AccountLink.token_digest)),
        *session.scalars(select(AccountSession.token_digest)),
    ]
    assert all(token.encode() not in row and held.encode() not in row for row in rows)


def test_the_account_speaks_russian(member, ask, browser):
    visitor = browser()
    link = ask(language="/ru")
    assert link.startswith("/ru/account/sign-in/")
    assert visitor.post(link).location == "/ru/account"
    assert 'lang="ru"' in visitor.get("/ru/account").text
