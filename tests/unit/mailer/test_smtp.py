import re
import socket
import threading
import time
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from tests_support.mail_server import DROP, NOISE, SILENCE, ScriptedServer
from tests_support.outbox import printed

from donations.kernel.errors import MisconfiguredError, TryAgainLater
from donations.mailer.conversation import Patience
from donations.mailer.refusals import DomainWaits, EndUnknown, MailRefused, ServerAway
from donations.mailer.smtp import MailServer, SmtpTransport

WHO = "reader@example.org"
HURRY = Patience(step=0.2, begin=5, end=0.2)
NOT_SENT = 0
MAYBE = 1


class Clerk:
    """A mail server that is one: what it took."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802
        self.taken.append((session.host_name, envelope))
        return "250 OK"


@pytest.fixture
def serve():
    started = []

    def _serve(clerk, **options):
        controller = Controller(clerk, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        started.append(controller)
        return controller.port

    yield _serve
    for controller in started:
        controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def letter(number=1, text="Hello"):
    written = EmailMessage()
    written["From"], written["To"] = "post@mail.example", WHO
    written["Subject"] = f"Receipt {number}"
    written.set_content(text)
    return printed(written)


def transport(server, scheme="smtp", **options):
    return SmtpTransport(f"{scheme}://127.0.0.1:{server.port}", patience=HURRY, **options)


def subjects(server):
    return [re.search(rb"Subject: (.+)\r\n", one)[1].decode() for one in server.taken]


def test_a_letter_reaches_the_server_which_learns_nothing_of_our_machine(serve, monkeypatch):
    monkeypatch.setattr("socket.getfqdn", lambda *_: "desk-of-an-editor.newsroom.example")
    clerk = Clerk()
    SmtpTransport(f"smtp://127.0.0.1:{serve(clerk)}").send(letter())
    [(greeting, envelope)] = clerk.taken
    assert greeting == "[127.0.0.1]"
    assert (envelope.mail_from, envelope.rcpt_tos) == ("post@mail.example", [WHO])


# What goes wrong at which step; what is raised; how many letters the server has then.
FAULTS = [
    ("connect", "554 5.3.2 go away", ServerAway, NOT_SENT),
    ("connect", "421 4.3.2 busy", ServerAway, NOT_SENT),
    ("connect", DROP, ServerAway, NOT_SENT),
    ("connect", SILENCE, ServerAway, NOT_SENT),
    ("connect", NOISE, ServerAway, NOT_SENT),
    ("ehlo", DROP, ServerAway, NOT_SENT),
    ("ehlo", SILENCE, ServerAway, NOT_SENT),
    ("mail", "451 4.3.0 not now", ServerAway, NOT_SENT),
    ("mail", "421 4.7.0 too many letters", ServerAway, NOT_SENT),
    ("mail", "550 5.7.1 sender not verified", ServerAway, NOT_SENT),
    ("mail", "530 5.7.0 authentication required", ServerAway, NOT_SENT),
    ("mail", DROP, ServerAway, NOT_SENT),
    ("mail", SILENCE, ServerAway, NOT_SENT),
    ("rcpt", "450 4.7.1 greylisted reader@example.org", DomainWaits, NOT_SENT),
    ("rcpt", "452 4.2.2 mailbox full", DomainWaits, NOT_SENT),
    ("rcpt", "421 4.7.28 slow down", ServerAway, NOT_SENT),
    ("rcpt", "550 5.1.1 <reader@example.org> no such user", MailRefused, NOT_SENT),
    ("rcpt", "554 5.7.1 we do not like you", MailRefused, NOT_SENT),
    ("rcpt", DROP, ServerAway, NOT_SENT),
    ("rcpt", SILENCE, ServerAway, NOT_SENT),
    ("data", "451 4.3.0 not now", DomainWaits, NOT_SENT),
    ("data", "421 4.3.2 going down", ServerAway, NOT_SENT),
    ("data", "554 5.5.1 no valid recipients", MailRefused, NOT_SENT),
    ("data", DROP, ServerAway, NOT_SENT),
    ("data", SILENCE, ServerAway, NOT_SENT),
    ("dot", "451 4.3.0 disk full", DomainWaits, NOT_SENT),
    ("dot", "421 4.3.2 going down", ServerAway, NOT_SENT),
    ("dot", "554 5.7.1 reader@example.org thinks it is spam", MailRefused, NOT_SENT),
    ("dot", DROP, EndUnknown, MAYBE),
    ("dot", SILENCE, EndUnknown, MAYBE),
    ("rcpt", NOISE, ServerAway, NOT_SENT),
    ("dot", NOISE, EndUnknown, MAYBE),
    ("dot", "354 hm", EndUnknown, NOT_SENT),
]


@pytest.mark.parametrize("pipelining", [True, False], ids=["together", "in-turn"])
@pytest.mark.parametrize(("step", "fault", "raised", "taken"), FAULTS)
def test_every_fault_is_told_for_what_it_is_and_none_tells_who_it_was_for(
    step, fault, raised, taken, pipelining
):
    with ScriptedServer(pipelining=pipelining, **{step: [fault] * 2}) as server:
        out = transport(server)
        with pytest.raises(TryAgainLater if raised is not MailRefused else MailRefused) as caught:
            out.send(letter())
        assert type(caught.value) is raised
        assert "reader" not in str(caught.value)
        assert "example" not in str(caught.value)
        assert len(server.taken) == taken
        if isinstance(fault, str) and raised is not EndUnknown:
            assert fault[:3] in str(caught.value)
        out.close()


@pytest.mark.parametrize("pipelining", [True, False], ids=["together", "in-turn"])
@pytest.mark.parametrize(("step", "fault", "raised", "taken"), FAULTS)
def test_after_every_fault_the_next_letter_goes_out_once(step, fault, raised, taken, pipelining):
    with ScriptedServer(pipelining=pipelining, **{step: [fault]}) as server:
        out = transport(server)
        with pytest.raises(raised):
            out.send(letter(1))
        out.send(letter(2))
        out.send(letter(3))
        assert subjects(server) == [f"Receipt {n}" for n in ([1] * taken + [2, 3])]
        out.close()


@pytest.mark.parametrize("pipelining", [True, False], ids=["together", "in-turn"])
@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_refusal_stands_even_if_the_server_hangs_up_at_once(pipelining, hangs_up):
    answers = {"rcpt": "550 5.1.1 no such user", "data": DROP, "rset": DROP}
    if not hangs_up:
        answers = {"rcpt": "550 5.1.1 no such user", "data": "354 tell me all the same"}
    with ScriptedServer(pipelining=pipelining, **answers) as server:
        out = transport(server)
        for _ in range(3):
            with pytest.raises(MailRefused) as caught:
                out.send(letter())
            assert caught.value.gone
        assert b"".join(server.taken) == b""
        out.close()


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        ("550 5.1.1 <reader@example.org>: Recipient address rejected: User unknown", True),
        ("550 5.2.1 The email account that you tried to reach is disabled", True),
        ("550 No such user here", True),
        ("550 reader@example.org does not exist", False),
        ("550 The recipient does not exist", True),
        ("553 mailbox not found", True),
        ("551 unknown user", True),
        ("550 5.7.1 Unknown user agent, go away", False),
        ("550 relaying denied", False),
        ("554 user unknown", False),
        ("552 5.2.2 mailbox full", False),
        ("550 blocked: see our page on unknown senders", False),
    ],
)
def test_only_a_server_that_says_so_has_no_such_mailbox(answer, gone):
    with ScriptedServer(rcpt=answer) as server:
        out = transport(server)
        with pytest.raises(MailRefused) as caught:
            out.send(letter())
        assert caught.value.gone is gone
        out.close()


def test_what_a_server_says_after_the_letter_never_means_that_the_mailbox_is_gone():
    with ScriptedServer(dot="550 5.1.1 no such user") as server:
        out = transport(server)
        with pytest.raises(MailRefused) as caught:
            out.send(letter())
        assert not caught.value.gone
        out.close()


def test_a_busy_mailbox_is_about_that_mailbox_alone():
    with ScriptedServer(rcpt=["452 4.2.2 mailbox full", "450 4.7.1 greylisted"]) as server:
        out = transport(server)
        for alone in (True, False):
            with pytest.raises(DomainWaits) as caught:
                out.send(letter())
            assert caught.value.mailbox_only is alone
        out.close()


def test_one_session_carries_many_letters():
    with ScriptedServer() as server:
        out = transport(server)
        for number in range(20):
            out.send(letter(number))
        assert (server.sessions, len(server.taken)) == (1, 20)
        out.close()


def test_sender_recipient_and_data_go_out_together_where_they_may():
    seen = []

    class Watching(SmtpTransport):
        def _connect(self):
            connection = super()._connect()
            send = connection.send
            connection.send = lambda data: (seen.append(data), send(data))[1]
            return connection

    with ScriptedServer() as server:
        out = Watching(f"smtp://127.0.0.1:{server.port}")
        out.send(letter())
        assert seen[0].split("\r\n")[:3] == [
            "MAIL FROM:<post@mail.example>",
            f"RCPT TO:<{WHO}>",
            "DATA",
        ]
        out.close()


def test_a_session_ends_after_so_many_letters():
    with ScriptedServer() as server:
        out = transport(server, most_letters=3)
        for number in range(7):
            out.send(letter(number))
        assert (server.sessions, len(server.taken)) == (3, 7)
        assert server.steps.count("quit") == 2
        out.close()


def test_a_session_idle_too_long_is_ended_and_another_opened():
    with ScriptedServer() as server:
        out = transport(server, idle_seconds=0)
        out.send(letter(1))
        time.sleep(0.01)
        out.send(letter(2))
        assert (server.sessions, server.steps.count("quit"), len(server.taken)) == (2, 1, 2)
        out.close()


def test_a_session_idle_for_a_while_is_asked_whether_it_lives():
    with ScriptedServer() as server:
        out = transport(server, ask_after_seconds=0)
        out.send(letter(1))
        time.sleep(0.01)
        out.send(letter(2))
        assert (server.sessions, server.steps.count("rset")) == (1, 1)
        out.close()


@pytest.mark.parametrize("ask_after", [0, 5])
def test_a_session_that_was_dropped_is_opened_again_within_the_same_letter(ask_after):
    with ScriptedServer() as server:
        out = transport(server, ask_after_seconds=ask_after)
        out.send(letter(1))
        server.cut()
        out.send(letter(2))
        assert (server.sessions, subjects(server)) == (2, ["Receipt 1", "Receipt 2"])
        out.close()


def test_a_session_that_has_carried_enough_for_the_server_is_followed_by_another():
    with ScriptedServer(mail=[None, None, "421 4.7.0 too many letters in one session"]) as server:
        out = transport(server)
        for number in range(3):
            out.send(letter(number))
        assert (server.sessions, len(server.taken)) == (2, 3)
        out.close()


def test_threads_have_sessions_of_their_own():
    with ScriptedServer() as server:
        out = transport(server)
        threads = [
            threading.Thread(target=lambda: [out.send(letter(n)) for n in range(20)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.taken) == 80
        assert 1 <= server.sessions <= 4
        out.close()


def test_a_line_that_is_a_dot_does_not_end_the_letter():
    with ScriptedServer() as server:
        out = transport(server)
        out.send(letter(text="one\n.\n..two\n.three"))
        assert b"one\r\n.\r\n..two\r\n.three" in server.taken[0]
        out.close()


@pytest.mark.parametrize("goodbye", ["421 closing in a hurry", "250 see you", "500 what", DROP])
def test_a_letter_that_was_taken_is_sent_however_the_server_says_goodbye(goodbye):
    with ScriptedServer(quit=goodbye) as server:
        out = transport(server, most_letters=1)
        out.send(letter())
        assert len(server.taken) == 1
        out.close()


def test_a_server_that_is_away_is_tried_later():
    with pytest.raises(ServerAway, match="cannot be reached"):
        SmtpTransport(f"smtp://127.0.0.1:{free_port()}").send(letter())


def test_a_server_so_slow_that_the_letter_could_be_sent_by_another_gets_none():
    with ScriptedServer() as server:
        slow = Patience(step=1, begin=-1, end=1)
        with pytest.raises(ServerAway, match="too long"):
            SmtpTransport(f"smtp://127.0.0.1:{server.port}", patience=slow).send(letter())
        assert server.taken == []


def test_all_that_one_letter_may_take_is_less_than_it_is_in_hand():
    from donations.mailer.marks import IN_HAND

    usual = Patience()
    assert usual.begin + usual.end < IN_HAND.total_seconds()


def test_wrong_credentials_are_for_the_operator_and_lose_no_letter(serve):
    port = serve(
        Clerk(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    with pytest.raises(ServerAway, match="credentials"):
        SmtpTransport(f"smtp://user:s%3Acret@127.0.0.1:{port}").send(letter())


@pytest.mark.parametrize(
    ("scheme", "answers"),
    [
        ("smtp+starttls", {}),
        ("smtp+starttls", {"offers": ["STARTTLS"], "starttls": "454 4.7.0 not now"}),
        ("smtp+starttls", {"offers": ["STARTTLS"], "starttls": NOISE}),
        ("smtp+starttls", {"offers": ["STARTTLS"], "starttls": DROP}),
        ("smtps", {}),
        ("smtps", {"connect": DROP}),
    ],
)
def test_a_server_without_encryption_gets_no_letter_when_encryption_was_asked_for(scheme, answers):
    with ScriptedServer(**answers) as server:
        with pytest.raises(ServerAway):
            transport(server, scheme).send(letter())
        assert server.taken == []
        assert "mail" not in server.steps


def test_the_address_of_the_server_is_read_whole():
    server = MailServer.parse("smtp+starttls://post%40mail:p%3Aw@mail.example.org")
    assert (server.scheme, server.host, server.port) == ("smtp+starttls", "mail.example.org", 587)
    assert (server.user, server.password) == ("post@mail", "p:w")
    assert "p:w" not in repr(server)
    assert MailServer.parse("smtps://mail.example.org").port == 465
    assert MailServer.parse("smtp://mail.example.org").port == 25


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org/inbox",
        "smtp://user:secretword@mail.example.org",
    ],
)
def test_an_unusable_address_stops_the_start_and_shows_no_secret(wrong):
    with pytest.raises(MisconfiguredError) as caught:
        SmtpTransport(wrong)
    assert "MAIL_URL" in str(caught.value)
    assert "secretword" not in str(caught.value)
