import pytest
from tests_support.mailing_services import Listmonk as Service

from donations.kernel.errors import GivenUp, MisconfiguredError, TryAgainLater
from donations.newsletters.audiences import listmonk
from donations.newsletters.audiences.listmonk import Listmonk

EMAIL = "Reader@Mail.example"
LISTS = {"weekly": "3", "morning": "4"}


@pytest.fixture
def service():
    served = Service(3, 4)
    yield served
    served.stop()


@pytest.fixture
def audience(service):
    return Listmonk(service.url, Service.KEY, LISTS)


def test_a_reader_is_put_with_one_documented_request(service, audience, reader_of):
    assert audience.put(reader_of(), None) == "1"
    assert service.requests == [
        (
            "POST",
            "/api/subscribers",
            {
                "email": EMAIL,
                "name": "Reader",
                "status": "enabled",
                "lists": [3],
                "attribs": {
                    "language": "ru",
                    "preferences_url": "https://donate.example/newsletter/preferences/x",
                    "subscription_3": "refweekly",
                },
                "preconfirm_subscriptions": True,
            },
        )
    ]
    assert service.standing(EMAIL, 3) == "confirmed"


def test_whoever_is_known_by_number_is_moved_by_number(service, audience, reader_of):
    number = audience.put(reader_of("weekly"), None)
    service.requests.clear()
    assert audience.put(reader_of("morning", language="en"), number) == number
    assert [(method, path) for method, path, _ in service.requests] == [
        ("PATCH", "/api/subscribers/1"),
        ("PUT", "/api/subscribers/lists"),
    ]
    moved = {"ids": [1], "action": "add", "target_list_ids": [4], "status": "confirmed"}
    assert service.requests[1][2] == moved
    assert service.standing(EMAIL, 4) == "confirmed"
    assert service.subscribers[1]["attribs"]["language"] == "en"


def test_an_address_listmonk_has_from_elsewhere_is_added(service, audience, reader_of):
    service.add(EMAIL)
    assert audience.put(reader_of(), None) == "1"
    assert service.standing(EMAIL, 3) == "confirmed"


def test_whoever_was_deleted_there_is_created_anew(service, audience, reader_of):
    service.add("somebody@else.example")
    assert audience.put(reader_of(), "99") == "2"
    assert service.standing(EMAIL, 3) == "confirmed"


def test_taking_out_needs_the_number_alone(service, audience, reader_of, place_of):
    number = audience.put(reader_of(), None)
    audience.take_out(place_of("weekly", number))
    assert service.standing(EMAIL, 3) == "unsubscribed"
    audience.take_out(place_of("weekly", "99"))


def test_a_number_that_was_never_told_is_found_by_our_own_name(
    service, audience, reader_of, place_of
):
    audience.put(reader_of(), None)
    audience.take_out(place_of("weekly", None))
    assert service.standing(EMAIL, 3) == "unsubscribed"
    assert service.requests[-1] == (
        "PUT",
        "/api/subscribers/query/lists",
        {
            "query": "subscribers.attribs->>'subscription_3' = 'refweekly'",
            "action": "unsubscribe",
            "target_list_ids": [3],
        },
    )


def test_no_address_stands_in_a_path(service, audience, reader_of, place_of):
    number = audience.put(reader_of(), None)
    audience.put(reader_of("morning"), number)
    audience.take_out(place_of("weekly", number))
    list(audience.left("weekly", None))
    assert not any("Mail" in path for _, path, _ in service.requests)


def test_an_older_release_serves_whoever_was_put_by_us(reader_of, place_of):
    service = Service(3, 4, old=True)
    try:
        audience = Listmonk(service.url, Service.KEY, LISTS)
        number = audience.put(reader_of("weekly"), None)
        audience.put(reader_of("morning"), number)
        assert service.standing(EMAIL, 4) == "confirmed"
        service.add("elsewhere@mail.example")
        with pytest.raises(GivenUp, match="too old"):
            audience.put(reader_of(email="elsewhere@mail.example"), None)
    finally:
        service.stop()


@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_bad_day_there_passes_and_no_address_is_told(
    service, audience, reader_of, bad_day, status
):
    service.next_answers.append(bad_day(status))
    with pytest.raises(TryAgainLater, match=str(status)) as caught:
        audience.put(reader_of(), None)
    assert "Mail.example" not in str(caught.value)


def test_a_wrong_key_can_be_put_right(service, reader_of):
    with pytest.raises(TryAgainLater, match="key"):
        Listmonk(service.url, "donations:wrong", LISTS).put(reader_of(), None)


def test_a_list_that_is_not_there_is_given_up(service, audience, reader_of):
    number = audience.put(reader_of(), None)
    service.lists.discard(4)
    with pytest.raises(GivenUp, match="400"):
        audience.put(reader_of("morning"), number)


def test_who_left_there_is_named_page_by_page(service, audience, reader_of, monkeypatch):
    monkeypatch.setattr(listmonk, "PAGE", 2)
    emails = [f"r{number}@mail.example" for number in range(5)]
    for email in emails:
        audience.put(reader_of(email=email), None)
    for number in (1, 2, 4):
        service.subscribers[number]["lists"][3] = "unsubscribed"
    gone = list(audience.left("weekly", None))
    assert gone == [emails[0], emails[1], emails[3]]
    assert list(audience.left("morning", None)) == []


@pytest.mark.parametrize(
    ("url", "key", "lists"),
    [
        ("", "u:t", LISTS),
        ("https://x", "token", LISTS),
        ("https://x", "u:t", {"weekly": "three"}),
        ("https://x", "u:t", {"weekly": "³"}),
    ],
)
def test_settings_that_cannot_be_right_stop_the_start(url, key, lists):
    with pytest.raises(MisconfiguredError):
        Listmonk(url, key, lists)
