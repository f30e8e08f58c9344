import hashlib
from datetime import UTC, datetime

import pytest
from tests_support.mailing_services import Mailchimp as Service

from donations.kernel.errors import GivenUp, MisconfiguredError, TryAgainLater
from donations.newsletters.audiences import mailchimp
from donations.newsletters.audiences.mailchimp import Mailchimp

EMAIL = "Reader@Mail.example"
MD5 = hashlib.md5(EMAIL.lower().encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def service():
    served = Service("aud1", "aud2", interests=("int1", "int2"))
    yield served
    served.stop()


@pytest.fixture
def audience(service):
    lists = {"weekly": "aud1/int1", "morning": "aud1/int2", "long-read": "aud2"}
    return Mailchimp(Service.KEY, lists, service.url)


def test_a_reader_is_put_with_one_documented_request(service, audience, reader_of):
    assert audience.put(reader_of(), None) == MD5 == audience.foreseen(EMAIL)
    [(method, path, body)] = service.requests
    assert method == "PUT"
    assert path == f"/3.0/lists/aud1/members/{MD5}?skip_merge_validation=true"
    assert body == {
        "email_address": EMAIL,
        "status_if_new": "subscribed",
        "status": "subscribed",
        "language": "ru",
        "merge_fields": {"PREFS": "https://donate.example/newsletter/preferences/x"},
        "interests": {"int1": True},
    }


def test_putting_twice_is_putting_once_and_tells_of_a_new_language(service, audience, reader_of):
    audience.put(reader_of(), None)
    audience.put(reader_of(language="en"), MD5)
    assert len(service.lists["aud1"]) == 1
    assert service.member(EMAIL, "aud1")["language"] == "en"


def test_a_newsletter_may_be_an_audience_of_its_own(service, audience, reader_of, place_of):
    audience.put(reader_of("long-read"), None)
    assert service.member(EMAIL, "aud2")["status"] == "subscribed"
    assert "interests" not in service.requests[0][2]
    audience.take_out(place_of("long-read", MD5))
    assert service.member(EMAIL, "aud2")["status"] == "unsubscribed"


def test_who_leaves_one_of_two_groups_stays_in_the_audience(service, audience, reader_of, place_of):
    audience.put(reader_of("weekly"), None)
    audience.put(reader_of("morning"), None)
    audience.take_out(place_of("weekly", MD5))
    member = service.member(EMAIL, "aud1")
    assert (member["status"], member["interests"]) == ("subscribed", {"int1": False, "int2": True})
    audience.take_out(place_of("morning", MD5))
    assert service.member(EMAIL, "aud1")["status"] == "unsubscribed"


def test_taking_out_needs_no_address_and_nobody_there_is_out(service, audience, place_of):
    audience.take_out(place_of("weekly", MD5))
    audience.take_out(place_of("weekly", None))
    assert [method for method, _, _ in service.requests] == ["PATCH"]


def test_whoever_left_at_mailchimp_is_asked_by_mailchimp(service, audience, reader_of, place_of):
    audience.put(reader_of(), None)
    audience.take_out(place_of("weekly", MD5))
    service.compliance.add(EMAIL)
    audience.put(reader_of(), MD5)
    assert service.member(EMAIL, "aud1")["status"] == "pending"


def test_what_mailchimp_will_never_take_is_given_up_with_its_own_title(
    service, audience, reader_of
):
    service.forgotten.add(EMAIL)
    with pytest.raises(GivenUp, match="Forgotten Email Not Subscribed") as caught:
        audience.put(reader_of(), None)
    assert "Mail.example" not in str(caught.value)


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_bad_day_there_passes_and_no_address_is_told(
    service, audience, reader_of, bad_day, status
):
    service.next_answers.append(bad_day(status))
    with pytest.raises(TryAgainLater, match=str(status)) as caught:
        audience.put(reader_of(), None)
    assert "Mail.example" not in str(caught.value)
    assert audience.put(reader_of(), None) == MD5


def test_a_wrong_key_can_be_put_right(service, reader_of):
    wrong = Mailchimp("wrong-us1", {"weekly": "aud1/int1"}, service.url)
    with pytest.raises(TryAgainLater, match="key"):
        wrong.put(reader_of(), None)


def test_a_redirect_is_not_followed_with_the_key(service, audience, reader_of, bad_day):
    moved = bad_day(302)
    moved.headers["Location"] = f"{service.url}/elsewhere"
    service.next_answers.append(moved)
    with pytest.raises(TryAgainLater, match="302"):
        audience.put(reader_of(), None)
    assert len(service.requests) == 1


def test_a_service_that_is_away_is_tried_again(reader_of):
    away = Mailchimp(Service.KEY, {"weekly": "aud1"}, "http://127.0.0.1:9")
    with pytest.raises(TryAgainLater, match="cannot be reached") as caught:
        away.put(reader_of(), None)
    assert MD5 not in str(caught.value)


def test_who_left_there_is_named_page_by_page(service, audience, reader_of, monkeypatch):
    monkeypatch.setattr(mailchimp, "PAGE", 2)
    emails = [f"r{number}@mail.example" for number in range(5)]
    for email in emails:
        audience.put(reader_of(email=email), None)
    service.member(emails[1], "aud1")["status"] = "cleaned"
    service.member(emails[3], "aud1")["interests"]["int1"] = False
    service.requests.clear()
    since = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert set(audience.left("weekly", since)) == {emails[1], emails[3]}
    pages = [path for _, path, _ in service.requests]
    assert len(pages) == 3
    assert all("since_last_changed=2026-11-23T12%3A00%3A00%2B00%3A00" in path for path in pages)
    assert set(audience.left("morning", None)) == set(emails)


@pytest.mark.parametrize(
    ("key", "lists"),
    [
        ("no-data-centre!", {"weekly": "aud1"}),
        ("key-us19", {"weekly": "aud1?x"}),
        ("key-us19", {"weekly": ""}),
        ("key-us19", {"weekly": "a/b/c"}),
    ],
)
def test_settings_that_cannot_be_right_stop_the_start(key, lists):
    with pytest.raises(MisconfiguredError):
        Mailchimp(key, lists)


def test_the_address_follows_from_the_key():
    assert Mailchimp("abc-us19", {"weekly": "aud1"})._line.base_url == (
        "https://us19.api.mailchimp.com/3.0"
    )
