import io

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from tests_support.reports import bounce

from donations import cli
from donations.commands.bounce import run
from donations.kernel.database import begin_write
from donations.kernel.errors import MisconfiguredError
from donations.mailer.message_ids import message_id
from donations.mailer.models import Letter, Suppression
from donations.mailer.samples import sample_named

TO = "reader@example.org"


@pytest.fixture
def ours(session, master, clock):
    identifier = message_id(master, "reminder:1", TO)
    begin_write(session)
    session.add(
        Letter(
            key="reminder:1",
            template="reminder",
            language="en",
            message_id=identifier,
            sending_at=clock.now(),
            sent_at=clock.now(),
        )
    )
    session.commit()
    return identifier


@pytest.fixture
def piped(app, monkeypatch):
    """What the command says to a mail, and its exit code."""
    monkeypatch.setattr(cli, "_settled_app", lambda: app)

    def pipe(mail):
        answer = CliRunner().invoke(cli.cli, ["bounce"], input=mail)
        return answer.exit_code, answer.output

    return pipe


def count(session):
    session.rollback()
    return session.scalar(select(func.count()).select_from(Suppression))


def test_a_bounce_of_our_letter_suppresses_its_address_once(piped, session, ours):
    for _ in range(2):
        code, said = piped(bounce(TO, ours))
        assert code == 0
        assert "reader" not in said
    assert count(session) == 1
    assert session.scalars(select(Letter)).one().returned_as == "bounced"


@pytest.mark.parametrize(
    "mail",
    [
        bounce(TO, "0" * 32),
        bounce(TO, "somebody-elses"),
        b"Subject: hello\n\nnot a report\n",
        b"",
        b"\xff" * 3000,
    ],
)
def test_what_is_none_of_ours_is_taken_and_dropped(piped, session, ours, mail):
    assert piped(mail)[0] == 0
    assert count(session) == 0


def test_a_forged_bounce_with_an_id_of_ours_silences_nobody_else(piped, session, ours):
    assert piped(bounce("victim@example.org", ours))[0] == 0
    assert count(session) == 0


def test_while_we_cannot_keep_it_the_mta_shall_try_again(capsys):
    def unsettled():
        raise MisconfiguredError("DATABASE_URL is missing")

    assert run(unsettled, io.BytesIO(bounce(TO, "0" * 32))) == 75
    assert "reader" not in capsys.readouterr().out


def test_a_long_mail_is_read_to_its_end(app, ours, session):
    mail = io.BytesIO(bounce(TO, ours) + b"x" * 3_000_000)
    assert run(lambda: app, mail) == 0
    assert mail.read() == b""
    assert count(session) == 1


def test_the_bounce_of_a_letter_as_it_was_really_posted_withholds_the_next(
    piped, session, house, outbox
):
    def message():
        return sample_named("receipt").message(house.newsroom, house.base_url, "en")

    assert house.postbox.post(session, "receipt:1", message())
    session.commit()
    [posted] = session.scalars(select(Letter))
    assert outbox.messages[0]["Message-ID"] == f"<{posted.message_id}@mail.example>"
    assert piped(bounce(message().to, posted.message_id))[0] == 0
    session.rollback()
    assert not house.postbox.post(session, "receipt:2", message())
    assert len(outbox.messages) == 1
