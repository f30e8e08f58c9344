from datetime import UTC, datetime, timedelta

import pytest

from donations.reports import supporters as report
from donations.reports.supporters import Belonging, SupporterFilter, every_supporter, supporters

AT = datetime(2026, 11, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def three(enrol, give, join):
    """A member, someone who was one, and someone who never was; newest first."""
    people = [enrol(number, AT + DAY * number) for number in range(3)]
    for person in people:
        give(AT + DAY, 1500, supporter=person)
    join(people[0], AT)
    join(people[1], AT, state="canceled", ended_at=AT + DAY)
    return people[::-1]


def numbers(session, **chosen):
    return [row.public_id for row in supporters(session, SupporterFilter(**chosen)).rows]


def test_gifts_are_summed_by_currency_and_never_across(session, enrol, give):
    person = enrol(1, AT)
    give(AT, 1000, supporter=person)
    give(AT + DAY, 500, supporter=person)
    give(AT, 3000, supporter=person, currency="jpy")
    (row,) = supporters(session, SupporterFilter()).rows
    sums = [(given.gifts, given.total.minor, given.total.currency) for given in row.given]
    assert sums == [(1, 3000, "jpy"), (2, 1500, "usd")]
    assert (row.gifts, row.last_gift_at) == (3, AT + DAY)


def test_members_past_members_and_others_are_told_apart(session, three):
    never, past, current = [person.public_id for person in three]
    assert numbers(session, belonging=Belonging.CURRENT) == [current]
    assert numbers(session, belonging=Belonging.PAST) == [past]
    assert numbers(session, belonging=Belonging.NEVER) == [never]


def test_a_number_is_found_by_its_beginning_and_no_wildcard(session, three):
    wanted = three[1].public_id
    assert wanted in numbers(session, number=wanted[:6])
    assert numbers(session, number="%") == []


def test_pages_and_exports_hold_everyone_once(session, three, monkeypatch):
    monkeypatch.setattr(report, "EXPORT_PAGE", 2)
    known = [person.public_id for person in three]
    first = supporters(session, SupporterFilter(), limit=2)
    second = supporters(session, SupporterFilter(), after=first.after, limit=2)
    assert [row.public_id for row in (*first.rows, *second.rows)] == known
    assert [row.public_id for row in every_supporter(session, SupporterFilter())] == known
