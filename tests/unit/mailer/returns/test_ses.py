from datetime import UTC, datetime, timedelta

import pytest
from tests_support.mail_services import ARN, CERTIFICATE_URL, Sns, arrival, ses_bounce

from donations.kernel.errors import MisconfiguredError, TryAgainLater
from donations.mailer.returns.returned import Kind, NotVerified, Return
from donations.mailer.returns.ses import Ses
from donations.mailer.returns.sns import Topic

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OURS = "0123456789abcdef" * 2
TO = "reader@example.org"


@pytest.fixture(scope="module")
def amazon():
    return Sns(NOW)


@pytest.fixture
def sns(amazon):
    amazon.fetched.clear()
    return amazon


@pytest.fixture
def door(sns):
    return Ses(Topic.named(ARN, sns.get))


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_bounce_is_read_with_either_signature(door, sns, version):
    sent = arrival(sns.notification(ses_bounce(TO, OURS), version=version), NOW)
    assert door.returns(sent) == (Return(Kind.BOUNCED, TO, OURS),)


def test_a_subject_is_signed_too(door, sns):
    sent = sns.notification(ses_bounce(TO, OURS), Subject="Amazon SES Email Event Notification")
    assert door.returns(arrival(sent, NOW))
    with pytest.raises(NotVerified):
        door.returns(arrival({**sent, "Subject": "another"}, NOW))


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (ses_bounce(TO, OURS, "Transient"), Kind.DELAYED),
        (ses_bounce(TO, OURS, "Undetermined"), Kind.DELAYED),
        ({**ses_bounce(TO, OURS), "notificationType": None, "eventType": "Bounce"}, Kind.BOUNCED),
        (
            {
                **ses_bounce(TO, OURS),
                "notificationType": "Complaint",
                "complaint": {
                    "complainedRecipients": [{"emailAddress": TO}],
                    "complaintFeedbackType": "abuse",
                },
            },
            Kind.COMPLAINED,
        ),
        (
            {
                **ses_bounce(TO, OURS),
                "notificationType": None,
                "eventType": "DeliveryDelay",
                "deliveryDelay": {
                    "delayType": "MailboxFull",
                    "delayedRecipients": [{"emailAddress": TO, "status": "4.2.2"}],
                },
            },
            Kind.DELAYED,
        ),
    ],
)
def test_each_notification_is_read_as_what_it_means(door, sns, told, kind):
    assert door.returns(arrival(sns.notification(told), NOW)) == (Return(kind, TO, OURS),)


def test_who_says_it_was_no_spam_does_not_complain(door, sns):
    told = {
        "notificationType": "Complaint",
        "complaint": {
            "complainedRecipients": [{"emailAddress": TO}],
            "complaintFeedbackType": "not-spam",
        },
    }
    assert door.returns(arrival(sns.notification(told), NOW)) == ()


def test_what_means_nothing_to_us_says_nothing(door, sns):
    for told in ({"notificationType": "Delivery"}, {"eventType": "Open"}, {}, []):
        assert door.returns(arrival(sns.notification(told), NOW)) == ()
    text = "Successfully validated SNS topic for Amazon SES event publishing."
    assert door.returns(arrival(sns.message(Message=text), NOW)) == ()


def test_the_certificate_is_fetched_once(door, sns):
    for _ in range(3):
        door.returns(arrival(sns.notification(ses_bounce(TO, OURS)), NOW))
    assert sns.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://evil.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com/x/../SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem?x",
        "https://sns.eu-west-1.amazonaws.com/other.pem",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_no_address_but_amazons_own_is_ever_fetched(door, sns, url):
    with pytest.raises(NotVerified):
        door.returns(arrival(sns.notification(ses_bounce(TO, OURS), SigningCertURL=url), NOW))
    assert sns.fetched == []


def test_another_topic_is_refused_before_anything_is_fetched(door, sns):
    other = ARN.replace("letters", "others")
    with pytest.raises(NotVerified):
        door.returns(arrival(sns.notification(ses_bounce(TO, OURS), TopicArn=other), NOW))
    assert sns.fetched == []


def test_what_was_changed_on_the_way_is_refused(door, sns):
    good = sns.notification(ses_bounce(TO, OURS))
    assert door.returns(arrival(good, NOW))
    for changed in (
        {**good, "Message": good["Message"].replace(TO, "other@example.org")},
        {**good, "Signature": "AAAA"},
        {**good, "Signature": "?"},
        {**good, "SignatureVersion": "3"},
        {**good, "Type": "Other"},
        {name: value for name, value in good.items() if name != "Signature"},
    ):
        with pytest.raises(NotVerified):
            door.returns(arrival(changed, NOW))
    with pytest.raises(NotVerified):
        door.returns(arrival(b"no json", NOW))


def test_a_certificate_of_another_name_or_time_is_refused():
    for service in (Sns(NOW, name="evil.example"), Sns(NOW - timedelta(days=60), days=30)):
        door = Ses(Topic.named(ARN, service.get))
        with pytest.raises(NotVerified):
            door.returns(arrival(service.notification(ses_bounce(TO, OURS)), NOW))


def test_what_is_no_certificate_is_refused(sns):
    door = Ses(Topic.named(ARN, lambda _url: b"<html>"))
    with pytest.raises(NotVerified):
        door.returns(arrival(sns.notification(ses_bounce(TO, OURS)), NOW))


def test_while_amazon_cannot_be_asked_it_is_told_to_come_again(sns):
    def away(url):
        raise TryAgainLater

    with pytest.raises(TryAgainLater):
        Ses(Topic.named(ARN, away)).returns(arrival(sns.notification(ses_bounce(TO, OURS)), NOW))


def test_a_subscription_of_our_topic_is_confirmed_at_amazon_whatever_address_it_gives(door, sns):
    sent = sns.message(
        "SubscriptionConfirmation",
        Message="You have chosen to subscribe to the topic",
        Token="2336412f37&Action=other",
        SubscribeURL="https://evil.example/confirm",
    )
    assert door.returns(arrival(sent, NOW)) == ()
    assert sns.fetched[-1] == (
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
        "&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aletters"
        "&Token=2336412f37%26Action%3Dother"
    )


def test_a_forged_subscription_confirms_nothing(door, sns):
    sent = sns.message("SubscriptionConfirmation", Message="x", Token="1", SubscribeURL="u")
    with pytest.raises(NotVerified):
        door.returns(arrival({**sent, "Token": "2"}, NOW))
    assert sns.fetched == [CERTIFICATE_URL]


def test_the_end_of_a_subscription_says_nothing(door, sns):
    sent = sns.message("UnsubscribeConfirmation", Message="x", Token="1", SubscribeURL="u")
    assert door.returns(arrival(sent, NOW)) == ()
    assert sns.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize(
    "arn", ["x", "arn:aws:sqs:eu-west-1:123456789012:q", "arn:aws:sns:evil.example/:123456789012:q"]
)
def test_what_is_no_topic_stops_the_start(arn):
    with pytest.raises(MisconfiguredError):
        Topic.named(arn)
