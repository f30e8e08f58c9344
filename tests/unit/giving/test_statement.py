import pytest

from donations.giving.statement import Statement
from donations.kernel.errors import MisconfiguredError


def test_a_neutral_line_is_taken():
    statement = Statement("READERS", "SUPPORT")
    statement.check("The Moscow Times")
    assert statement.line == "READERS* SUPPORT"


@pytest.mark.parametrize(
    ("prefix", "suffix"),
    [
        ("READERS", "FOR EVERYONE ALWAYS"),
        ("R", "SUPPORT"),
        ("ELEVENCHARS", "SUPPORT"),
        ("123", "SUPPORT"),
        ("READERS", "<SUPPORT>"),
        ("ЧИТАТЕЛИ", "SUPPORT"),
        ("MOSCOW", "SUPPORT"),
        ("MT TIMES", "SUPPORT"),
        ("READERS", "DONATION"),
        ("THANKS", "FREEDOM"),
    ],
)
def test_a_line_stripe_would_refuse_or_a_bank_would_understand_is_refused(prefix, suffix):
    with pytest.raises(MisconfiguredError):
        Statement(prefix, suffix).check("The Moscow Times")
