"""What a supporter sees and settles: gifts, letters, language, name, data, and each thing to do."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests_support.members import give, join

from donations.dossiers.models import Erasure
from donations.giving.models import Membership
from donations.mailer.suppressing import suppressions
from donations.self_service.models import MembershipOrder
from donations.supporters.models import Supporter

from .conftest import EMAIL

PAGES = (
    *("", "/history", "/receipts", "/letters", "/settings", "/language", "/naming", "/passkeys"),
    *("/data", "/data/erase", "/email"),
)


@pytest.mark.parametrize("language", ["", "/ru"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_closed_to_strangers_and_open_to_its_owner(
    browser, signed_in, page, language
):
    path = f"{language}/account{page}"
    away = browser().get(path)
    assert away.status_code == 303
    assert away.location.startswith(f"{language}/account/sign-in")
    shown = signed_in().get(path)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in shown.headers


def test_the_overview_says_what_is_given_and_when_it_is_next_taken(signed_in):
    page = signed_in().get("/account").text
    assert "$15 monthly" in page
    assert "The next payment is taken on December 24, 2026." in page


def test_who_is_behind_reads_why_and_that_no_money_moved(signed_in, member, session):
    member.state, member.last_failure_code = "past_due", "expired_card"
    session.commit()
    page = signed_in().get("/account").text
    assert "The card has expired. No money was taken." in page
    assert "/pay" in page


def test_the_history_tells_every_gift_with_its_year(signed_in, member, session, clock):
    give(session, member, clock.now() - timedelta(days=400), 1)
    give(session, member, clock.now(), 2)
    page = signed_in().get("/account/history").text
    assert page.index("2026") < page.index("2025")


def test_nobody_sees_or_moves_another_persons_membership(signed_in, session, master, clock):
    other = join(session, master, clock.now(), "zzzzzzzzzzzz", email="other@reader.example")
    visit = signed_in()
    path = f"/account/memberships/{other.public_id}/pause"
    assert visit.get(path).status_code == 404
    assert visit.post(path, at="/account", months="1").status_code == 404
    session.rollback()
    assert session.scalars(select(MembershipOrder)).all() == []


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("amount", {"amount": "500"}),
        ("frequency", {"amount": "18000"}),
        ("pause", {"months": "3"}),
        ("skip", {}),
        ("move", {"day": "2026-12-31"}),
    ],
)
def test_each_thing_is_asked_for_from_the_account(signed_in, member, session, action, fields):
    visit = signed_in()
    path = f"/account/memberships/{member.public_id}/{action}"
    assert path in visit.get("/account").text
    answer = visit.post(path, **fields)
    assert answer.status_code == 200, answer.text
    session.rollback()
    [order] = session.scalars(select(MembershipOrder)).all()
    assert (order.action, order.via) == (action, "account")


def test_ending_it_takes_two_clicks_and_asks_why_only_afterwards(signed_in, member, session):
    visit = signed_in()
    path = f"/account/memberships/{member.public_id}/cancel"
    assert 'name="reason"' not in visit.get(path).text
    assert 'name="reason"' in visit.post(path, when="now").text
    session.rollback()
    assert session.scalars(select(Membership.cancel_asked_at)).one() is not None


@pytest.mark.parametrize(
    ("level", "scopes"), [("wished", set()), ("needed", {"wishes"}), ("asked", {"unasked"})]
)
def test_how_much_we_write_is_their_word(signed_in, member, session, level, scopes):
    visit = signed_in()
    assert visit.post("/account/letters", level=level).status_code == 303
    index = session.scalars(select(Supporter.email_index)).one()
    assert {row.scope for row in suppressions(session, index)} == scopes
    assert f'value="{level}" aria-describedby="level-{level}-hint" checked' in (
        visit.get("/account/letters").text
    )


def test_a_level_nobody_offers_changes_nothing(signed_in, member, session):
    visit = signed_in()
    visit.post("/account/letters", level="returned")
    index = session.scalars(select(Supporter.email_index)).one()
    assert suppressions(session, index) == []


def test_the_yearly_note_can_be_refused_and_had_back(signed_in, member, session):
    visit = signed_in()
    for ticked in ([], ["still_reading", "reminders"]):
        visit.post("/account/letters/others", at="/account/letters", letter=ticked)
        session.rollback()
        wishes = session.scalars(select(Supporter.wishes)).one()
        assert wishes == {"still_reading": bool(ticked)}


def test_letters_come_in_the_language_chosen(signed_in, member, session):
    answer = signed_in().post("/account/language", language="ru")
    assert answer.location == "/ru/account/settings"
    session.rollback()
    assert session.scalars(select(Supporter.language)).one() == "ru"


def test_nobody_is_named_who_did_not_say_so_outright(signed_in, member, session):
    visit = signed_in()
    for naming, anonymous in (("named", False), ("", True), ("named", False), ("x", True)):
        visit.post("/account/naming", naming=naming)
        session.rollback()
        assert session.scalars(select(Supporter.anonymous)).one() is anonymous


def test_everything_held_can_be_taken_along(signed_in, member, session, clock):
    give(session, member, clock.now())
    answer = signed_in().post("/account/data/export", at="/account/data")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    told = json.loads(answer.text)
    assert told["supporter"]["email"] == EMAIL
    assert told["memberships"][0]["amount_minor"] == 1500
    assert len(told["gifts"]) == 1
    assert len(told["signed_in_browsers"]) == 1


def test_being_forgotten_is_asked_once_more_and_then_promised(signed_in, member, session):
    visit = signed_in()
    assert "csrf_token" in visit.get("/account/data/erase").text
    session.rollback()
    assert session.scalars(select(Erasure)).all() == []
    visit.post("/account/data/erase")
    session.rollback()
    [erasure] = session.scalars(select(Erasure)).all()
    assert erasure.by == "supporter"


def test_another_address_is_asked_of_both_mailboxes(signed_in, member, worker, outbox):
    visit = signed_in()
    assert visit.post("/account/email", email="nobody").status_code == 422
    assert visit.post("/account/email", email="new@reader.example").status_code == 200
    worker.run_due()
    assert sorted(letter["To"] for letter in outbox.messages) == ["new@reader.example", EMAIL]
