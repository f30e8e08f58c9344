from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests_support.reports import bounce, complaint

from donations.mailer.returns.reports import read_report
from donations.mailer.returns.returned import Kind, NotReadable, Return

OURS = "0123456789abcdef" * 2
TO = "reader@example.org"


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_is_read_with_the_letter_or_its_headers_alone(original):
    assert read_report(bounce(TO, OURS, original=original)) == (Return(Kind.BOUNCED, TO, OURS),)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"status": "5.1.2", "diagnostic": "dns; Host not found"}, Kind.BOUNCED),
        ({"status": "5.0.0", "diagnostic": "smtp; 550 no such user here"}, Kind.BOUNCED),
        ({"status": "5.0.0", "diagnostic": "smtp; 554 no"}, Kind.DELAYED),
        ({"status": "5.2.2", "diagnostic": "smtp; 552 5.2.2 over quota"}, Kind.DELAYED),
        ({"status": "5.7.1", "diagnostic": "smtp; 550 5.7.1 looks like spam"}, Kind.DELAYED),
        ({"status": "4.4.7", "diagnostic": "smtp; 451 later"}, Kind.DELAYED),
        ({"action": "delayed", "status": "4.4.1", "diagnostic": "smtp; 421"}, Kind.DELAYED),
        ({"status": "nonsense", "diagnostic": ""}, Kind.DELAYED),
    ],
)
def test_only_a_mailbox_that_is_gone_counts_as_bounced(told, kind):
    assert read_report(bounce(TO, OURS, **told)) == (Return(kind, TO, OURS),)


def test_who_it_was_meant_for_is_read_as_well_as_where_it_ended():
    more = "Original-Recipient: rfc822;reader@example.org\n"
    assert [one.address for one in read_report(bounce("moved@example.net", OURS, more=more))] == [
        TO,
        "moved@example.net",
    ]


def test_two_recipients_of_one_report_are_two_returns():
    second = (
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n\n"
        "Final-Recipient: rfc822; other@example.org\n"
    )
    found = read_report(bounce(TO, OURS, more=second))
    assert [one.address for one in found] == [TO, "other@example.org"]


def test_the_report_of_a_success_says_nothing():
    assert read_report(bounce(TO, OURS, action="delivered", status="2.0.0")) == ()


def test_a_letter_of_others_has_no_id_of_ours():
    [one] = read_report(bounce(TO, "20261124.abc"))
    assert one.message_id == ""


def test_a_complaint_is_read_with_or_without_who_complained():
    assert read_report(complaint(TO, OURS)) == (Return(Kind.COMPLAINED, TO, OURS),)
    assert read_report(complaint(TO, OURS, named=False)) == (Return(Kind.COMPLAINED, TO, OURS),)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus"])
def test_reports_about_something_else_are_no_complaints(kind):
    assert read_report(complaint(TO, OURS, kind=kind)) == ()


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff",
        b"Subject: Out of office\n\nI am away.\n",
        b"Content-Type: multipart/mixed\n\n",
    ],
)
def test_mail_that_is_no_report_is_not_readable(mail):
    with pytest.raises(NotReadable):
        read_report(mail)


def test_a_report_inside_the_returned_letter_is_not_believed():
    inner = bounce("victim@example.org", OURS).decode()
    outer = bounce(TO, OURS).decode().replace("\nHello,\n", "\nHello,\n\n" + inner)
    outer = outer.replace(
        'Content-Type: text/plain; charset="utf-8"',
        'Content-Type: multipart/report; boundary="9B095B5ADSN=_01C3"',
    )
    try:
        found = read_report(outer.replace("9B095B5ADSN", "OUTER", 4).encode())
    except NotReadable:
        found = ()
    assert all(one.address != "victim@example.org" for one in found)


@given(st.binary(max_size=400), st.integers(0, 1500))
def test_no_bytes_break_the_reader(noise, at):
    whole = bounce(TO, OURS)
    for mail in (noise, whole[:at] + noise + whole[at:]):
        with suppress(NotReadable):
            read_report(mail)
