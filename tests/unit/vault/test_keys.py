import base64

import pytest

from donations.kernel.errors import MisconfiguredError
from donations.vault.keys import MasterKey, normalised_email


@pytest.mark.parametrize(
    "text", ["", "abc", "not base64!", base64.b64encode(bytes(31)).decode(), "A" * 100]
)
def test_a_key_that_is_no_key_stops_the_application(text):
    with pytest.raises(MisconfiguredError) as caught:
        MasterKey.from_text(text)
    assert text == "" or text not in str(caught.value)


def test_a_key_file_may_end_in_a_line_break():
    text = base64.b64encode(bytes(32)).decode()
    one, two = MasterKey.from_text(text), MasterKey.from_text(f"{text}\n")
    assert one.index("email", "x") == two.index("email", "x")


def test_an_index_stays_for_ever_and_tells_kinds_apart():
    key = MasterKey.from_text(base64.b64encode(bytes(range(32))).decode())
    assert key.index("email", "x").hex().startswith("821e75f1517acb8e")
    assert key.index("email", "x") != key.index("customer", "x")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Reader@Example.org ", "reader@example.org"),
        ("ＲＥＡＤＥＲ@example.org", "reader@example.org"),
        ("STRASSE@example.org", "strasse@example.org"),
        ("straße@example.org", "strasse@example.org"),
        ("Ирина@пример.рф", "ирина@пример.рф"),
    ],
)
def test_spellings_of_one_mailbox_meet(typed, kept):
    assert normalised_email(typed) == kept
