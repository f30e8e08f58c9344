import pytest
from werkzeug.datastructures import Headers

from donations.web.same_origin import is_same_origin

OURS = "https://give.example.org"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": OURS}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OURS}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://give.example.org.evil.example"}, False),
        ({"Origin": "http://give.example.org"}, False),
        ({"Origin": "https://give.example.org:8443"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_a_form_of_our_own_pages_is_taken(headers, taken):
    assert is_same_origin(Headers(headers), OURS) is taken
