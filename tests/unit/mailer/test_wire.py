import quopri
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.mailer.wire import folded, header_line, letter_bytes, mailbox, quoted_printable

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\r\n\t"), max_size=400
)


@given(texts)
def test_any_text_crosses_the_wire_whole_in_short_ascii_lines(text):
    wire = quoted_printable(text)
    assert wire.isascii()
    assert max((len(line) for line in wire.split(b"\r\n")), default=0) <= 76
    assert b"\n" not in wire.replace(b"\r\n", b"")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert quopri.decodestring(wire).decode().replace("\r\n", "\n") == lines


@given(texts, texts)
def test_a_letter_is_read_as_it_was_written(text, html):
    wire = letter_bytes([("Subject", "Hello")], text=text, html=html, mark="0" * 32)
    letter = message_from_bytes(wire, policy=default)
    parts = {part.get_content_type(): part for part in letter.iter_parts()}
    assert list(parts) == ["text/plain", "text/html"]
    for kind, written in (("text/plain", text), ("text/html", html)):
        assert parts[kind].get_content_charset() == "utf-8"
        told = parts[kind].get_payload(decode=True).decode().replace("\r\n", "\n")
        assert told == written.replace("\r\n", "\n").replace("\r", "\n")
    assert letter.defects == []


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: b@example.org", "a\nb", "a\x00b", "ü", "x" * 999, "\r"]
)
def test_nothing_gets_out_of_its_header_line(value):
    with pytest.raises(ValueError, match="the header X-Test") as refusal:
        header_line("X-Test", value)
    assert value not in str(refusal.value)


@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn", "Co"]),
        min_size=1,
        max_size=200,
    )
)
def test_a_subject_in_any_script_survives(text):
    text = " ".join(text.split()) or "x"
    line = header_line("Subject", folded("Subject", text))
    letter = message_from_bytes(f"{line}\r\n\r\n".encode("ascii"), policy=default)
    assert letter["Subject"] == text


def test_a_sender_is_a_name_and_an_address():
    line = header_line("From", mailbox("Поддержка, “R”", "post@mail.example"))
    sender = message_from_bytes(f"{line}\r\n\r\n".encode(), policy=default)["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Поддержка, “R”", "post@mail.example")
