from __future__ import annotations

import pytest

from donations.sandbox.objects.portal.portal_addresses import check_url
from donations.sandbox.refusals import Refusal


@pytest.mark.parametrize("given", [None, "", "http://127.0.0.1:1/account", "https://example.org"])
def test_a_web_address_or_none_will_do(given):
    check_url(given, "return_url")


@pytest.mark.parametrize("given", ["/account", "javascript:alert(1)", "https://", "ftp://a.b"])
def test_anything_else_is_refused(given):
    with pytest.raises(Refusal) as refused:
        check_url(given, "return_url")
    assert refused.value.error["code"] == "url_invalid"
