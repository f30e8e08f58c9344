import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from donations.adoption import likeness
from donations.adoption.models import ImportBatch, ImportRow, Likeness, PastGift, ToldApart
from donations.dossiers import merge_tables
from donations.dossiers.erasing import ask_erasure, forget
from donations.dossiers.exporting import everything
from donations.dossiers.mailbox import Side, agree, ask
from donations.dossiers.merge_models import Merge
from donations.dossiers.merging import JOBS, join
from donations.dossiers.models import MailboxChange
from donations.dossiers.suggesting import suggested, tell_apart
from donations.giving.models import Checkout, Dispute, Gift, Membership, Receipt, Refund
from donations.jobs.models import Job
from donations.jobs.outbox import enqueue
from donations.kernel.database import Base, begin_write
from donations.kernel.errors import NotAllowed
from donations.mailer.suppressing import suppress
from donations.newsletters.models import Subscription
from donations.receipts.gift_aid_person import Person
from donations.receipts.models import GiftAidDeclaration, ReceiptDocument, ReceiptName
from donations.supporters.account_models import AccountSession, Passkey, SignInAsk
from donations.supporters.aliases import aliases_of, find_by_number, numbers_of
from donations.supporters.directory import find_by_email, identity, recognise
from donations.supporters.models import Supporter
from donations.supporters.sign_in_links import make_link
from donations.vault.models import DataKey
from donations.vault.sealed import new_data_key, open_data_key, seal_operational

TAXPAYER = Person(
    title="Ms", first_name="Vera", last_name="Reader", house="1", address="Street", postcode="X"
).model_dump_json()


class Past:
    """Gives supporters a history, of every kind of row that can be theirs."""

    def __init__(self, session, master, clock, meet):
        self.session, self.master, self.clock, self.meet = session, master, clock, meet
        self.made = 0

    def next(self, prefix):
        self.made += 1
        return f"{prefix}_{self.made}"

    def somebody(self, email, name="Vera Reader"):
        return self.meet(email, name, customer=self.next("cus")).id

    def _seal(self, supporter, column, value):
        row = self.session.get_one(Supporter, supporter)
        return open_data_key(self.session, self.master, row.data_key_id).seal(column, value)

    def _add(self, row):
        self.session.add(row)
        self.session.flush()
        return row

    def membership(self, supporter):
        name, now = self.next("sub"), self.clock.now()
        checkout = self._checkout()
        return self._add(
            Membership(
                public_id=name,
                supporter_id=supporter,
                checkout_id=checkout.id,
                subscription_sealed=self._seal(supporter, "membership.subscription", name),
                subscription_index=self.master.index("subscription", name),
                frequency="monthly",
                amount_minor=500,
                currency="usd",
                state="active",
                started_at=now,
                synced_at=now,
            )
        )

    def _checkout(self):
        name = self.next("co")
        return self._add(
            Checkout(
                public_id=name,
                attempt_key=self.master.index("test", name),
                frequency="monthly",
                amount_minor=500,
                currency="usd",
                language="en",
                placement="support",
                state="paid",
                created_at=self.clock.now(),
            )
        )

    def gift(self, supporter):
        name, now = self.next("pi"), self.clock.now()
        gift = self._add(
            Gift(
                public_id=name,
                supporter_id=supporter,
                checkout_id=self._checkout().id,
                frequency="once",
                amount_minor=1000 + self.made,
                currency="usd",
                language="en",
                method="card",
                payment_sealed=self._seal(supporter, "gift.payment", name),
                payment_index=self.master.index("payment", name),
                received_at=now,
            )
        )
        self._add(Receipt(number=self.made, gift_id=gift.id, issued_at=now))
        self.refund(supporter, gift)
        self.paper(supporter)
        return gift

    def refund(self, supporter, gift):
        name, now = self.next("re"), self.clock.now()
        common = {"gift_id": gift.id, "amount_minor": 10, "currency": "usd"}
        moments = {"created_at": now, "synced_at": now}
        self._add(
            Refund(
                refund_sealed=self._seal(supporter, "refund.refund", name),
                refund_index=self.master.index("refund", name),
                state="succeeded",
                **common,
                **moments,
            )
        )
        self._add(
            Dispute(
                dispute_sealed=self._seal(supporter, "dispute.dispute", name),
                dispute_index=self.master.index("dispute", name),
                state="won",
                reason="general",
                **common,
                **moments,
            )
        )

    def paper(self, supporter):
        row = self.session.get_one(Supporter, supporter)
        self._add(
            ReceiptDocument(
                receipt_number=self.session.scalars(select(Receipt.number)).all()[-1],
                version=self.made,
                data_key_id=row.data_key_id,
                paper_sealed=self._seal(supporter, "receipt_document.paper", "{}"),
                template=1,
                state="issued",
                back_minor=0,
                issued_at=self.clock.now(),
            )
        )

    def declaration(self, supporter):
        row = self.session.get_one(Supporter, supporter)
        now = self.clock.now()
        self._add(
            GiftAidDeclaration(
                public_id=self.next("ga"),
                supporter_id=supporter,
                data_key_id=row.data_key_id,
                person_sealed=self._seal(supporter, "gift_aid_declaration.person", TAXPAYER),
                wording_version="1",
                wording="I pay tax",
                covers_from=now,
                made_at=now,
            )
        )

    def past_gift(self, supporter):
        name, now = self.next("past"), self.clock.now()
        batch = self._add(
            ImportBatch(
                public_id=name,
                source="givewp",
                sha256=name,
                mapping={},
                state="done",
                cursor_line=9,
                counts={},
                by="x",
                drafted_at=now,
            )
        )
        gift = self._add(
            PastGift(
                public_id=name,
                supporter_id=supporter,
                batch_id=batch.id,
                source="givewp",
                key=self.master.index("past_gift", name),
                frequency="once",
                amount_minor=700 + self.made,
                currency="usd",
                given_at=now,
                added_at=now,
            )
        )
        self._add(
            ImportRow(
                batch_id=batch.id,
                line=2,
                digest=gift.key,
                outcome="taken",
                made="supporter",
                supporter_id=supporter,
                gift_id=gift.id,
                original_sealed=self._seal(supporter, "import_row.original", "{}"),
            )
        )
        self._add(
            ImportRow(
                batch_id=batch.id,
                line=3,
                digest=gift.key,
                outcome="awaits",
                made="",
                likely_id=supporter,
                person=gift.key,
                original_sealed=seal_operational(self.master, "import_row.original", "{}"),
            )
        )

    def way_in(self, supporter):
        name, now = self.next("cred"), self.clock.now()
        digest = self.master.index("test", name)
        self._add(
            AccountSession(token_digest=digest, supporter_id=supporter, created_at=now, seen_at=now)
        )
        self._add(
            Passkey(
                public_id=name,
                supporter_id=supporter,
                credential_sealed=self._seal(supporter, "passkey.credential", name),
                credential_index=digest,
                key_sealed=self._seal(supporter, "passkey.key", name),
                added_at=now,
            )
        )

    def newsletter(self, supporter):
        row = self.session.get_one(Supporter, supporter)
        key, envelope = new_data_key(self.session, self.master, self.clock.now())
        self._add(
            Subscription(
                public_id=self.next("nl"),
                newsletter=self.next("paper"),
                data_key_id=key.id,
                email_sealed=envelope.seal("newsletter_subscription.email", "x"),
                email_index=row.email_index,
                language="en",
                consent="Yes.",
                state="confirmed",
                asked_at=self.clock.now(),
            )
        )
        suppress(
            self.session,
            row.email_index,
            "reminders",
            reason="asked",
            source="reader",
            now=self.clock.now(),
        )

    KINDS = ("membership", "gift", "declaration", "past_gift", "way_in", "newsletter")

    def everything(self, supporter):
        for kind in self.KINDS:
            getattr(self, kind)(supporter)
        self.session.commit()


@pytest.fixture
def past(session, master, clock, meet):
    return Past(session, master, clock, meet)


@pytest.fixture
def two(past):
    keep = past.somebody("vera@reader.example")
    other = past.somebody("v.reader@post.example", "V. Reader")
    for each in (keep, other):
        past.everything(each)
    return keep, other


@pytest.fixture
def merge(session, master, clock):
    def run(keep, other, by="olga"):
        begin_write(session)
        both = (session.get_one(Supporter, one) for one in (keep, other))
        row = join(session, master, *both, by=by, now=clock.now())
        session.commit()
        return row

    return run


def history(session, master, supporter):
    """All that is held of a person, told as a bag: whose row it stands in does not count."""
    session.rollback()
    told = everything(session, master, session.get_one(Supporter, supporter))
    lists = (
        *("stripe_customers", "gifts", "memberships", "newsletters", "not_written_to"),
        *("signed_in_browsers", "passkeys", "gifts_told_by_other_programs"),
    )
    bag = [f"{name}: {each}" for name in lists for each in told[name]]
    mailboxes = [told["supporter"]["email"], *(one["email"] for one in told["other_mailboxes"])]
    return sorted(bag), sorted(mailboxes)


def test_every_table_that_knows_a_supporter_a_mailbox_or_a_key_of_theirs_was_decided_about():
    """Who adds a table of people meets this test, and decides what a merge does with it."""
    tables = Base.metadata.tables.values()
    decided = {*merge_tables.MOVED, *merge_tables.SETTLED, *merge_tables.BY_MAILBOX}
    owners = {
        table.name: {
            column.name
            for column in table.columns
            for key in column.foreign_keys
            if key.column.table.name == "supporter"
        }
        for table in tables
    }
    people = {
        table.name for table in tables if owners[table.name] or "email_index" in table.columns
    }
    assert people - {"supporter"} - decided == set()
    for name, moves in merge_tables.MOVED.items():
        assert set(moves.owners) == owners.get(name, set(moves.owners)), name
    keyed = {
        table.name
        for table in tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "data_key" and not column.unique
    }
    assert keyed - {*merge_tables.KEYED, *merge_tables.OWN_KEYS} == set()


def test_every_sealed_column_is_sealed_anew_or_under_no_supporters_key():
    for table in Base.metadata.tables.values():
        sealed = {each.name for each in table.columns if each.name.endswith("_sealed")}
        if not sealed or table.name in merge_tables.OTHERWISE_SEALED:
            continue
        lists = (merge_tables.MOVED, merge_tables.FOLLOWING, merge_tables.KEYED)
        anew = {name for each in lists if table.name in each for name in each[table.name].sealed}
        assert anew == sealed, table.name


def test_a_merge_keeps_everything_and_all_of_it_opens(session, master, two, merge):
    keep, other = two
    before = [history(session, master, each) for each in two]
    merge(keep, other)
    bag, mailboxes = history(session, master, keep)
    assert bag == sorted(before[0][0] + before[1][0])
    assert mailboxes == ["v.reader@post.example", "vera@reader.example"]
    kept = session.get_one(Supporter, keep)
    envelope = open_data_key(session, master, kept.data_key_id)
    assert opened(session, envelope) > 20
    assert session.get(Supporter, other) is None


def opened(session, envelope):
    """Opens every value that is under the supporter's key; how many."""
    count = 0
    for name, lists in (
        *((name, each.sealed) for name, each in merge_tables.MOVED.items()),
        *((name, each.sealed) for name, each in merge_tables.FOLLOWING.items()),
        *((name, each.sealed) for name, each in merge_tables.KEYED.items()),
    ):
        table = Base.metadata.tables.get(name)
        if table is None:
            continue
        for column, sealed_as in lists.items():
            rows = select(table.c[column]).where(table.c[column].is_not(None))
            if name == "import_row":
                rows = rows.where(table.c.outcome == "taken")
            for sealed in session.scalars(rows):
                envelope.open(sealed_as, sealed)
                count += 1
    return count


@pytest.mark.parametrize("seed", range(4))
def test_whoever_is_joined_with_whom_in_whatever_order_no_history_is_lost(
    session, master, past, merge, seed
):
    chance = random.Random(seed)
    people = [past.somebody(f"one{number}@mail{seed}.example") for number in range(5)]
    for _ in range(14):
        getattr(past, chance.choice(Past.KINDS))(chance.choice(people))
    session.commit()
    before = {each: history(session, master, each) for each in people}
    groups = {each: {each} for each in people}
    while len(groups) > 1:
        keep, other = chance.sample(sorted(groups), 2)
        merge(keep, other)
        groups[keep] |= groups.pop(other)
        bag, mailboxes = history(session, master, keep)
        assert bag == sorted(line for each in groups[keep] for line in before[each][0])
        assert mailboxes == sorted(line for each in groups[keep] for line in before[each][1])
    [last] = groups
    for number in range(5):
        found = find_by_email(session, master, f"ONE{number}@mail{seed}.example")
        assert found.id == last
    assert len(session.scalars(select(Merge)).all()) == 4
    assert {row.kept_id for row in session.scalars(select(Merge))} == {last}


def test_what_was_whose_can_be_told_by_numbers_alone(session, master, past, two, merge, clock):
    keep, other = two
    gone = session.get_one(Supporter, other)
    number, theirs = (
        gone.public_id,
        session.scalars(select(Gift.id).where(Gift.supporter_id == other)).all(),
    )
    row = merge(keep, other)
    assert (row.gone, row.kept_id, row.by, row.at) == (number, keep, "olga", clock.now())
    assert row.moved["gift"] == theirs
    assert set(row.moved) <= set(merge_tables.MOVED)
    assert all(isinstance(each, int) for ids in row.moved.values() for each in ids)


def test_a_webhook_a_receipt_a_link_and_a_passkey_of_the_old_one_find_the_kept_one(
    session, master, past, two, merge, clock
):
    keep, other = two
    number = session.get_one(Supporter, other).public_id
    merge(keep, other)
    again = recognise(
        session,
        master,
        email="V.Reader@post.example",
        name="Anna",
        customer="cus_new",
        language="ru",
        now=clock.now(),
    )
    assert again.id == keep
    assert identity(session, master, again).name == "Vera Reader"
    assert find_by_number(session, number).id == keep
    assert number in numbers_of(session, again)
    begin_write(session)
    index = master.index("email", "v.reader@post.example")
    asked = SignInAsk(id=0, email_index=index, language="en", next_path="", asked_at=clock.now())
    _, entering = make_link(session, asked, clock.now())
    assert entering.id == keep


def test_what_either_refused_stays_refused_and_the_kept_ones_name_and_language_count(
    session, master, past, two, merge
):
    keep, other = (session.get_one(Supporter, each) for each in two)
    keep.wishes, other.wishes = {"still_reading": True}, {"still_reading": False}
    other.language = "ru"
    session.add(ReceiptName(supporter_id=other.id, named=True))
    session.commit()
    merge(*two)
    kept = session.get_one(Supporter, two[0])
    assert kept.wishes == {"still_reading": False}
    assert (kept.language, identity(session, master, kept).name) == ("en", "Vera Reader")
    assert session.get_one(ReceiptName, two[0]).named is True


def test_a_name_is_taken_over_where_there_is_none(session, master, past, merge):
    keep, other = past.somebody("a@x.example", None), past.somebody("b@x.example", "Bo")
    merge(keep, other)
    assert identity(session, master, session.get_one(Supporter, keep)).name == "Bo"


def test_the_earlier_of_the_two_beginnings_counts(session, past, merge, clock):
    early = clock.now()
    other = past.somebody("b@x.example")
    clock.advance(timedelta(days=3))
    keep = past.somebody("a@x.example")
    merge(keep, other)
    assert session.get_one(Supporter, keep).created_at == early


def test_nobody_who_is_forgotten_or_asked_to_be_is_joined(session, past, merge, clock):
    asked, plain = past.somebody("a@x.example"), past.somebody("b@x.example")
    ask_erasure(session, asked, by="office", now=clock.now())
    for pair in ((asked, plain), (plain, asked)):
        with pytest.raises(NotAllowed, match="forgotten"):
            merge(*pair)
        session.rollback()
    forget(session, asked, now=clock.now())
    session.commit()
    with pytest.raises(NotAllowed, match="forgotten"):
        merge(plain, asked)
    session.rollback()
    with pytest.raises(NotAllowed, match="same"):
        merge(plain, plain)


def test_who_is_forgotten_after_a_merge_is_forgotten_under_every_mailbox(
    session, master, past, two, merge, clock
):
    merge(*two)
    forget(session, two[0], now=clock.now())
    session.commit()
    for email in ("vera@reader.example", "v.reader@post.example"):
        assert find_by_email(session, master, email) is None
    states = session.scalars(select(Subscription.state)).all()
    assert states == ["unsubscribed", "unsubscribed"]
    assert aliases_of(session, two[0]) == []
    assert session.scalars(select(Likeness)).all() == []
    assert session.scalars(select(ImportRow.original_sealed)).all() == [None] * 4


def test_a_waiting_wish_for_another_mailbox_ends_and_a_promised_job_speaks_of_the_kept_one(
    session, master, past, two, merge, clock
):
    keep, other = two
    change = ask(session, master, other, "new@x.example", now=clock.now()).id
    for kind in JOBS:
        enqueue(session, kind, kind, {"supporter": other, "change": 1}, now=clock.now())
    session.commit()
    merge(keep, other)
    jobs = session.scalars(select(Job).where(Job.kind.in_(JOBS))).all()
    assert [job.arguments["supporter"] for job in jobs] == [keep]
    ended = session.get_one(MailboxChange, change)
    assert (ended.state, ended.new_sealed, ended.supporter_id) == ("ended", None, keep)


def test_a_change_of_mailbox_to_that_of_somebody_known_joins_the_two_once_both_agreed(
    session, master, two, clock
):
    before = [line for each in two for line in history(session, master, each)[0]]
    keep = two[0]
    change = ask(session, master, keep, "v.reader@post.example", now=clock.now()).public_id
    agree(session, master, change, Side.NEW, now=clock.now())
    assert len(session.scalars(select(Supporter)).all()) == 2
    agree(session, master, change, Side.OLD, now=clock.now())
    bag, _ = history(session, master, keep)
    assert persons(bag) == persons(before)
    [kept] = session.scalars(select(Supporter)).all()
    assert identity(session, master, kept).email == "v.reader@post.example"
    assert [row.by for row in session.scalars(select(Merge))] == ["mailbox"]


def persons(bag):
    """What is of the person, and not of a mailbox: one that was left behind keeps its own."""
    return sorted(line for line in bag if not line.startswith(("newsletters", "not_written_to")))


def test_a_table_nobody_moved_makes_the_database_refuse_the_merge(
    session, master, past, two, merge, monkeypatch
):
    monkeypatch.delitem(merge_tables.MOVED, "account_session")
    with pytest.raises(IntegrityError):
        merge(*two)
    session.rollback()
    assert session.get(Supporter, two[1]) is not None


def test_a_key_something_is_still_under_makes_the_database_refuse_the_merge(
    session, master, past, two, merge, monkeypatch
):
    monkeypatch.delitem(merge_tables.KEYED, "receipt_document")
    with pytest.raises(IntegrityError):
        merge(*two)


def test_the_others_key_is_gone(session, past, two, merge):
    key = session.get_one(Supporter, two[1]).data_key_id
    merge(*two)
    assert session.get(DataKey, key, populate_existing=True) is None


def test_who_is_alike_is_suggested_until_they_are_joined_or_told_apart(
    session, master, past, merge, clock
):
    first = past.somebody("vera@reader.example", "Vera Reader")
    by_name = past.somebody("v.r@reader.example", "READER, Véra")
    by_mailbox = past.somebody("ve.ra+x@reader.example", "Somebody Else")
    past.somebody("nina@reader.example", "Nina Reader")
    numbers = {
        each: session.get_one(Supporter, each).public_id for each in (first, by_name, by_mailbox)
    }
    refreshed(session, master)
    found = {(pair.one, pair.other): pair.why for pair in suggested(session)}
    assert found == {
        (numbers[first], numbers[by_name]): "name",
        (numbers[first], numbers[by_mailbox]): "mailbox",
    }
    both = (session.get_one(Supporter, each) for each in (by_name, first))
    tell_apart(session, *both, by="olga", now=clock.now())
    assert [pair.why for pair in suggested(session)] == ["mailbox"]
    merge(first, by_mailbox)
    refreshed(session, master)
    assert suggested(session) == []


def refreshed(session, master):
    begin_write(session)
    likeness.refresh(session, master)
    session.commit()


def test_who_was_told_apart_from_one_is_told_apart_from_both(session, past, merge, clock):
    one, two, third = (past.somebody(f"{name}@x.example") for name in "abc")
    for pair in ((one, two), (two, third)):
        tell_apart(
            session, *(session.get_one(Supporter, each) for each in pair), by="o", now=clock.now()
        )
    merge(one, two)
    assert [(row.one_id, row.other_id) for row in session.scalars(select(ToldApart))] == [
        (one, third)
    ]
