from datetime import timedelta

import pytest

from donations.kernel.errors import MisconfiguredError
from donations.mailer.pacing import MailRates


def test_rates_are_read_for_named_domains_and_for_all_others():
    rates = MailRates.parse("Gmail.com=10/s, yahoo.co.uk = 30/m,*=50/s")
    assert rates.gap("gmail.com") == timedelta(milliseconds=100)
    assert rates.gap("yahoo.co.uk") == timedelta(seconds=2)
    assert rates.gap("example.org") == timedelta(milliseconds=20)


def test_nothing_set_is_no_limit():
    assert MailRates.parse("").gap("example.org") is None
    assert MailRates.parse("gmail.com=1/h").gap("example.org") is None


@pytest.mark.parametrize(
    "wrong",
    ["gmail.com", "gmail.com=0/s", "=5/s", "gmail.com=5/d", "*=5/s,*=6/s", "a=5/s", "*=-1/s"],
)
def test_a_rate_that_is_none_stops_the_start(wrong):
    with pytest.raises(MisconfiguredError, match="MAIL_RATES"):
        MailRates.parse(wrong)
