"""Whoever has a comp signs in although they never gave."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from tests_support.tiers import AT

from donations.entitlements.comps import grant_comp, revoke_comp
from donations.entitlements.held import standing
from donations.supporters.models import Supporter
from donations.supporters.sign_in_links import ask_for_link


def comp_for(session, master, email="guest@reader.example"):
    return grant_comp(
        session,
        master,
        email=email,
        tier_code="friend",
        from_on=date(2026, 11, 24),
        until_on=date(2027, 12, 1),
        reason="a prize",
        zone=ZoneInfo("UTC"),
        by="support",
        now=AT,
    )


def asks(session, master, worker, outbox, email="guest@reader.example"):
    ask_for_link(session, master, email, language="en", now=AT)
    worker.run_due()
    session.expire_all()
    session.rollback()
    return [letter["To"] for letter in outbox.messages]


def test_the_link_comes_and_the_tier_is_there(session, master, worker, outbox, tiers):
    comp_for(session, master)
    assert asks(session, master, worker, outbox) == ["guest@reader.example"]
    [supporter] = session.scalars(select(Supporter)).all()
    held = standing(session, supporter.id, AT, "en")
    assert (held.code, held.name, held.origin) == ("friend", "Friend", "comp")
    assert held.benefits == ("friend letter", "friend talk")


def test_nobody_else_becomes_known_by_asking(session, master, worker, outbox, tiers):
    comp_for(session, master)
    assert asks(session, master, worker, outbox, "stranger@reader.example") == []
    assert session.scalars(select(Supporter)).all() == []


def test_a_comp_taken_back_opens_nothing(session, master, worker, outbox, tiers):
    revoke_comp(session, comp_for(session, master).public_id, by="support", now=AT)
    assert asks(session, master, worker, outbox) == []
