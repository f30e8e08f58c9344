import pytest
from tests_support.banking import bank_lines, payout

from donations.commands import reconcile
from donations.kernel.money import Money
from donations.reconciliation.matching import payout_bank_amount


@pytest.fixture
def sheet(tmp_path):
    def written(*rows, name="bank.csv"):
        path = tmp_path / name
        path.write_text("Date,Description,Amount\n" + "\n".join(rows) + "\n")
        return path

    return written


def test_files_are_imported_and_what_tied_and_what_is_open_is_told(app, session, sheet, capsys):
    sent = payout(session)
    payout(session, "po_2", 700)
    payout(session, "po_3", 700)
    file = sheet("2026-11-19,STRIPE,48.25", "2026-11-19,STRIPE,7.00", "2026-11-20,RENT,-900.00")
    assert reconcile.run(app, [file], "usd") == 1
    told = capsys.readouterr().out
    assert "bank.csv: CSV, 3 new, 0 known." in told
    assert "tied    2026-11-19 48.25 USD  po_1  by amount_and_date" in told
    assert "unsure  2026-11-19 7.00 USD  line 2: po_2, po_3" in told
    assert "unmatched 2026-11-20 -900.00 USD  line 3: nothing we know of" in told
    assert "1 tied, 2 open." in told
    assert payout_bank_amount(session, sent) == Money(4825, "usd")


def test_nothing_open_is_success_and_the_same_file_again_too(app, session, sheet):
    payout(session)
    file = sheet("2026-11-19,STRIPE,48.25")
    assert reconcile.run(app, [file], "usd") == 0
    assert reconcile.run(app, [file], "usd") == 0
    assert len(bank_lines(session)) == 1


def test_lines_of_other_files_do_not_count_against_this_one(app, session, sheet):
    payout(session)
    reconcile.run(app, [sheet("2026-11-19,RENT,-1.00", name="old.csv")], "usd")
    assert reconcile.run(app, [sheet("2026-11-19,STRIPE,48.25")], "usd") == 0
    assert reconcile.run(app, []) == 1


def test_one_bad_file_keeps_all_of_them_out(app, session, sheet):
    good, bad = sheet("2026-11-19,STRIPE,48.25"), sheet("2026-11-19,STRIPE,x", name="bad.csv")
    with pytest.raises(reconcile.NotImported, match=r"bad.csv: an amount is missing \(line 2\)"):
        reconcile.run(app, [good, bad], "usd")
    assert bank_lines(session) == []


def test_every_reason_has_its_words():
    from donations.reconciliation.bank_files.lines import Unreadable

    for reason in (Unreadable.__doc__ or "").split("`")[1::2]:
        assert reason in reconcile._REASONS or reason in {"reason", "row"}
