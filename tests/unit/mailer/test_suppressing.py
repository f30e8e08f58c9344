from datetime import timedelta

import pytest

from donations.kernel.database import begin_write
from donations.mailer.message import Stream
from donations.mailer.suppressing import lift, suppress, suppressions, withheld

WHO = b"\x01" * 32


@pytest.fixture
def keep(session, clock):
    def keeping(scope, *, reason="asked", who=WHO):
        begin_write(session)
        suppress(session, who, scope, reason=reason, source="reader", now=clock.now())
        session.commit()

    return keeping


@pytest.mark.parametrize(
    ("scope", "streams"),
    [
        ("everything", {Stream.ASKED, Stream.NEEDED, Stream.WISHED, Stream.REMINDER}),
        ("unasked", {Stream.NEEDED, Stream.WISHED, Stream.REMINDER}),
        ("wishes", {Stream.WISHED, Stream.REMINDER}),
        ("reminders", {Stream.REMINDER}),
    ],
)
def test_each_scope_withholds_its_letters_and_no_others(session, keep, scope, streams):
    keep(scope)
    keep("everything", who=b"\x02" * 32)
    assert {stream for stream in Stream if withheld(session, WHO, stream)} == streams


def test_what_is_suppressed_keeps_its_first_reason_and_moment(session, keep, clock):
    first = clock.now()
    keep("everything", reason="bounced")
    clock.advance(timedelta(days=1))
    keep("everything", reason="asked")
    [row] = suppressions(session, WHO)
    assert (row.reason, row.at) == ("bounced", first)


def test_one_scope_is_lifted_or_all(session, keep):
    for scope in ("reminders", "wishes", "everything"):
        keep(scope)
    begin_write(session)
    assert lift(session, WHO, "wishes") == 1
    assert [row.scope for row in suppressions(session, WHO)] == ["everything", "reminders"]
    assert lift(session, WHO) == 2
    assert lift(session, WHO) == 0
    session.commit()
    assert not withheld(session, WHO, Stream.REMINDER)
