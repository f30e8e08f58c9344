from datetime import timedelta

import pytest
from sqlalchemy import event, select
from tests_support.outbox import FakeTransport

from donations.assets import asset_folder
from donations.jobs.claiming import claim_due
from donations.jobs.models import Heartbeat, Job
from donations.jobs.outbox import enqueue
from donations.kernel.errors import TryAgainLater
from donations.mailer.mailbag import post_claims
from donations.mailer.message import Message
from donations.mailer.postbox import Fate, Postbox
from donations.mailer.refusals import DomainWaits, MailRefused
from donations.mailer.rendering import Letterpress
from donations.mailer.suppressing import suppress
from donations.vault.keys import normalised_email

FACTS = {"amount": "$15", "contact": "help@newsroom.example"}


class Moody(FakeTransport):
    """Refuses some addresses, each with its own error."""

    def __init__(self):
        super().__init__()
        self.errors = {}

    def send(self, letter):
        if letter.to in self.errors:
            raise self.errors[letter.to]
        super().send(letter)


class Notes:
    """A correspondence that keeps a heartbeat for each letter that was sent."""

    def __init__(self):
        self.nothing_owed = set()
        self.unreadable = set()
        self.unwritable = set()
        self.kept = []
        self.tried = []

    def written(self, _session, claims, _now):
        found = {}
        for claim in claims:
            to = claim.arguments["to"]
            if to in self.nothing_owed:
                continue
            try:
                self.read(to)
                found[claim.job_id] = claim.key, Message("payment_pending", to, "en", FACTS)
            except ValueError as error:
                found[claim.job_id] = error
        return found

    def read(self, to):
        if to in self.unreadable:
            raise ValueError(to)

    def keep(self, session, ended, now):
        for claim, fate in ended:
            if claim.arguments["to"] in self.unwritable:
                raise ValueError
            session.add(Heartbeat(name=claim.arguments["to"], beat_at=now))
            self.kept.append((claim.arguments["to"], fate))
        session.flush()

    def failed(self, _session, claims):
        self.tried += [claim.arguments["to"] for claim in claims]


@pytest.fixture
def transport():
    return Moody()


@pytest.fixture
def postbox(house, transport, clock, master):
    press = Letterpress(asset_folder("templates"))
    return Postbox(press, transport, house.newsroom, clock, master=master)


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def claimed(session, clock):
    def _claimed(*to):
        for one in to:
            enqueue(session, "news", f"news:{one}", {"to": one}, now=clock.now())
        session.commit()
        return claim_due(session, "news", 100, now=clock.now())

    return _claimed


@pytest.fixture
def post(session, postbox, notes, clock):
    def _post(claims):
        post_claims(session, postbox, notes, claims, clock)
        assert not session.in_transaction()
        return {job.arguments["to"]: job for job in session.scalars(select(Job))}

    return _post


def readers(number):
    return [f"reader{n}@example.org" for n in range(number)]


def test_every_job_ends_with_its_letter_and_what_follows_is_kept(claimed, post, notes, transport):
    jobs = post(claimed(*readers(5)))
    assert {job.state for job in jobs.values()} == {"done"}
    assert notes.kept == [(one, Fate.SENT) for one in readers(5)]
    assert len(transport.messages) == 5


def test_each_fails_alone_and_for_its_own_reason(
    claimed, post, notes, transport, session, master, clock
):
    names = ("fine", "refused", "full", "slow", "odd", "unreadable", "forgotten", "suppressed")
    to = {name: f"{name}@{name}.example" for name in names}
    claims = claimed(*to.values())
    transport.errors = {
        to["refused"]: MailRefused("the mail server refused the letter (554)"),
        to["full"]: DomainWaits("the mail server asked to wait (452)", mailbox_only=True),
        to["slow"]: DomainWaits("the mail server asked to wait (451)"),
        to["odd"]: TryAgainLater("later"),
    }
    notes.unreadable = {to["unreadable"]}
    notes.nothing_owed = {to["forgotten"]}
    index = master.index("email", normalised_email(to["suppressed"]))
    suppress(session, index, "everything", reason="asked", source="test", now=clock.now())
    session.commit()
    jobs = {one.partition("@")[0]: job for one, job in post(claims).items()}
    assert {name: (job.state, job.attempts) for name, job in jobs.items()} == {
        "fine": ("done", 1),
        "refused": ("dead", 1),
        "full": ("ready", 1),
        "slow": ("ready", 0),
        "odd": ("ready", 1),
        "unreadable": ("ready", 1),
        "forgotten": ("done", 1),
        "suppressed": ("done", 1),
    }
    assert jobs["slow"].run_at == clock.now() + timedelta(seconds=30)
    assert jobs["refused"].last_error == "the mail server refused the letter (554)"
    assert dict(notes.kept) == {
        to["fine"]: Fate.SENT,
        to["forgotten"]: None,
        to["suppressed"]: Fate.WITHHELD,
    }
    assert set(notes.tried) == {to[name] for name in ("refused", "full", "odd", "unreadable")}
    assert all("@" not in (job.last_error or "") for job in jobs.values())


def test_a_row_that_cannot_be_written_is_tried_again_and_its_letter_not_sent_again(
    claimed, post, notes, transport, session, clock
):
    notes.unwritable = {"reader1@example.org"}
    jobs = post(claimed(*readers(4)))
    states = {to: job.state for to, job in jobs.items()}
    assert states.pop("reader1@example.org") == "ready"
    assert set(states.values()) == {"done"}
    assert len(session.scalars(select(Heartbeat)).all()) == 3
    session.rollback()
    notes.unwritable = set()
    clock.advance(timedelta(minutes=1))
    jobs = post(claim_due(session, "news", 100, now=clock.now()))
    assert {job.state for job in jobs.values()} == {"done"}
    assert notes.kept[-1] == ("reader1@example.org", Fate.SENT_BEFORE)
    assert len(transport.messages) == 4


def test_who_lost_the_lease_keeps_nothing(claimed, post, notes, session, clock, transport):
    claims = claimed(*readers(3))
    clock.advance(timedelta(minutes=3))
    heirs = claim_due(session, "news", 100, now=clock.now())
    post(claims)
    assert notes.kept == []
    jobs = post(heirs)
    assert {job.state for job in jobs.values()} == {"done"}
    assert notes.kept == [(one, Fate.SENT_BEFORE) for one in readers(3)]
    assert len(transport.messages) == 3


def test_what_follows_from_many_letters_is_one_commit(claimed, post, session, engine):
    claims = claimed(*readers(20))
    commits = []
    event.listen(engine, "commit", lambda _connection: commits.append(1))
    post(claims)
    assert len(commits) == 23  # sorting out, twenty letters and the last one's note, the end
