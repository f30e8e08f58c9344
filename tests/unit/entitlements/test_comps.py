"""A tier from staff: for a mailbox, until a day, known to its owner, taken back, forgotten."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from tests_support.tiers import AT, Member

from donations.entitlements.comp_models import Comp
from donations.entitlements.comps import (
    address_of,
    comps,
    drop_comps,
    follow_comp,
    grant_comp,
    link_comps,
    revoke_comp,
)
from donations.entitlements.granting import held
from donations.entitlements.models import Entitlement
from donations.kernel.database import begin_write
from donations.kernel.errors import FieldRefused, NotFound
from donations.mailer.addresses import BadAddress
from donations.supporters.models import Supporter
from donations.vault.models import DataKey

DAY = timedelta(days=1)
ZONE = ZoneInfo("Europe/Amsterdam")
TODAY = date(2026, 11, 24)
GIVEN = {
    "email": "Vera@Reader.example",
    "tier_code": "friend",
    "from_on": TODAY,
    "until_on": date(2027, 11, 23),
    "reason": "a source of the investigation",
}


@pytest.fixture
def give(session, master, tiers):
    def one(**changes):
        return grant_comp(session, master, **{**GIVEN, **changes}, zone=ZONE, by="support", now=AT)

    return one


def standing(session):
    session.expire_all()
    return [(one.state, one.ended_because) for one in session.scalars(select(Entitlement))]


def test_days_are_the_newsroom_s_and_the_last_one_counts(give):
    comp = give()
    assert comp.starts_at == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert comp.ends_at == datetime(2027, 11, 23, 23, tzinfo=UTC)


def test_a_comp_for_nobody_we_know_waits_with_its_address_sealed(session, master, give):
    comp = give()
    assert standing(session) == []
    assert address_of(session, master, comp) == "Vera@Reader.example"
    assert b"reader" not in comp.email_sealed.lower()


def test_a_comp_for_a_supporter_counts_at_once_and_keeps_no_address_of_its_own(
    session, master, give
):
    Member(session, master, minor=200)
    comp = give()
    assert standing(session) == [("active", "")]
    assert (comp.email_sealed, comp.email_index) == (None, None)
    assert address_of(session, master, comp) == "vera@reader.example"
    assert session.get_one(DataKey, comp.data_key_id).wrapped is None


def test_whoever_first_gives_finds_it_by_their_mailbox(session, master, give):
    comp = give()
    gift = Member(session, master, minor=200).pays()
    begin_write(session)
    link_comps(session, gift.supporter, AT)
    link_comps(session, gift.supporter, AT)
    session.commit()
    assert [one.tier_id for one in held(session, gift.supporter_id, now=AT)] == [comp.tier_id]


def test_one_that_is_to_come_waits(session, master, give):
    Member(session, master, minor=200)
    give(from_on=TODAY + DAY)
    assert standing(session) == [("waiting", "")]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"until_on": TODAY - DAY}, "until_on", "before_it_begins"),
        ({"from_on": TODAY + 2 * DAY, "until_on": TODAY + DAY}, "until_on", "before_it_begins"),
        ({"until_on": date(2029, 11, 25)}, "until_on", "too_far"),
        ({"reason": "  "}, "reason", "empty"),
        ({"reason": "x" * 121}, "reason", "too_long"),
        ({"reason": "for vera@reader.example"}, "reason", "names_somebody"),
        ({"tier_code": "nobody"}, "tier", "unknown"),
    ],
)
def test_what_cannot_be_given_is_refused_at_its_field(session, give, changes, field, reason):
    with pytest.raises(FieldRefused) as caught:
        give(**changes)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert comps(session) == []


def test_three_years_to_the_day_are_given(give):
    assert give(until_on=date(2029, 11, 24)).ends_at.year == 2029


def test_an_address_that_is_none_is_refused(give):
    with pytest.raises(BadAddress):
        give(email="nobody")


def test_what_is_taken_back_is_over_at_once_and_asked_twice_is_asked_once(session, master, give):
    Member(session, master, minor=200)
    comp = give()
    for now in (AT + DAY, AT + 2 * DAY):
        assert revoke_comp(session, comp.public_id, by="support", now=now).revoked_at == AT + DAY
    assert standing(session) == [("revoked", "revoked")]
    with pytest.raises(NotFound):
        revoke_comp(session, "nobody", by="support", now=AT)


def test_one_taken_back_before_its_owner_came_never_counts(session, master, give):
    comp = give()
    revoke_comp(session, comp.public_id, by="support", now=AT)
    gift = Member(session, master, minor=200).pays()
    begin_write(session)
    link_comps(session, gift.supporter, AT)
    session.commit()
    assert standing(session) == []
    assert address_of(session, master, comp) is None


def test_the_address_is_destroyed_when_it_is_over_and_when_its_owner_is_forgotten(
    session, master, give
):
    over, waits = give(), give(until_on=date(2029, 1, 1))
    begin_write(session)
    follow_comp(session, over, over.ends_at)
    session.commit()
    assert address_of(session, master, over) is None
    begin_write(session)
    drop_comps(session, waits.email_index, now=AT)
    session.commit()
    assert address_of(session, master, waits) is None
    keys = session.scalars(
        select(DataKey.wrapped).where(DataKey.id.in_([over.data_key_id, waits.data_key_id]))
    )
    assert list(keys) == [None, None]
    assert session.scalars(select(Comp.email_index)).all() == [None, None]
    assert session.scalars(select(Supporter)).all() == []
