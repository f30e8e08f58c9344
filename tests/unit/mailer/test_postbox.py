import email.policy
from datetime import timedelta

import pytest
from jinja2 import UndefinedError
from sqlalchemy import event, select
from tests_support.mail_server import DROP, ScriptedServer

from donations.assets import asset_folder
from donations.jobs.running import reason_of
from donations.kernel.errors import GivenUp, TryAgainLater
from donations.mailer.addresses import BadAddress, checked_address
from donations.mailer.message import Message, Stream
from donations.mailer.message_ids import message_id, was_written_to
from donations.mailer.models import Letter, MailDomain, Suppression
from donations.mailer.pacing import MailRates
from donations.mailer.postbox import Fate, Postbox
from donations.mailer.refusals import DomainWaits, EndUnknown, MailRefused, ServerAway
from donations.mailer.rendering import Letterpress
from donations.mailer.smtp import SmtpTransport
from donations.mailer.suppressing import suppress
from donations.vault.keys import normalised_email

FACTS = {
    "receipt": {
        "receipt_number": 1001,
        "paper_url": "http://localhost/support/receipt/x",
        "amount": "$15",
        "frequency": "monthly",
        "given_on": "November 24, 2026",
        "next_on": "December 24, 2026",
        "cancel_url": "http://localhost/support/cancel/x",
        "changes": dict.fromkeys(
            ("pause", "skip", "amount", "frequency", "card"), "http://localhost/support/act/x/x"
        ),
        "statement_line": "READERS* SUPPORT",
        "method": None,
        "fund": None,
    },
    "payment_pending": {"amount": "$15"},
    "payment_failed": {"amount": "$15", "retry_url": "http://localhost/support"},
    "membership_failed": {
        "amount": "$15",
        "why": "The card has expired. No money was taken.",
        "cure": "card",
        "next_on": None,
        "links": dict.fromkeys(
            ("card", "pay", "amount", "cancel"), "http://localhost/support/act/x/x"
        ),
    },
    "reminder": {
        "give_url": "http://localhost/support",
        "again_url": "http://localhost/remind-me/again/token",
        "never_url": "http://localhost/remind-me/never/token",
        "asked_on": "24 November 2026",
        "follows": "nothing",
        "every_months": None,
        "next_on": None,
        "cancel_url": "http://localhost/remind-me/cancel/x",
        "month": "January",
        "amount": None,
        "frequency": None,
    },
    "newsletter_confirm": {
        "newsletter": "The Weekly Briefing",
        "confirm_url": "http://localhost/newsletter/confirm/x",
    },
    "newsletter_preferences": {
        "newsletter": None,
        "preferences_url": "http://localhost/newsletter/preferences/x",
    },
    "books_alarm": {
        "counts": [("invariant_broken", 1), ("payout_bank_differs", 2)],
        "office_url": "http://localhost/office/exceptions",
    },
}


def message(template="receipt", language="en", to="reader@example.org", **more):
    facts = {**FACTS[template], "contact": "support@newsroom.example"}
    return Message(template, to, language, facts, **more)


def post(house, session, key="k", **changes):
    sent = house.postbox.post(session, key, message(**changes))
    session.commit()
    return sent


def test_a_letter_goes_out_once_for_its_cause(house, session, outbox):
    assert post(house, session)
    assert not post(house, session)
    assert len(outbox.messages) == 1
    assert session.scalars(select(Letter)).one().sent_at is not None


def test_a_letter_that_could_not_go_out_is_tried_again(house, session, outbox):
    outbox.failure = TryAgainLater("down")
    with pytest.raises(TryAgainLater):
        post(house, session)
    session.rollback()
    outbox.failure = None
    assert post(house, session)
    assert len(outbox.messages) == 1


def test_a_letter_whose_sender_died_is_sent_under_the_same_message_id(
    house, session, outbox, clock
):
    post(house, session)
    row = session.scalars(select(Letter)).one()
    row.sent_at = None  # died between the server's answer and the note of it
    session.commit()
    clock.advance(timedelta(minutes=5))
    post(house, session)
    first, second = outbox.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_while_one_worker_sends_another_waits(house, session, outbox, clock):
    session.add(Letter(key="k", template="receipt", language="en", sending_at=clock.now()))
    session.commit()
    with pytest.raises(TryAgainLater):
        post(house, session)
    assert outbox.messages == []


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("template", FACTS)
def test_every_letter_is_whole_neutral_and_without_pictures(
    house, session, outbox, template, language
):
    post(house, session, template=template, language=language)
    [letter] = outbox.messages
    text = letter.get_body(("plain",)).get_content()
    html = letter.get_body(("html",)).get_content()
    assert letter["Content-Language"] == language
    assert "Moscow" not in letter["Subject"]
    assert "$" not in letter["Subject"]
    assert "@" not in letter["Subject"]
    assert "Moscow" not in letter["From"]
    assert "<img" not in html
    assert "http-equiv" not in html
    for part in (text, html):
        assert "{{" not in part
        assert "None" not in part
    if language == "ru":
        assert "Здравствуйте" in text
    bytes(letter)


def test_the_unsubscribe_header_is_one_click(house, session, outbox):
    post(house, session, template="reminder", unsubscribe_url="https://x.example/u/" + "t" * 200)
    sent = email.message_from_bytes(bytes(outbox.messages[0]), policy=email.policy.default)
    assert sent["List-Unsubscribe"] == "<https://x.example/u/" + "t" * 200 + ">"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("a@example.org\r\nBcc: b@example.org", "control"),
        ("a b@example.org", "space"),
        ("nobody", "at_sign"),
        ("a@b@example.org", "at_sign"),
        ("a@example", "domain"),
        ("a@-x.org", "domain"),
        (".a@example.org", "local_part"),
        ("я@example.org", "foreign_local_part"),
        ("x" * 300 + "@example.org", "too_long"),
    ],
)
def test_an_address_no_letter_can_reach_is_refused_with_its_reason(typed, reason):
    with pytest.raises(BadAddress) as refusal:
        checked_address(typed)
    assert refusal.value.reason == reason


def test_a_good_address_is_made_canonical():
    assert checked_address(" Reader@Пример.рф ") == "Reader@xn--e1afmkfd.xn--p1ai"


class Post:
    """A mail server that answers as scripted: an error to raise by recipient, once or always."""

    def __init__(self):
        self.went = []
        self.tried = []
        self.errors = {}
        self.watch = lambda _letter: None

    def send(self, letter):
        self.tried.append(letter.to)
        self.watch(letter)
        error = self.errors.get(letter.to)
        if isinstance(error, list):
            error = error.pop(0) if error else None
        if error is not None:
            raise error
        self.went.append(letter.to)


@pytest.fixture
def transport():
    return Post()


@pytest.fixture
def postbox(house, transport, clock, master):
    return postbox_with(house, transport, clock, master)


def postbox_with(house, transport, clock, master, rates=""):
    return Postbox(
        Letterpress(asset_folder("templates")),
        transport,
        house.newsroom,
        clock,
        master=master,
        rates=MailRates.parse(rates),
    )


def letters(*to, **more):
    return [(f"letter:{one}", message("reminder", to=one, **more)) for one in to]


def readers(number, domain="example.org"):
    return [f"reader{n}@{domain}" for n in range(number)]


def index_of(master, address):
    return master.index("email", normalised_email(address))


def suppressed(session, master, clock, address, scope):
    suppress(
        session, index_of(master, address), scope, reason="asked", source="test", now=clock.now()
    )
    session.commit()


def fates(posted):
    return [one.fate for one in posted]


def rows(session):
    session.rollback()
    return {row.key: row for row in session.scalars(select(Letter))}


def test_many_letters_go_out_once_each(postbox, transport, session):
    batch = letters(*readers(7))
    assert fates(postbox.post_many(session, batch)) == [Fate.SENT] * 7
    assert fates(postbox.post_many(session, batch)) == [Fate.SENT_BEFORE] * 7
    assert transport.went == readers(7)
    assert all(row.sent_at for row in rows(session).values())


def test_the_same_cause_twice_in_a_row_is_one_letter(postbox, transport, session):
    posted = postbox.post_many(session, letters(*readers(1)) * 2)
    assert fates(posted) == [Fate.SENT, Fate.SENT_BEFORE]
    assert len(transport.went) == 1


def test_at_every_moment_only_the_letter_on_its_way_has_an_unknown_end(
    postbox, transport, session, sessions
):
    seen = []

    def watch(_letter):
        with sessions() as other:
            found = other.scalars(select(Letter)).all()
            seen.append((len(found), [row.key for row in found if row.sent_at is None]))

    transport.watch = watch
    postbox.post_many(session, letters(*readers(5)))
    assert seen == [(n + 1, [f"letter:{one}"]) for n, one in enumerate(readers(5))]


def test_a_row_of_letters_costs_one_commit_each(postbox, session, engine):
    commits = []
    event.listen(engine, "commit", lambda _connection: commits.append(1))
    postbox.post_many(session, letters(*readers(10)))
    assert len(commits) == 12  # one sorts out, the last one notes the last letter


def test_nothing_is_held_while_a_letter_is_on_its_way(postbox, transport, session):
    transport.watch = lambda _letter: held.append(session.in_transaction())
    held = []
    postbox.post_many(session, letters(*readers(3)))
    assert held == [False] * 3


def test_one_letter_that_fails_stops_no_other(postbox, transport, session, master, clock):
    suppressed(session, master, clock, "no@example.org", "everything")
    transport.errors = {
        "refused@example.org": MailRefused("the mail server refused the letter (554)"),
        "full@example.org": DomainWaits("the mail server asked to wait (452)", mailbox_only=True),
        "odd@example.org": TryAgainLater("something else"),
    }
    to = ["a@example.org", "refused@example.org", "no@example.org", "full@example.org"]
    batch = letters(*to, "odd@example.org", "not an address", "z@example.org")
    broken = Message("reminder", "b@example.org", "en", {})
    batch.insert(1, ("broken", broken))
    posted = postbox.post_many(session, batch)
    assert [(one.fate, type(one.error)) for one in posted] == [
        (Fate.SENT, type(None)),
        (Fate.FAILED, UndefinedError),
        (Fate.FAILED, MailRefused),
        (Fate.WITHHELD, type(None)),
        (Fate.FAILED, DomainWaits),
        (Fate.FAILED, TryAgainLater),
        (Fate.FAILED, BadAddress),
        (Fate.SENT, type(None)),
    ]
    assert transport.went == ["a@example.org", "z@example.org"]
    assert set(rows(session)) == {"letter:a@example.org", "letter:z@example.org"}


def test_a_refused_letter_is_given_up_with_its_reason_and_nobody_s_name(
    postbox, transport, session
):
    error = MailRefused("the mail server refused the letter (554)")
    transport.errors = {"a@example.org": error}
    with pytest.raises(GivenUp) as caught:
        postbox.post(session, "k", message(to="a@example.org"))
    assert reason_of(caught.value) == "the mail server refused the letter (554)"


def test_a_mailbox_that_is_not_there_is_never_written_to_again(
    postbox, transport, session, master, clock
):
    transport.errors = {"a@example.org": MailRefused("there is no such mailbox (550)", gone=True)}
    postbox.post_many(session, letters("a@example.org", "b@example.org"))
    [row] = session.scalars(select(Suppression))
    assert row.email_index == index_of(master, "A@Example.org")
    assert (row.scope, row.reason, row.source) == ("everything", "bounced", "smtp")
    assert fates(postbox.post_many(session, [("other", message(to="A@example.org"))])) == [
        Fate.WITHHELD
    ]
    assert transport.went == ["b@example.org"]


@pytest.mark.parametrize(
    ("scope", "stream", "goes"),
    [
        ("everything", Stream.NEEDED, False),
        ("everything", Stream.WISHED, False),
        ("everything", Stream.REMINDER, False),
        ("wishes", Stream.NEEDED, True),
        ("wishes", Stream.WISHED, False),
        ("wishes", Stream.REMINDER, False),
        ("reminders", Stream.NEEDED, True),
        ("reminders", Stream.WISHED, True),
        ("reminders", Stream.REMINDER, False),
    ],
)
def test_a_suppressed_address_gets_only_what_it_did_not_refuse(
    postbox, session, master, clock, scope, stream, goes
):
    suppressed(session, master, clock, "a@example.org", scope)
    assert postbox.post(session, "k", message(to="A@Example.ORG", stream=stream)) is goes
    session.rollback()
    assert (rows(session) == {}) is not goes


def test_a_letter_keeps_the_message_id_by_which_it_is_known_when_it_comes_back(
    postbox, session, master
):
    postbox.post(session, "k", message())
    kept = rows(session)["k"].message_id
    assert kept == message_id(master, "k", "reader@example.org")
    assert was_written_to(master, kept, "Reader@example.org")


def test_an_end_nobody_knows_is_tried_again_under_the_same_name_after_its_time(
    postbox, transport, session, clock
):
    names = []
    transport.watch = lambda letter: names.append(
        email.message_from_bytes(letter.data)["Message-ID"]
    )
    transport.errors = {"reader@example.org": [EndUnknown("no answer")]}
    with pytest.raises(EndUnknown) as caught:
        postbox.post(session, "k", message())
    assert caught.value.at is None  # so this counts as an attempt
    clock.advance(timedelta(seconds=20))
    with pytest.raises(TryAgainLater) as caught:
        postbox.post(session, "k", message())
    clock.at = caught.value.at
    assert len(transport.tried) == 1
    assert postbox.post(session, "k", message())
    assert len(names) == 2
    assert names[0] == names[1]


def test_a_clock_put_back_does_not_hold_a_letter_for_ever(postbox, session, clock):
    far = clock.now() + timedelta(days=400)
    session.add(Letter(key="k", template="receipt", language="en", sending_at=far))
    session.commit()
    assert postbox.post(session, "k", message())


@pytest.mark.parametrize("error", [ServerAway, EndUnknown])
def test_a_server_that_is_away_is_not_asked_for_the_rest(postbox, transport, session, clock, error):
    transport.errors = {"reader1@example.org": [error("away")]}
    posted = postbox.post_many(session, letters(*readers(5)))
    assert transport.tried == readers(2)
    assert fates(posted) == [Fate.SENT] + [Fate.FAILED] * 4
    soon = clock.now() + timedelta(seconds=5)
    assert [one.error.at for one in posted[2:]] == [soon] * 3
    assert posted[1].error.at == (soon if error is ServerAway else None)
    again = postbox.post_many(session, letters("other@elsewhere.example"))
    assert again[0].error.at == soon
    clock.advance(timedelta(minutes=2))
    assert (
        fates(postbox.post_many(session, letters(*readers(5))))
        == [Fate.SENT_BEFORE] + [Fate.SENT] * 4
    )


def test_a_domain_that_asks_to_wait_gets_no_more_and_holds_up_nobody(
    postbox, transport, session, clock
):
    transport.errors = {"reader0@slow.example": [DomainWaits("wait")]}
    batch = letters(*readers(3, "slow.example"), *readers(3), "x@slow.example")
    posted = postbox.post_many(session, batch)
    assert transport.went == readers(3)
    later = clock.now() + timedelta(seconds=30)
    waiting = [one.error.at for one in posted if one.fate is Fate.FAILED]
    assert waiting == [later] * 4
    clock.at = later
    assert fates(postbox.post_many(session, batch)).count(Fate.SENT) == 4
    session.rollback()
    assert session.scalars(select(MailDomain.refusals)).one() == 0


def test_a_limited_domain_gets_its_rate_and_the_others_all(
    house, transport, session, clock, master
):
    postbox = postbox_with(house, transport, clock, master, "big.example=10/s")
    posted = postbox.post_many(
        session, letters(*readers(30, "big.example"), *readers(30), stream=Stream.REMINDER)
    )
    assert len(transport.went) == 40
    waits = [one.error.at for one in posted if one.fate is Fate.FAILED]
    assert len(set(waits)) == 20
    assert all(isinstance(one.error, TryAgainLater) for one in posted if one.error)


def test_a_letter_taken_by_another_worker_meanwhile_is_left_to_it(
    postbox, transport, session, sessions, clock
):
    def steal(letter):
        if letter.to == "reader0@example.org":
            with sessions() as other:
                for key in ("letter:reader1@example.org", "letter:reader2@example.org"):
                    gone = clock.now() if "1" in key else None
                    other.add(
                        Letter(
                            key=key,
                            template="reminder",
                            language="en",
                            sending_at=clock.now(),
                            sent_at=gone,
                        )
                    )
                other.commit()

    transport.watch = steal
    posted = postbox.post_many(session, letters(*readers(4)))
    assert fates(posted) == [Fate.SENT, Fate.SENT_BEFORE, Fate.FAILED, Fate.SENT]
    assert transport.went == ["reader0@example.org", "reader3@example.org"]


def test_over_real_smtp_a_dropped_line_loses_nothing_and_doubles_only_what_nobody_knew(
    house, session, clock, master
):
    with ScriptedServer(
        dot=[None, DROP, None, "451 4.3.0 not now"], rcpt=[None] * 6 + ["450 4.2.0 busy"]
    ) as server:
        out = SmtpTransport(f"smtp://127.0.0.1:{server.port}")
        postbox = postbox_with(house, out, clock, master)
        batch = letters(*readers(8))
        for _ in range(20):
            posted = postbox.post_many(session, batch)
            clock.advance(timedelta(minutes=10))
            if all(one.fate is Fate.SENT_BEFORE for one in posted):
                break
        out.close()
        names = [email.message_from_bytes(one)["Message-ID"] for one in server.taken]
    assert len(set(names)) == 8
    assert len(names) == 9


def test_no_table_tells_who_was_written_to(postbox, transport, session):
    transport.errors = {
        "b@secret.example": DomainWaits("wait"),
        "c@other.example": MailRefused("no such mailbox", gone=True),
    }
    to = ["reader@secret.example", "b@secret.example", "c@other.example"]
    postbox.post_many(session, [(f"k{n}", message(to=one)) for n, one in enumerate(to)])
    kept = 0
    for model in (Letter, MailDomain, Suppression):
        for row in session.execute(select(model.__table__)):
            kept += 1
            told = b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
            assert b"secret" not in told
            assert b"other" not in told
    assert kept == 3
