import pytest

from donations.kernel.cadence import Frequency
from donations.web.public.prefill import prefilled


def ask(house, **query):
    return prefilled(house, query, placement="support")


def test_a_suggested_amount_is_chosen(house):
    currency, chosen = ask(house, frequency="once", amount="5000", currency="eur")
    assert (currency, chosen.frequency) == ("eur", Frequency.ONCE)
    ask_of = house.price_list.ask("eur", Frequency.ONCE)
    assert 5000 in ask_of.choices
    assert chosen.chosen == {Frequency.ONCE: "5000"}


def test_another_amount_is_typed_in_as_a_reader_would(house):
    _, chosen = ask(house, frequency="monthly", amount="777")
    assert chosen.chosen == {Frequency.MONTHLY: "other"}
    assert chosen.typed == {Frequency.MONTHLY: "7.77"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"amount": ""},
        {"amount": "other"},
        {"amount": "-5"},
        {"amount": "1"},
        {"amount": "9" * 400},
        {"amount": "<script>"},
        {"frequency": "daily"},
        {"currency": "zzz"},
        {"currency": "USD"},
    ],
)
def test_what_is_not_understood_is_left_out(house, query):
    currency, chosen = ask(house, **query)
    assert currency == house.price_list.currencies[0]
    assert chosen.frequency is Frequency.MONTHLY
    assert not chosen.chosen
    assert chosen.placement == "support"


def test_a_link_from_a_reminder_says_so(house):
    chosen = ask(house, reminder="abc23", frequency="once")[1]
    assert (chosen.placement, chosen.reminder) == ("reminder", "abc23")


@pytest.mark.parametrize("name", ["", "x" * 21, "<b>", "A b", "ремонт"])
def test_a_name_that_no_reminder_has_is_none(house, name):
    chosen = ask(house, reminder=name)[1]
    assert (chosen.placement, chosen.reminder) == ("support", "")
