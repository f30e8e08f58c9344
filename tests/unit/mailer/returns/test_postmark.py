from datetime import UTC, datetime

import pytest
from tests_support.mail_services import SECRET, arrival, basic

from donations.mailer.returns.postmark import Postmark
from donations.mailer.returns.returned import Kind, NotReadable, NotVerified, Return

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OURS = "0123456789abcdef" * 2
DOOR = Postmark(SECRET)


def bounce(**more):
    """Shaped as the example of Postmark's page on the webhook."""
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 42,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "Test",
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Metadata": {"letter": OURS},
        "ServerID": 1234,
        "Description": "The server was unable to deliver your message.",
        "Details": "Test bounce details",
        "Email": "reader@example.org",
        "From": "post@mail.example",
        "BouncedAt": "2026-11-24T11:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Test subject",
        **more,
    }


def sent(body, password=SECRET):
    return arrival(body, NOW, authorization=basic(password))


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({}, Kind.BOUNCED),
        ({"Type": "BadEmailAddress"}, Kind.BOUNCED),
        ({"Type": "SoftBounce"}, Kind.DELAYED),
        ({"Type": "Blocked"}, Kind.DELAYED),
        ({"Type": "SpamComplaint"}, Kind.COMPLAINED),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, Kind.COMPLAINED),
    ],
)
def test_each_record_is_read_as_what_it_means(told, kind):
    assert DOOR.returns(sent(bounce(**told))) == (Return(kind, "reader@example.org", OURS),)


def test_a_suppression_of_its_own_is_taken_over():
    told = {
        "RecordType": "SubscriptionChange",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": "reader@example.org",
        "SuppressSending": True,
        "SuppressionReason": "HardBounce",
    }
    assert DOOR.returns(sent(told)) == (Return(Kind.BOUNCED, "reader@example.org", ""),)


def test_records_that_mean_nothing_to_us_say_nothing():
    for told in (
        {"RecordType": "Delivery"},
        {"RecordType": "Open"},
        {"Type": "AutoResponder"},
        {"Type": "Unsubscribe"},
        {"RecordType": "SubscriptionChange", "SuppressionReason": "ManualSuppression"},
        {"RecordType": ["Bounce"]},
    ):
        assert DOOR.returns(sent(bounce(**told))) == ()


def test_without_the_secret_of_the_address_nothing_is_believed():
    for bad in (
        sent(bounce(), "another"),
        sent(bounce(), ""),
        arrival(bounce(), NOW),
        arrival(bounce(), NOW, authorization=f"Bearer {SECRET}"),
        arrival(bounce(), NOW, authorization="Basic ???"),
        arrival(bounce(), NOW, authorization="Basic /w=="),
    ):
        with pytest.raises(NotVerified):
            DOOR.returns(bad)


def test_what_is_no_record_is_not_readable():
    with pytest.raises(NotReadable):
        DOOR.returns(sent([]))
