from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"phone_number_collection": {"enabled": True}}, "phone"),
        ({"billing_address_collection": "required"}, "line1"),
        ({"name_collection": {"business": {"enabled": True}}}, "business_name"),
        ({"name_collection": {"individual": {"enabled": True}}}, "individual_name"),
        ({"consent_collection": {"terms_of_service": "required"}}, "terms"),
        ({"consent_collection": {"promotions": "auto"}}, "promotions"),
        ({"allow_promotion_codes": True}, "promotion_code"),
    ],
)
def test_the_page_asks_what_the_session_wants_and_nothing_else(shop, reader, asked, field):
    assert f'name="{field}"' in reader.see(shop.open(**asked)).text
    assert f'name="{field}"' not in reader.see(shop.open()).text


def test_the_reader_is_told_that_the_card_is_charged_again_unless_that_is_hidden(shop, reader):
    says = "charge you for payments to come"
    hidden = {"consent_collection": {"payment_method_reuse_agreement": {"position": "hidden"}}}
    later = {"payment_intent_data": {"setup_future_usage": "off_session"}}
    assert says in reader.see(shop.open("subscription")).text
    assert says in reader.see(shop.open(**later)).text
    assert says not in reader.see(shop.open("subscription", **hidden)).text
    assert says not in reader.see(shop.open()).text


def test_an_email_the_caller_fixed_is_shown_and_locked(shop, reader):
    page = reader.see(shop.open(customer_email="fixed@example.org")).text
    assert 'readonly value="fixed@example.org"' in page
