from __future__ import annotations

import pytest

ADDRESS = {
    "country": "DE", "line1": "Hauptstraße 1", "city": "Berlin", "postal_code": "10115",
}  # fmt: skip


def test_the_session_says_who_has_paid(shop, reader):
    details = reader.done(shop.open()).customer_details
    assert (details.email, details.name) == ("v@example.org", "Vera")
    assert details.address.country == "US"
    assert details.phone is None


def test_a_phone_number_is_collected_where_it_is_asked_for(shop, sdk, reader):
    session = shop.open(phone_number_collection={"enabled": True}, customer_creation="always")
    assert reader.send(session).status_code == 422
    assert reader.send(session, phone="12").status_code == 422
    done = reader.done(session, phone="+49 30 1234567")
    assert done.customer_details.phone == "+49 30 1234567"
    assert sdk.v1.customers.retrieve(done.customer).phone == "+49 30 1234567"


def test_a_billing_address_is_collected_where_it_is_required(shop, sdk, reader):
    session = shop.open(billing_address_collection="required", customer_creation="always")
    assert reader.send(session).text.count('aria-invalid="true"') == 4
    done = reader.done(session, **ADDRESS)
    address = done.customer_details.address
    assert (address.city, address.postal_code) == ("Berlin", "10115")
    assert sdk.v1.customers.retrieve(done.customer).address.line1 == "Hauptstraße 1"
    assert shop.charge(done).billing_details.address.city == "Berlin"


def test_names_are_collected_where_they_are_asked_for(shop, sdk, reader):
    names = {"business": {"enabled": True}, "individual": {"enabled": True, "optional": True}}
    session = shop.open(name_collection=names, customer_creation="always")
    assert reader.send(session).text.count('aria-invalid="true"') == 1
    done = reader.done(session, business_name="Meduza SIA")
    assert done.customer_details.business_name == "Meduza SIA"
    assert done.collected_information.business_name == "Meduza SIA"
    assert done.collected_information.individual_name is None
    assert sdk.v1.customers.retrieve(done.customer).business_name == "Meduza SIA"


def test_the_terms_of_service_must_be_agreed_to(shop, reader, sdk):
    session = shop.open(consent_collection={"terms_of_service": "required"})
    refused = reader.send(session)
    assert refused.status_code == 422
    assert 'id="terms-wrong">Please agree to the terms of service' in refused.text
    done = reader.done(session, terms="yes")
    assert (done.consent.terms_of_service, done.consent.promotions) == ("accepted", None)


@pytest.mark.parametrize(
    ("ticked", "consent"), [({"promotions": "yes"}, "opt_in"), ({}, "opt_out")]
)
def test_a_reader_says_whether_they_want_news(shop, reader, ticked, consent):
    session = shop.open(consent_collection={"promotions": "auto"})
    done = reader.done(session, **ticked)
    assert (done.consent.promotions, done.consent.terms_of_service) == (consent, None)


def test_what_is_not_asked_is_not_answered(shop, reader):
    assert reader.done(shop.open(), promotions="yes", terms="yes").consent is None


def test_an_abandoned_session_keeps_the_address_of_a_reader_who_wants_news(shop, sdk, reader):
    consent = {"consent_collection": {"promotions": "auto"}}
    willing, unwilling = shop.open(**consent), shop.open(**consent)
    reader.send(willing, promotions="yes", card_number="4000000000000002")
    reader.send(unwilling, card_number="4000000000000002")
    told = sdk.v1.checkout.sessions.expire(willing.id)
    assert (told.customer_details.email, told.consent.promotions) == ("v@example.org", "opt_in")
    told = sdk.v1.checkout.sessions.expire(unwilling.id)
    assert (told.customer_details, told.consent) == (None, None)


def test_a_customer_made_here_follows_what_is_typed_at_last(shop, sdk, reader):
    session = shop.open(customer_creation="always")
    reader.send(session, email="typo@example.org", card_number="4000000000000002")
    done = reader.done(session)
    assert sdk.v1.customers.retrieve(done.customer).email == "v@example.org"
    assert len(sdk.v1.customers.list().data) == 1


def test_a_customer_made_here_prefers_the_language_of_the_page(shop, sdk, reader):
    done = reader.done(shop.open(customer_creation="always", locale="ru"))
    assert sdk.v1.customers.retrieve(done.customer).preferred_locales == ["ru"]


def test_a_known_customer_is_changed_only_as_far_as_the_caller_lets_the_page(shop, sdk, reader):
    customer = sdk.v1.customers.create({"email": "v@example.org", "name": "Old Name"})
    required = {"billing_address_collection": "required", "customer": customer.id}
    reader.done(shop.open(**required), name="New Name", **ADDRESS)
    kept = sdk.v1.customers.retrieve(customer.id)
    assert (kept.name, kept.address) == ("Old Name", None)
    update = {"customer_update": {"name": "auto", "address": "auto"}}
    reader.done(shop.open(**required, **update), name="New Name", **ADDRESS)
    changed = sdk.v1.customers.retrieve(customer.id)
    assert (changed.name, changed.address.city) == ("New Name", "Berlin")


def test_a_known_customer_without_an_address_gets_the_one_typed(shop, sdk, reader):
    customer = sdk.v1.customers.create({"name": "Vera"})
    reader.done(shop.open(customer=customer.id))
    assert sdk.v1.customers.retrieve(customer.id).email == "v@example.org"


@pytest.mark.parametrize(
    ("more", "redisplay"),
    [
        ({}, "unspecified"),
        ({"payment_intent_data": {"setup_future_usage": "off_session"}}, "limited"),
        ({"payment_method_data": {"allow_redisplay": "always"}}, "always"),
        ({"mode": "subscription"}, "limited"),
    ],
)
def test_how_far_a_card_may_be_shown_again(shop, sandbox, reader, more, redisplay):
    reader.done(shop.open(**more))
    [method] = sandbox.world.store.tables["payment_method"].values()
    assert method["allow_redisplay"] == redisplay


def test_a_card_meant_for_later_is_attached_if_there_is_a_customer(shop, sdk, reader):
    later = {"payment_intent_data": {"setup_future_usage": "off_session"}}
    guest = reader.done(shop.open(**later))
    method = sdk.v1.payment_intents.retrieve(guest.payment_intent).payment_method
    assert sdk.v1.payment_methods.retrieve(method).customer is None
    known = reader.done(shop.open(customer_creation="always", **later))
    assert len(sdk.v1.payment_methods.list({"customer": known.customer}).data) == 1
