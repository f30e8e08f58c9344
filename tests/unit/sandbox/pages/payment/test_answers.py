from __future__ import annotations

import pytest

LABEL = {"type": "custom", "custom": "Dedication"}
TEXT = {"key": "a", "label": LABEL, "type": "text"}
BOUNDED = TEXT | {"text": {"minimum_length": 3, "maximum_length": 6}}
NUMERIC = TEXT | {"type": "numeric"}
OPTIONS = [{"label": "Small", "value": "small"}]
DROPDOWN = TEXT | {"type": "dropdown", "dropdown": {"options": OPTIONS}}
OPTIONAL = {"optional": True}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        (TEXT, "", "This field is required."),
        (TEXT, "x" * 256, "Enter at most 255 characters."),
        (BOUNDED, "ab", "Enter at least 3 characters."),
        (BOUNDED, "abcdefg", "Enter at most 6 characters."),
        (NUMERIC, "12a", "Enter digits only."),
        (NUMERIC, "٣", "Enter digits only."),
        (DROPDOWN, "", "This field is required."),
        (DROPDOWN, "tiny", "Choose one of the options."),
        (BOUNDED | OPTIONAL, "ab", "Enter at least 3 characters."),
    ],
)
def test_a_custom_field_is_checked_at_the_field_and_what_was_typed_stays(
    shop, reader, field, value, says
):
    session = shop.open(custom_fields=[field])
    answer = reader.send(session, custom_a=value)
    assert answer.status_code == 422
    assert f'id="custom_a-wrong">{says}' in answer.text
    assert 'value="v@example.org"' in answer.text
    assert "payment_intent.created" not in shop.happened()


@pytest.mark.parametrize(
    ("field", "value"), [(BOUNDED, "abcd"), (NUMERIC, "007"), (DROPDOWN, "small")]
)
def test_what_suits_its_field_is_taken(shop, reader, field, value):
    done = reader.done(shop.open(custom_fields=[field]), custom_a=value)
    assert getattr(done.custom_fields[0], field["type"]).value == value


@pytest.mark.parametrize("field", [TEXT, NUMERIC, DROPDOWN])
def test_an_optional_field_may_stay_empty(shop, reader, field):
    done = reader.done(shop.open(custom_fields=[field | OPTIONAL]))
    assert getattr(done.custom_fields[0], field["type"]).value is None


def test_a_default_stands_in_its_field_at_first(shop, reader):
    text = TEXT | {"text": {"default_value": "For Anna"}}
    options = [*OPTIONS, {"label": "Large", "value": "large"}]
    size = DROPDOWN | {"key": "b", "dropdown": {"options": options, "default_value": "large"}}
    page = reader.see(shop.open(custom_fields=[text, size])).text
    assert 'value="For Anna"' in page
    assert '<option value="large" selected>Large</option>' in page


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"country": ""}, "country"),
        ({"country": "XX"}, "country"),
        ({"line1": ""}, "line1"),
        ({"city": ""}, "city"),
        ({"postal_code": ""}, "postal_code"),
    ],
)
def test_an_address_must_be_whole(shop, reader, change, wrong):
    whole = {"country": "DE", "line1": "Weg 1", "city": "Berlin", "postal_code": "10115"}
    answer = reader.send(shop.open(billing_address_collection="required"), **whole | change)
    assert answer.status_code == 422
    assert answer.text.count('role="alert"') == 1
    assert f'id="{wrong}-wrong"' in answer.text


def test_a_country_without_postal_codes_needs_none(shop, reader):
    address = {"country": "HK", "line1": "1 Queen’s Road", "city": "Hong Kong"}
    reader.done(shop.open(billing_address_collection="required"), **address)


def test_no_promotion_code_is_valid_for_there_are_none(shop, reader):
    assert 'name="promotion_code"' not in reader.see(shop.open()).text
    session = shop.open(allow_promotion_codes=True)
    answer = reader.send(session, promotion_code="SAVE10")
    assert answer.status_code == 422
    assert 'id="promotion_code-wrong">This code is invalid.' in answer.text
    reader.done(session)
