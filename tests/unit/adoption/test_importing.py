from datetime import UTC, datetime

import pytest
from tests_support.past_exports import donorbox, givewp, patreon

from donations.adoption import importing
from donations.adoption.models import ImportBatch, ImportRow, PastGift
from donations.giving.models import Gift
from donations.jobs.models import Job
from donations.ledger.models import Entry
from donations.newsletters.models import Subscription
from donations.supporters.directory import find_by_email, identity
from donations.supporters.models import Supporter
from donations.vault.sealed import destroy_data_key, open_data_key

TWO = (givewp(1), givewp(2, "nina@other.example", "Nina", "Other"))


def test_a_file_brings_supporters_and_what_they_gave_as_history_and_nothing_else(
    take_in, sheet, rows, session, master, outbox
):
    told = take_in(sheet(*TWO))
    assert "Past gifts taken in: 2" in told
    assert "New supporters: 2" in told
    vera = find_by_email(session, master, "vera@reader.example")
    assert identity(session, master, vera).name == "Vera Reader"
    [first, _] = rows(PastGift)
    assert (str(first.amount), first.frequency, first.source) == ("25.00 USD", "once", "givewp")
    assert first.given_at == datetime(2024, 1, 5, 11, 30, tzinfo=UTC)  # by the newsroom's clocks
    for nothing in (Gift, Entry, Job, Subscription):
        assert rows(nothing) == []
    assert outbox.messages == []


def test_a_supporter_known_here_is_joined_by_the_mailbox_and_their_name_stays(
    take_in, sheet, rows, meet, session, master
):
    meet("VERA@reader.example", "Véra R.")
    take_in(sheet(givewp(1)))
    [supporter] = rows(Supporter)
    assert identity(session, master, supporter).name == "Véra R."
    assert rows(PastGift)[0].supporter_id == supporter.id


def test_of_a_line_only_what_is_needed_is_kept_and_sealed_under_the_persons_own_key(
    take_in, sheet, rows, session, master, clock
):
    take_in(sheet(givewp(1)))
    [row] = rows(ImportRow)
    [supporter] = rows(Supporter)
    envelope = open_data_key(session, master, supporter.data_key_id)
    words = envelope.open("import_row.original", row.original_sealed)
    assert "vera@reader.example" in words
    assert "203.0.113.9" not in words
    destroy_data_key(session, supporter.data_key_id, clock.now())
    assert b"vera" not in row.original_sealed.lower()


def test_a_dry_run_shows_and_takes_in_nothing(take_in, sheet, rows, counted):
    before = counted()
    told = take_in(sheet(*TWO, givewp(3)), "--dry-run")
    assert "Lines that would make a new supporter: 2" in told
    assert "Lines of supporters known here or earlier in the file: 1" in told
    assert counted() == {**before, "import_batch": 1}
    assert [batch.state for batch in rows(ImportBatch)] == ["shown"]


def test_no_line_of_what_is_told_names_a_person(take_in, sheet, meet):
    meet("v.era@reader.example", "Vera Reader")
    wrong = givewp(3, "no address")
    for options in (("--dry-run",), ()):
        told = take_in(sheet(givewp(1), wrong), *options, exit_code=1)
        assert "reader.example" not in told
        assert "Vera" not in told
        assert "no address" not in told


def test_the_same_file_twice_brings_nothing_twice(take_in, sheet, rows, counted):
    path = sheet(*TWO)
    take_in(path)
    before = counted()
    take_in(path)
    assert counted() == before


def test_a_newer_export_brings_only_what_is_new(take_in, sheet, rows):
    take_in(sheet(*TWO))
    told = take_in(sheet(*TWO, givewp(3), name="newer.csv"))
    assert "Past gifts taken in: 1" in told
    assert "Lines that were here already: 2" in told
    assert len(rows(PastGift)) == 3


def test_without_numbers_two_equal_lines_are_two_payments_and_a_newer_export_knows_both(
    take_in, sheet, rows
):
    twice = (donorbox(), donorbox())
    take_in(sheet(*twice), source="donorbox")
    assert len(rows(PastGift)) == 2
    take_in(sheet(*twice, donorbox(), name="newer.csv"), source="donorbox")
    assert len(rows(PastGift)) == 3


def test_patreon_tells_a_sum_and_a_rhythm(take_in, sheet, rows):
    take_in(
        sheet(
            patreon(7), patreon(8, "Free Fan", "free@other.example", **{"Lifetime Amount": "0.00"})
        ),
        source="patreon",
    )
    [past] = rows(PastGift)
    assert (past.sums, past.frequency, str(past.amount)) == (True, "monthly", "120.00 USD")
    assert past.given_at == datetime(2024, 1, 1, 8, tzinfo=UTC)  # Patreon's times are UTC
    assert [row.reason for row in rows(ImportRow) if row.outcome == "skipped"] == ["amount.nothing"]
    assert len(rows(Supporter)) == 1


def test_donorbox_tells_its_own_currency_and_rhythm(take_in, sheet, rows):
    take_in(sheet(donorbox()), source="donorbox")
    [past] = rows(PastGift)
    assert (str(past.amount), past.frequency, past.sums) == ("40.00 EUR", "monthly", False)


def test_other_columns_are_named_on_the_command_line(take_in, sheet, rows):
    line = {"Mail": "vera@reader.example", "Sum": "1.234,50", "Day": "2024-02-03", "Who": "Vera R."}
    named = ("--map", "email=Mail", "--map", "amount=Sum", "--map", "date=day", "--map", "name=Who")
    take_in(sheet(line, sign=";"), *named, "--currency", "eur", source="other")
    [past] = rows(PastGift)
    assert str(past.amount) == "1234.50 EUR"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_names_are_read_in_every_encoding_spreadsheets_write(
    take_in, sheet, rows, session, master, encoding
):
    take_in(sheet(givewp(1, first="Zoë", last="Müßig"), encoding=encoding))
    [supporter] = rows(Supporter)
    assert identity(session, master, supporter).name == "Zoë Müßig"


WRONG = {
    "amount.grouped": {"Donation Total": "1,500"},
    "amount.not_a_number": {"Donation Total": "-5.00"},
    "currency.unknown": {"Currency Code": "XYZ"},
    "date.no_date": {"Donation Date": "some day"},
    "date.two_meanings": {"Donation Date": "03/04/2024"},
    "date.out_of_range": {"Donation Date": "January 5, 2040"},
    "status.unknown_word": {"Donation Status": "Wonderful"},
}


@pytest.mark.parametrize("reason", WRONG)
def test_a_line_that_is_wrong_is_told_with_its_number_and_stops_nothing(
    take_in, sheet, rows, reason
):
    told = take_in(sheet(givewp(1), givewp(2, **WRONG[reason]), givewp(3)), exit_code=1)
    assert "line 3: " in told
    assert "Past gifts taken in: 2" in told
    [bad] = [row for row in rows(ImportRow) if row.outcome == "bad"]
    assert (bad.line, bad.reason, bad.original_sealed) == (3, reason, None)


def test_a_line_with_too_many_columns_or_an_open_quote_stops_nothing(take_in, sheet, rows):
    raw = "4,a,b,c@d.example,1.00,USD,Complete,2024-01-01,,,and more\r\n"
    raw += '5,"a"b,c\r\n' + "6,V,R,v@d.example,1.00,USD,Complete,2024-01-01,12:00,\r\n"
    told = take_in(sheet(givewp(1), raw=raw), exit_code=1)
    assert "line 3: it cannot be read" in told
    assert "line 4: it cannot be read" in told
    assert "Past gifts taken in: 2" in told


@pytest.mark.parametrize(
    "change",
    [{"Donation Status": word} for word in ("Refunded", "Pending", "Failed", "Abandoned")]
    + [{"Payment Mode": "test"}],
)
def test_what_was_never_paid_is_no_history(take_in, sheet, rows, change):
    head = {"Payment Mode": "live"}
    told = take_in(sheet(givewp(1, **head), givewp(2, **{**head, **change})))
    assert "Past gifts taken in: 1" in told
    assert len(rows(PastGift)) == 1


def test_a_status_of_ones_own_may_be_said_to_mean_paid(take_in, sheet, rows):
    take_in(sheet(givewp(1, **{"Donation Status": "Received"})), "--paid", "received")
    assert len(rows(PastGift)) == 1


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("Email Address", "the email"),
        ("Donation Total", "the amount"),
        ("Donation Date", "the date"),
    ],
)
def test_a_file_without_a_column_we_need_is_refused_as_a_whole(cli, sheet, rows, missing, told):
    line = {key: value for key, value in givewp(1).items() if key != missing}
    answer = cli("csv", sheet(line), "--source", "givewp")
    assert answer.exit_code == 1
    assert told in str(answer.exception)
    assert rows(ImportBatch) == []


def test_killed_between_two_parts_it_goes_on_with_the_line_behind_the_last_one(
    cli, take_in, sheet, rows, monkeypatch
):
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    path = sheet(*(givewp(n, f"reader{n}@reader.example", f"Name{n}") for n in range(7)))
    parts, take = [], importing.Importer._try_part

    def dies_in_the_third(self, name, lines):
        parts.append([line.number for line in lines])
        if len(parts) == 3:
            raise KeyboardInterrupt
        take(self, name, lines)

    monkeypatch.setattr(importing.Importer, "_try_part", dies_in_the_third)
    cli("csv", path, "--source", "givewp")
    assert len(rows(PastGift)) == 4
    assert [(batch.state, batch.cursor_line) for batch in rows(ImportBatch)] == [("running", 5)]
    told = take_in(path)
    assert "Past gifts taken in: 7" in told
    assert parts == [[2, 3], [4, 5], [6, 7], [6, 7], [8]]
    assert len(rows(Supporter)) == len(rows(PastGift)) == 7


def test_a_part_that_dies_in_its_transaction_leaves_nothing_of_it(cli, sheet, counted, monkeypatch):
    before = counted()
    take = importing.Taker.take

    def dies(self, *given):
        take(self, *given)
        raise KeyboardInterrupt

    monkeypatch.setattr(importing.Taker, "take", dies)
    cli("csv", sheet(*TWO), "--source", "givewp")
    assert counted() == {**before, "import_batch": 1}


def test_half_a_file_taken_in_may_not_be_read_otherwise(cli, take_in, sheet, session):
    path = sheet(*TWO)
    take_in(path)
    answer = cli("csv", path, "--source", "givewp", "--map", "name=First Name")
    assert "first undo batch" in str(answer.exception)


def test_a_file_only_shown_may_be_read_otherwise(take_in, sheet, rows):
    path = sheet(*TWO)
    take_in(path, "--dry-run")
    take_in(path, "--map", "name=First Name")
    assert len(rows(ImportBatch)) == 1
    assert len(rows(PastGift)) == 2


def test_who_gives_in_the_same_moment_is_met_again(take_in, sheet, rows, meet, monkeypatch):
    judge, times = importing.Judge.judge, []

    def somebody_is_quicker(self, *given):
        verdicts = judge(self, *given)
        times.append(1)
        if len(times) == 1:
            raise importing.IntegrityError("insert", {}, Exception())
        return verdicts

    monkeypatch.setattr(importing.Judge, "judge", somebody_is_quicker)
    take_in(sheet(givewp(1)))
    assert len(times) == 2
    assert len(rows(Supporter)) == 1
