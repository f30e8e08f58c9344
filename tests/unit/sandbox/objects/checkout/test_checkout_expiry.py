from __future__ import annotations

import time

import pytest
import stripe

DAY = 86_400
RECOVERY = {"after_expiration": {"recovery": {"enabled": True}}}


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (28, "at least 30 minutes"),
        (24 * 60 + 5, "less than 24 hours"),
        (-10, "at least 30 minutes"),
    ],
)
def test_a_session_expires_within_half_an_hour_and_a_day(shop, minutes, says):
    with pytest.raises(stripe.InvalidRequestError, match=says) as refusal:
        shop.open(expires_at=int(time.time()) + minutes * 60)
    assert refusal.value.param == "expires_at"


def test_a_session_lasts_a_day_unless_told(shop, sdk):
    session = shop.open()
    assert session.expires_at - session.created == DAY
    shop.advance(seconds=DAY - 60)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "open"
    shop.advance(seconds=120)
    expired = sdk.v1.checkout.sessions.retrieve(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert shop.happened()[-1] == "checkout.session.expired"


def test_an_expiry_by_the_callers_clock_holds_when_the_sandbox_is_ahead(shop, sdk):
    shop.advance(days=90)
    session = shop.open(expires_at=int(time.time()) + 3600)
    shop.advance(seconds=3500)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "open"
    shop.advance(seconds=200)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_paid_session_never_expires(shop, sdk):
    session = shop.give()
    shop.advance(days=2)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert "checkout.session.expired" not in shop.happened()


def test_the_link_of_recovery_comes_with_the_expiry_and_lasts_thirty_days(shop, sdk, sandbox):
    session = shop.open(**RECOVERY)
    recovery = session.after_expiration.recovery
    assert (recovery.enabled, recovery.allow_promotion_codes) == (True, False)
    assert (recovery.url, recovery.expires_at) == (None, None)
    recovery = sdk.v1.checkout.sessions.expire(session.id).after_expiration.recovery
    assert recovery.url.startswith(f"{sandbox.base_url}/r/")
    assert abs(recovery.expires_at - sandbox.world.clock.now() - 30 * DAY) <= 2
    told = [
        each
        for each in sandbox.world.store.tables["event"].values()
        if each["type"] == "checkout.session.expired"
    ]
    assert told[0]["data"]["object"]["after_expiration"]["recovery"]["url"] == recovery.url


def test_without_recovery_an_expired_session_has_no_link(shop, sdk):
    assert sdk.v1.checkout.sessions.expire(shop.open().id).after_expiration is None
    off = {"after_expiration": {"recovery": {"enabled": False}}}
    expired = sdk.v1.checkout.sessions.expire(shop.open(**off).id)
    assert expired.after_expiration.recovery.url is None


def test_the_link_opens_one_copy_however_often_it_is_followed(shop, sdk, http):
    url = sdk.v1.checkout.sessions.expire(shop.open(**RECOVERY).id).after_expiration.recovery.url
    first = http.get(url, allow_redirects=False)
    assert first.status_code == 303
    assert http.get(url, allow_redirects=False).headers["Location"] == first.headers["Location"]
    assert len(sdk.v1.checkout.sessions.list().data) == 2


def test_after_thirty_days_or_with_another_token_the_link_is_gone(shop, sdk, http):
    url = sdk.v1.checkout.sessions.expire(shop.open(**RECOVERY).id).after_expiration.recovery.url
    assert http.get(url[:-1] + "!", allow_redirects=False).status_code == 410
    shop.advance(days=31)
    answer = http.get(url, allow_redirects=False)
    assert answer.status_code == 410
    assert "This page has expired" in answer.text
    assert len(sdk.v1.checkout.sessions.list().data) == 1
