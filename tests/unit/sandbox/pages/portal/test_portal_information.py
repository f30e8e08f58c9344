from __future__ import annotations

import pytest
from tests_support.portal import text

EVERYTHING = ["name", "email", "phone", "address", "shipping"]
TYPED = {
    "name": "Вера Павлова",
    "email": "vera@example.org",
    "phone": "+49 30 1234",
    "address_line1": "Unter den Linden 1",
    "address_city": "Berlin",
    "address_postal_code": "10117",
    "address_country": "DE",
    "shipping_name": "Vera",
    "shipping_line1": "Rue de Rivoli 2",
    "shipping_country": "FR",
}


@pytest.fixture
def editor(portal):
    def editor(*allowed):
        feature = {"enabled": True, "allowed_updates": list(allowed) or EVERYTHING}
        portal.open(configuration=portal.configure(customer_update=feature))
        return portal

    return editor


def test_everything_allowed_is_kept_and_told(editor, shop):
    portal = editor()
    home = portal.done("information", **TYPED)
    customer = portal.buyer()
    assert (customer.name, customer.email, customer.phone) == (
        "Вера Павлова",
        "vera@example.org",
        "+49 30 1234",
    )
    assert customer.address.to_dict() == {
        "line1": "Unter den Linden 1",
        "line2": None,
        "city": "Berlin",
        "state": None,
        "postal_code": "10117",
        "country": "DE",
    }
    assert customer.shipping.name == "Vera"
    assert customer.shipping.address.country == "FR"
    assert shop.happened()[-1] == "customer.updated"
    words = text(home)
    assert "billing information has been updated" in words
    assert "10117 Berlin" in words
    assert "Germany" in words


def test_what_is_not_allowed_is_neither_asked_nor_changed(editor):
    portal = editor("email")
    page = portal.get("information").text
    assert 'name="email"' in page
    assert 'name="name"' not in page
    before = portal.buyer().name
    portal.done("information", **TYPED)
    assert (portal.buyer().email, portal.buyer().name) == ("vera@example.org", before)


def test_the_form_shows_what_is_on_file(editor):
    portal = editor()
    portal.done("information", **TYPED)
    page = portal.get("information").text
    for value in ("Unter den Linden 1", "Вера Павлова", "Rue de Rivoli 2"):
        assert f'value="{value}"' in page
    assert '<option value="DE" selected>' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"phone": "1" * 201}, "phone"),
        ({"shipping_line1": ""}, "shipping_line1"),
        ({"address_country": "QQ"}, "address_country"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(editor, changes, field):
    portal = editor()
    before = portal.buyer().email
    page = portal.post("information", **(TYPED | changes))
    assert page.status_code == 422
    assert f'id="{field}-wrong"' in page.text
    assert portal.buyer().email == before


def test_an_address_can_be_emptied(editor):
    portal = editor()
    portal.done("information", **TYPED)
    cleared = {name: "" for name in TYPED if name.startswith(("address_", "shipping_"))}
    portal.done("information", **(TYPED | cleared))
    assert portal.buyer().address is None
    assert portal.buyer().shipping is None


def test_an_empty_list_of_updates_leaves_nothing_to_change(portal):
    feature = {"enabled": True, "allowed_updates": ""}
    portal.open(configuration=portal.configure(customer_update=feature))
    assert "Nothing can be changed here." in text(portal.get("information"))
