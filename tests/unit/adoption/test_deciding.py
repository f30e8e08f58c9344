import pytest
from tests_support.past_exports import givewp

from donations.adoption.deciding import Word, decide
from donations.adoption.importing import Importer
from donations.adoption.models import ImportBatch, ImportRow, PastGift
from donations.kernel.errors import NotFound
from donations.supporters.aliases import aliases_of
from donations.supporters.directory import find_by_email, identity
from donations.supporters.models import Supporter

ALIKE = {
    "the same name at the same domain": ("vera.r@reader.example", "READER", "véra"),
    "the same mailbox but for a plus": ("vera+paper@reader.example", "Other", "Name"),
    "the same mailbox but for dots": ("v.e.r.a@reader.example", "Other", "Name"),
}


@pytest.fixture
def vera(meet):
    return meet("vera@reader.example", "Vera Reader")


def line(like, number=1):
    email, last, first = ALIKE[like]
    return givewp(number, email, first, last)


@pytest.mark.parametrize("like", ALIKE)
def test_who_may_be_somebody_known_here_waits_for_a_decision(take_in, sheet, rows, vera, like):
    for options in (("--dry-run",), ()):
        told = take_in(sheet(line(like)), *options, exit_code=1)
        assert f"line 2: may be supporter {vera}" in told
        assert "Lines that wait for a decision: 1" in told
    assert rows(PastGift) == []
    assert len(rows(Supporter)) == 1


@pytest.mark.parametrize(
    ("email", "last", "first"),
    [
        ("vera@other.example", "Reader", "Vera"),
        ("nina@reader.example", "Reader", "Nina"),
        ("vv@reader.example", "", "Vera"),
    ],
)
def test_who_is_only_a_little_alike_is_somebody_else(
    take_in, sheet, rows, vera, email, last, first
):
    take_in(sheet(givewp(1, email, first, last)))
    assert len(rows(Supporter)) == 2


def test_two_people_of_one_file_may_be_one_too(take_in, sheet, rows):
    first = givewp(1)
    told = take_in(
        sheet(first, line("the same mailbox but for a plus", 2)), "--dry-run", exit_code=1
    )
    assert "line 3: may be line 2" in told
    told = take_in(sheet(first, line("the same mailbox but for a plus", 2)), exit_code=1)
    assert "line 3: may be supporter" in told
    assert len(rows(PastGift)) == 1


@pytest.fixture(params=["dry run, then decided", "taken in, then decided"])
def decided(request, take_in, cli, sheet, tmp_path):
    """Takes a file in with a decision, made before or after."""

    def run(path, word, number=2):
        first = ("--dry-run",) if "dry" in request.param else ()
        take_in(path, *first, exit_code=1)
        said = tmp_path / "decisions.csv"
        said.write_text(f"line,decision\n{number},{word}\n")
        return take_in(path, "--decide", said)

    return run


@pytest.mark.parametrize("like", ALIKE)
def test_the_same_person_has_another_mailbox_from_then_on(
    decided, sheet, rows, vera, session, master, like
):
    path = sheet(line(like), line(like, 2))
    told = decided(path, "same")
    assert "Past gifts taken in: 2" in told
    [supporter] = rows(Supporter)
    assert {past.supporter_id for past in rows(PastGift)} == {supporter.id}
    assert identity(session, master, supporter).email == "vera@reader.example"
    assert find_by_email(session, master, ALIKE[like][0]).id == supporter.id
    assert len(aliases_of(session, supporter.id)) == 1


def test_another_person_is_a_new_supporter(decided, sheet, rows, vera):
    decided(sheet(line("the same mailbox but for dots")), "new")
    assert len(rows(Supporter)) == 2
    assert len(rows(PastGift)) == 1


def test_lines_may_be_left_out(decided, sheet, rows, vera):
    decided(sheet(line("the same mailbox but for dots"), givewp(2)), "skip")
    assert len(rows(Supporter)) == 1
    assert [row.reason for row in rows(ImportRow) if row.outcome == "skipped"] == ["decision.skip"]
    assert [row.person for row in rows(ImportRow)] == [None, None]


def test_a_decision_between_two_of_one_file_counts(decided, sheet, rows):
    path = sheet(givewp(1), line("the same mailbox but for a plus", 2), givewp(3))
    decided(path, "same", number=3)
    assert len(rows(Supporter)) == 1
    assert len(rows(PastGift)) == 3


def test_one_decision_counts_for_every_line_of_the_person(
    take_in, sheet, session, vera, rows, house
):
    path = sheet(*(line("the same mailbox but for dots", number) for number in (1, 2, 3)))
    take_in(path, exit_code=1)
    batch = rows(ImportBatch)[0].public_id
    assert decide(session, batch, 3, Word.SAME) == 3
    settled = importer(session, house).settle_decided(batch)
    assert settled == 3
    assert [row.outcome for row in rows(ImportRow)] == ["taken"] * 3


def importer(session, house):
    zone = house.newsroom.zone
    return Importer(session, house.master, house.clock, zone, "en")


def test_what_waits_for_nothing_cannot_be_decided(take_in, sheet, session, rows):
    take_in(sheet(givewp(1)))
    batch = rows(ImportBatch)[0].public_id
    for number in (2, 99):
        with pytest.raises(NotFound):
            decide(session, batch, number, Word.NEW)


def test_a_file_of_decisions_with_another_word_is_refused(cli, take_in, sheet, vera, tmp_path):
    path = sheet(line("the same mailbox but for dots"))
    take_in(path, exit_code=1)
    said = tmp_path / "decisions.csv"
    said.write_text("line,decision\n2,perhaps\n")
    answer = cli("csv", path, "--source", "givewp", "--decide", said)
    assert "same, new or skip" in str(answer.exception)
