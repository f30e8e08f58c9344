from datetime import UTC, datetime, timedelta

import pytest

from donations.dunning.models import Notice
from donations.giving.models import Dispute, Gift, Membership, Receipt, Refund
from donations.kernel.errors import NotFound
from donations.reports.timeline import What, timeline
from donations.self_service.models import MembershipOrder

AT = datetime(2026, 11, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_happened_is_told_in_the_order_it_happened(session, enrol, give, join, take_back):
    person = enrol(1, AT)
    name = give(AT, 1500, supporter=person)
    gift = session.query(Gift).one()
    session.add(Receipt(number=1001, gift_id=gift.id, issued_at=AT))
    join(person, AT, last_failure_at=AT + 3 * HOUR, last_failure_code="expired_card")
    take_back(Dispute, name, 500, AT + 2 * HOUR, "lost")
    take_back(Refund, name, 500, AT + HOUR, "succeeded")
    told = timeline(session, person.public_id)
    assert [each.what for each in told.happenings] == [
        What.MEMBERSHIP_STARTED,  # of the same second: the cause before what follows
        What.GIFT,
        What.RECEIPT,
        What.REFUND,
        What.DISPUTE,
        What.PAYMENT_FAILED,
    ]
    assert told.happenings[2].notes == ("1001",)
    assert told.happenings[4].notes == ("fraudulent", "lost")
    assert told.happenings[5].notes == ("expired_card",)


def test_a_forgotten_supporter_keeps_the_gifts_and_says_so(session, enrol, give):
    person = enrol(1, AT)
    give(AT, 1500, supporter=person)
    person.forgotten_at = AT + HOUR
    session.commit()
    told = timeline(session, person.public_id)
    assert [each.what for each in told.happenings] == [What.GIFT, What.FORGOTTEN]
    assert told.summary.forgotten


def test_one_supporters_timeline_holds_nobody_elses_gifts(session, enrol, give):
    one, other = enrol(1, AT), enrol(2, AT)
    mine = give(AT, 1500, supporter=one)
    give(AT, 1500, supporter=other)
    assert [each.gift for each in timeline(session, one.public_id).happenings] == [mine]


def test_an_unknown_number_is_not_found(session):
    with pytest.raises(NotFound):
        timeline(session, "nobody")


def test_what_a_member_asked_for_and_was_written_is_told(session, enrol, give, join):
    person, other = enrol(1, AT), enrol(2, AT)
    for supporter, name in ((person, "a"), (other, "b")):
        give(AT, 1500, supporter=supporter)
        join(supporter, AT)
        membership = session.query(Membership).filter_by(supporter_id=supporter.id).one()
        asked = {"action": "pause", "arguments": {}, "via": "link", "asked_at": AT}
        done = MembershipOrder(
            public_id=f"done{name}", membership_id=membership.id, done_at=AT + HOUR, **asked
        )
        waits = MembershipOrder(public_id=f"waits{name}", membership_id=membership.id, **asked)
        notice = Notice(
            membership_id=membership.id, kind="card_expired", about="x", at=AT + 2 * HOUR
        )
        session.add_all((done, waits, notice))
    session.commit()
    told = timeline(session, person.public_id).happenings
    assert [(each.what, each.notes) for each in told[2:]] == [
        (What.ASKED_FOR, ("asked_pause",)),
        (What.WRITTEN, ("notice_card_expired",)),
    ]
