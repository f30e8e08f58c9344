import pytest
from click.testing import CliRunner
from sqlalchemy import select
from tests_support.past_exports import givewp

from donations.adoption.models import ImportBatch, ImportRow, PastGift
from donations.commands.adopt import group
from donations.supporters.directory import find_by_email, recognise
from donations.supporters.models import Supporter


@pytest.fixture
def known(session, master, clock):
    told = {"email": "vera@reader.example", "name": "Vera Reader", "customer": None}
    number = recognise(session, master, **told, language="en", now=clock.now()).public_id
    session.commit()
    return number


@pytest.fixture
def file(tmp_path):
    rows = [givewp(number, "ve.ra@reader.example") for number in (1, 2)]
    path = tmp_path / "export.csv"
    lines = [",".join(rows[0]), *(",".join(f'"{each}"' for each in row.values()) for row in rows)]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def batch(app, session, known, file):
    """Takes the file in, or only shows it; the batch's name."""

    def run(*options):
        CliRunner().invoke(group(lambda: app), ["csv", str(file), "--source", "givewp", *options])
        session.rollback()
        return session.scalars(select(ImportBatch.public_id)).one()

    return run


@pytest.fixture
def staff(sign_in):
    return sign_in("support")


def test_files_are_listed_with_what_came_of_their_lines(staff, batch):
    assert "No file yet" in staff.get("/office/imports").text
    name = batch()
    shown = staff.get("/office/imports").text
    assert name in shown
    assert "2 waiting" in shown
    assert "reader.example" not in shown


def test_who_waits_is_shown_once_with_who_it_may_be(staff, batch, known):
    shown = staff.get(f"/office/imports/{batch()}").text
    assert shown.count("ve.ra@reader.example") == 1
    assert known in shown
    assert "The same mailbox but for dots or a plus" in shown


def decided(session):
    session.rollback()
    return [(row.decision, row.outcome) for row in session.scalars(select(ImportRow))]


@pytest.mark.parametrize(
    ("word", "people", "gifts"), [("same", 1, 2), ("new", 2, 2), ("skip", 1, 0)]
)
def test_a_decision_about_a_file_taken_in_counts_at_once_for_all_lines(
    staff, batch, session, master, word, people, gifts
):
    name = batch()
    assert staff.post(f"/office/imports/{name}/decide", line="2", decision=word).status_code == 303
    session.rollback()
    assert len(session.scalars(select(Supporter)).all()) == people
    assert len(session.scalars(select(PastGift)).all()) == gifts
    found = find_by_email(session, master, "ve.ra@reader.example")
    assert (found is None) == (word == "skip")
    assert "Nobody of this file waits" in staff.get(f"/office/imports/{name}").text


def test_a_decision_about_a_file_only_shown_waits_for_it_to_be_taken_in(staff, batch, session):
    name = batch("--dry-run")
    staff.post(f"/office/imports/{name}/decide", line="3", decision="same")
    assert decided(session) == [("same", "awaits")] * 2
    batch()
    assert decided(session) == [("same", "taken")] * 2


@pytest.mark.parametrize(("line", "word"), [("", "same"), ("2", "perhaps"), ("x", "new")])
def test_a_decision_nobody_could_make_changes_nothing(staff, batch, session, line, word):
    name = batch()
    answer = staff.post(f"/office/imports/{name}/decide", line=line, decision=word)
    assert answer.status_code == 303
    assert decided(session) == [(None, "awaits")] * 2


def test_a_line_that_waits_for_nothing_and_a_file_nobody_knows_are_not_found(staff, batch):
    name = batch()
    assert staff.post(f"/office/imports/{name}/decide", line="9", decision="new").status_code == 404
    assert staff.get("/office/imports/nosuchfile").status_code == 404


def test_a_past_gift_stands_on_the_timeline_and_in_no_income(staff, sign_in, batch, known):
    name = batch()
    staff.post(f"/office/imports/{name}/decide", line="2", decision="same")
    shown = staff.get(f"/office/supporters/{known}").text
    assert shown.count("Gift before these books, told by another program") == 2
    assert "25.00" in shown
    income = sign_in("finance").get("/office/income?period=all").text
    assert "25.00" not in income
