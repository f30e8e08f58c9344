import pytest

from donations.kernel.errors import MisconfiguredError
from donations.newsletters.audiences.configured import configured

LISTS = {"weekly": "3"}


def test_no_service_is_a_choice():
    assert configured("", "", "", {}) is None


def test_each_service_is_built_with_its_lists():
    assert configured("mailchimp", "", "k-us1", LISTS).newsletters == {"weekly"}
    assert configured("listmonk", "https://list.example/", "u:t", LISTS).service == "listmonk"


@pytest.mark.parametrize(
    ("service", "url", "key", "lists"),
    [
        ("pigeon", "", "k", LISTS),
        ("mailchimp", "", "", LISTS),
        ("mailchimp", "", "k-us1", {}),
        ("listmonk", "list.example", "u:t", LISTS),
        ("listmonk", "http://list.example", "u:t", LISTS),
    ],
)
def test_what_is_incomplete_or_in_the_clear_stops_the_start(service, url, key, lists):
    with pytest.raises(MisconfiguredError):
        configured(service, url, key, lists)
