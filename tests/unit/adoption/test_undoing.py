import pytest
from tests_support.past_exports import givewp

from donations.adoption import undoing
from donations.adoption.models import ImportBatch, ImportRow, PastGift
from donations.supporters.account_models import AccountSession
from donations.supporters.directory import find_by_email
from donations.supporters.models import Supporter
from donations.vault.models import DataKey

FILE = tuple(
    givewp(n, f"reader{n % 5}@reader{n}.example", f"First{n % 5}", "Reader") for n in range(12)
)
OWN = ("import_batch", "import_row")


def without(counts):
    return {name: count for name, count in counts.items() if name not in OWN}


def undo_last(cli, rows, exit_code=0):
    return cli("undo", rows(ImportBatch)[-1].public_id, exit_code=exit_code).output


@pytest.mark.parametrize("part", [1, 3, 500])
def test_undoing_leaves_the_database_as_it_was(
    cli, take_in, sheet, counted, rows, meet, monkeypatch, part
):
    monkeypatch.setattr(undoing, "AT_ONCE", part)
    meet("reader0@reader0.example", None)  # gets a name from the file, and loses it again
    before, people = counted(), names(rows)
    take_in(sheet(*FILE))
    undo_last(cli, rows)
    after = counted()
    after["likeness"] -= 1  # of who was here before
    assert without(after) == without(before)
    assert names(rows) == people
    assert {row.outcome for row in rows(ImportRow)} == {"undone"}
    assert all(row.original_sealed is None for row in rows(ImportRow))


def names(rows):
    return [(one.public_id, one.name_sealed) for one in rows(Supporter)]


def test_a_mailbox_that_was_added_by_decision_goes_again(
    cli, take_in, sheet, rows, meet, session, master, tmp_path
):
    meet("vera@reader.example", "Vera Reader")
    path = sheet(givewp(1, "v.era@reader.example"))
    said = tmp_path / "decisions.csv"
    said.write_text("line,decision\n2,same\n")
    take_in(path, "--dry-run", exit_code=1)
    take_in(path, "--decide", said)
    session.rollback()
    assert find_by_email(session, master, "v.era@reader.example") is not None
    undo_last(cli, rows)
    session.rollback()
    assert find_by_email(session, master, "v.era@reader.example") is None
    assert len(rows(Supporter)) == 1


def touch_session(session, supporter, now):
    known = {"token_digest": b"t" * 32, "supporter_id": supporter.id}
    session.add(AccountSession(**known, created_at=now, seen_at=now))


def touch_wish(session, supporter, now):
    supporter.wishes = {"still_reading": False}


def touch_naming(session, supporter, now):
    supporter.anonymous = False


@pytest.mark.parametrize("touch", [touch_session, touch_wish, touch_naming])
def test_who_was_touched_since_stays_and_is_told(cli, take_in, sheet, rows, session, clock, touch):
    take_in(sheet(*FILE))
    session.rollback()
    supporter = session.get_one(Supporter, rows(Supporter)[3].id)
    touch(session, supporter, clock.now())
    number = supporter.public_id
    session.commit()
    told = undo_last(cli, rows, exit_code=1)
    assert f"supporter {number} stays" in told
    assert [one.public_id for one in rows(Supporter)] == [number]
    assert rows(PastGift) == []
    assert len(rows(DataKey)) == 1


def test_who_another_file_speaks_of_too_stays(cli, take_in, sheet, rows):
    take_in(sheet(givewp(1)))
    take_in(sheet(givewp(2), name="second.csv"))
    first = rows(ImportBatch)[0].public_id
    cli("undo", first, exit_code=1)
    assert len(rows(Supporter)) == len(rows(PastGift)) == 1


def test_killed_amid_undoing_it_goes_on(cli, take_in, sheet, rows, monkeypatch):
    monkeypatch.setattr(undoing, "AT_ONCE", 3)
    take_in(sheet(*FILE))
    parts, part = [], undoing._part

    def dies(*given):
        parts.append(1)
        if len(parts) == 3:
            raise KeyboardInterrupt
        return part(*given)

    monkeypatch.setattr(undoing, "_part", dies)
    cli("undo", rows(ImportBatch)[0].public_id)
    assert len(rows(PastGift)) == 6
    answer = cli("csv", sheet(*FILE), "--source", "givewp")
    assert "being taken back" in str(answer.exception)
    undo_last(cli, rows)
    assert rows(PastGift) == rows(Supporter) == []


def test_a_file_taken_back_may_be_taken_in_again(cli, take_in, sheet, rows):
    path = sheet(*FILE)
    take_in(path)
    undo_last(cli, rows)
    take_in(path)
    assert [batch.state for batch in rows(ImportBatch)] == ["undone", "done"]
    assert len(rows(PastGift)) == 12


def test_what_brought_nothing_cannot_be_taken_back(cli, take_in, sheet, rows):
    take_in(sheet(*FILE), "--dry-run")
    answer = cli("undo", rows(ImportBatch)[0].public_id)
    assert "Nothing of this batch was taken in" in str(answer.exception)
    assert "no batch" in str(cli("undo", "nosuchbatch").exception)


def test_every_batch_is_listed(cli, take_in, sheet, rows):
    take_in(sheet(*FILE))
    told = cli("list", exit_code=0).output
    assert rows(ImportBatch)[0].public_id in told
    assert "12 new, 12 taken" in told
