from __future__ import annotations

import pytest
import stripe

LABEL = {"type": "custom", "custom": "Dedication"}
TEXT = {"key": "dedication", "label": LABEL, "type": "text"}
NUMERIC = {"key": "number", "label": LABEL, "type": "numeric"}
DROPDOWN = {
    "key": "size",
    "label": LABEL,
    "type": "dropdown",
    "dropdown": {"options": [{"label": "S", "value": "small"}, {"label": "L", "value": "large"}]},
}


def test_a_session_carries_its_fields_without_values_yet(shop):
    text = {"minimum_length": 2, "maximum_length": 9, "default_value": "Anna"}
    session = shop.open(custom_fields=[TEXT | {"text": text}, NUMERIC | {"optional": True}])
    first, second = session.custom_fields
    assert (first.key, first.label.custom, first.optional) == ("dedication", "Dedication", False)
    assert first.text.to_dict() == {**text, "value": None}
    assert second.optional is True
    assert second.numeric.value is None


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ([TEXT | {"key": f"k{n}"} for n in range(4)], "custom_fields"),
        ([TEXT, TEXT], "custom_fields[1][key]"),
        ([TEXT | {"key": "my_key"}], "custom_fields[0][key]"),
        ([TEXT | {"key": "k" * 201}], "custom_fields[0][key]"),
        (
            [TEXT | {"label": {"type": "custom", "custom": "x" * 101}}],
            "custom_fields[0][label][custom]",
        ),
        ([TEXT | {"numeric": {"minimum_length": 1}}], "custom_fields[0][numeric]"),
        ([TEXT | {"text": {"maximum_length": 256}}], "custom_fields[0][text][maximum_length]"),
        ([TEXT | {"text": {"minimum_length": 0}}], "custom_fields[0][text][minimum_length]"),
        (
            [TEXT | {"text": {"minimum_length": 9, "maximum_length": 3}}],
            "custom_fields[0][text][minimum_length]",
        ),
        (
            [TEXT | {"text": {"maximum_length": 3, "default_value": "long"}}],
            "custom_fields[0][text][default_value]",
        ),
        (
            [NUMERIC | {"numeric": {"default_value": "one"}}],
            "custom_fields[0][numeric][default_value]",
        ),
        ([DROPDOWN | {"dropdown": {"options": []}}], "custom_fields[0][dropdown][options]"),
        (
            [DROPDOWN | {"dropdown": DROPDOWN["dropdown"] | {"default_value": "tiny"}}],
            "custom_fields[0][dropdown][default_value]",
        ),
        (
            [DROPDOWN | {"dropdown": {"options": [{"label": "S", "value": "s"}] * 2}}],
            "custom_fields[0][dropdown][options][1][value]",
        ),
        (
            [DROPDOWN | {"dropdown": {"options": [{"label": "S", "value": "a b"}]}}],
            "custom_fields[0][dropdown][options][0][value]",
        ),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(shop, fields, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(custom_fields=fields)
    assert refusal.value.param in (param, param.removesuffix("[options]"))


def test_custom_texts_are_at_most_1200_characters(shop):
    session = shop.open(custom_text={"submit": {"message": "x" * 1200}})
    assert len(session.custom_text.submit.message) == 1200
    assert session.custom_text.after_submit is None
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.open(custom_text={"after_submit": {"message": "x" * 1201}})
    assert refusal.value.param == "custom_text[after_submit][message]"


def test_what_is_entered_stands_in_the_session_and_its_event(shop, reader):
    session = shop.open(custom_fields=[TEXT, NUMERIC | {"optional": True}, DROPDOWN])
    done = reader.done(session, custom_dedication="For Anna", custom_size="large")
    text, number, dropdown = done.custom_fields
    assert text.text.value == "For Anna"
    assert number.numeric.value is None
    assert dropdown.dropdown.value == "large"
    told = [
        each
        for each in shop.sandbox.world.store.tables["event"].values()
        if each["type"] == "checkout.session.completed"
    ]
    assert told[0]["data"]["object"]["custom_fields"][0]["text"]["value"] == "For Anna"
