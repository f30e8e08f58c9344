from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from donations.kernel.errors import MisconfiguredError, TryAgainLater
from donations.mailer.smtp import MailRefused, MailServer, SmtpTransport

WHO = "reader@example.org"


class Clerk:
    """A mail server's behaviour: what it answers at each step, and what it took."""

    def __init__(self, **answers):
        self.answers = answers
        self.taken = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if "rcpt" in self.answers:
            return self.answers["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802
        if "data" not in self.answers:
            self.taken.append((session.host_name, envelope))
        return self.answers.get("data", "250 OK")

    async def handle_QUIT(self, _server, _session, _envelope):  # noqa: N802
        return self.answers.get("quit", "221 Bye")


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
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def letter():
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "post@mail.example", WHO, "Receipt 1"
    written.set_content("Hello")
    return written


def test_a_letter_reaches_the_server_which_learns_nothing_of_our_machine(serve, monkeypatch):
    monkeypatch.setattr("socket.getfqdn", lambda *_: "desk-of-an-editor.newsroom.example")
    clerk = Clerk()
    SmtpTransport(f"smtp://127.0.0.1:{serve(clerk)}").send(letter())
    [(greeting, envelope)] = clerk.taken
    assert greeting == "[127.0.0.1]"
    assert (envelope.mail_from, envelope.rcpt_tos) == ("post@mail.example", [WHO])


@pytest.mark.parametrize(
    ("step", "answer", "raised"),
    [
        ("rcpt", "550 no such user", MailRefused),
        ("rcpt", "450 greylisted", TryAgainLater),
        ("data", "554 we think it is spam", MailRefused),
        ("data", "452 disk full", TryAgainLater),
    ],
)
def test_only_a_permanent_refusal_is_final_and_no_error_tells_who_it_was_for(
    serve, step, answer, raised
):
    port = serve(Clerk(**{step: answer}))
    with pytest.raises(raised) as caught:
        SmtpTransport(f"smtp://127.0.0.1:{port}").send(letter())
    assert type(caught.value) is raised
    assert answer[:3] in str(caught.value)
    assert "reader" not in str(caught.value)
    assert "example" not in str(caught.value)


@pytest.mark.parametrize("goodbye", ["421 closing in a hurry", "250 see you", "500 what"])
def test_a_letter_that_was_taken_is_sent_however_the_server_says_goodbye(serve, goodbye):
    clerk = Clerk(quit=goodbye)
    SmtpTransport(f"smtp://127.0.0.1:{serve(clerk)}").send(letter())
    assert len(clerk.taken) == 1


def test_a_server_that_is_away_is_tried_later():
    with pytest.raises(TryAgainLater, match="cannot be reached"):
        SmtpTransport(f"smtp://127.0.0.1:{free_port()}").send(letter())


def test_wrong_credentials_are_for_the_operator_and_lose_no_letter(serve):
    port = serve(
        Clerk(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    with pytest.raises(TryAgainLater, match="credentials"):
        SmtpTransport(f"smtp://user:s%3Acret@127.0.0.1:{port}").send(letter())


def test_a_server_without_encryption_gets_no_letter_when_encryption_was_asked_for(serve):
    clerk = Clerk()
    with pytest.raises(TryAgainLater):
        SmtpTransport(f"smtp+starttls://127.0.0.1:{serve(clerk)}").send(letter())
    assert clerk.taken == []


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
