"""Why support ended: counted by hand and by reason, in the months asked for."""

from datetime import timedelta

import pytest
from tests_support.members import join

from donations.self_service.withdrawing import note_reason


@pytest.fixture
def ended(session, master, clock):
    """Ends somebody's membership, and says why."""

    def one(name, reason="", *, asked=True, because=None):
        membership = join(session, master, clock.now(), name, email=f"{name}@reader.example")
        membership.state, membership.ended_at = "ended", clock.now()
        membership.end_reason = because or ("cancellation_requested" if asked else None)
        membership.cancel_asked_at = clock.now() if asked else None
        session.commit()
        if reason:
            note_reason(session, name_of(membership), reason, now=clock.now())

    def name_of(membership):
        return membership.public_id

    return one


def rows(page):
    return [line for line in page.get_data(as_text=True).splitlines() if line][1:]


def test_endings_are_counted_by_hand_and_by_reason(sign_in, ended):
    ended("aaaaaaaaaaaa", "money")
    ended("bbbbbbbbbbbb", "money")
    ended("cccccccccccc")
    ended("dddddddddddd", asked=False, because="payment_failed")
    ended("eeeeeeeeeeee", asked=False, because="payment_disputed")
    ended("ffffffffffff", asked=False)
    staff = sign_in("editor")
    page = staff.get("/office/endings").text
    assert '<p class="big">6</p>' in page
    assert "Cannot afford it now" in page
    assert "reader.example" not in page
    assert rows(staff.get("/office/endings.csv")) == [
        "hand,asked,3",
        "hand,payment_failed,1",
        "hand,payment_disputed,1",
        "hand,otherwise,1",
        "reason,money,2",
        "reason,unsaid,1",
    ]


def test_only_the_months_asked_for_count(sign_in, ended, clock):
    ended("aaaaaaaaaaaa")
    clock.advance(timedelta(days=400))
    staff = sign_in("finance")
    assert "No regular support ended in these months." in staff.get("/office/endings").text
    assert '<p class="big">1</p>' in staff.get("/office/endings?from=2026-11&to=2026-11").text
    assert staff.get("/office/endings?from=later").status_code == 400


def test_who_answers_letters_sees_no_endings(sign_in):
    assert sign_in("support").get("/office/endings").status_code == 403
