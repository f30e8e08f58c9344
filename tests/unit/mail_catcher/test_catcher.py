import json
import smtplib
import urllib.request
from email.message import EmailMessage

import pytest
from tests_support.outbox import printed

from donations.kernel.errors import MisconfiguredError
from donations.mail_catcher.catcher import MailCatcher
from donations.mailer.smtp import MailServer, SmtpTransport


@pytest.fixture
def catcher(tmp_path):
    running = MailCatcher(0, 0, tmp_path)
    running.start()
    yield running
    running.stop()


def letter():
    made = EmailMessage()
    made["From"] = "post@mail.example"
    made["To"] = "reader@example.org"
    made["Subject"] = "Receipt 1001"
    made.set_content("Hello")
    made.add_alternative("<script>alert(1)</script><p>Hello", subtype="html")
    return printed(made)


def test_a_letter_sent_by_our_transport_is_caught_and_shown(catcher):
    SmtpTransport(f"smtp://127.0.0.1:{catcher.smtp_port}").send(letter())
    base = f"http://127.0.0.1:{catcher.web_port}"
    with urllib.request.urlopen(f"{base}/api/messages") as answer:
        [caught] = json.load(answer)
    assert caught["subject"] == "Receipt 1001"
    assert "reader@example.org" in caught["to"]
    with urllib.request.urlopen(base) as answer:
        assert "Receipt 1001" in answer.read().decode()


def test_caught_letters_outlive_the_run(catcher, tmp_path):
    SmtpTransport(f"smtp://127.0.0.1:{catcher.smtp_port}").send(letter())
    catcher.stop()
    again = MailCatcher(0, 0, tmp_path)
    again.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{again.web_port}/api/messages") as answer:
        assert len(json.load(answer)) == 1
    again.stop()
    catcher.start()


def test_a_taken_port_names_the_variable_to_change(catcher):
    with pytest.raises(SystemExit, match="MAIL_CATCHER_PORT"):
        MailCatcher(0, catcher.web_port).start()


def test_a_server_that_is_not_there_is_told_without_the_recipient():
    from donations.kernel.errors import TryAgainLater

    with pytest.raises(TryAgainLater) as trouble:
        SmtpTransport("smtp://127.0.0.1:9").send(letter())
    assert "reader" not in str(trouble.value)
    assert isinstance(smtplib.SMTP, type)


@pytest.mark.parametrize(
    "url", ["", "http://x", "smtp://", "smtp://user:pw@mail.example.org", "smtp://x:99999"]
)
def test_a_mail_url_that_cannot_work_stops_the_start(url):
    with pytest.raises(MisconfiguredError):
        MailServer.parse(url)
