import pytest

from donations.mailer.suppressing import suppress
from donations.newsletters.forgetting import drop_suppressed


@pytest.mark.parametrize(
    ("scope", "state"),
    [("everything", "unsubscribed"), ("wishes", "unsubscribed"), ("reminders", "confirmed")],
)
def test_an_address_that_bounced_or_complained_is_dropped_within_the_hour(
    app, desk, session, master, clock, worker, scope, state
):
    desk.subscribe("weekly", "morning")
    desk.subscribe("weekly", email="other@reader.example")
    index = master.index("email", "weekly@reader.example")
    suppress(session, index, scope, reason="bounced", source="test", now=clock.now())
    session.commit()
    drop_suppressed(session, {}, clock.now())
    session.commit()
    assert [row.state for row in desk.rows()] == [state, state, "confirmed"]
