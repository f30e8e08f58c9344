from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from tests_support.booked_life import live

from donations.kernel.currencies import CURRENCIES
from donations.kernel.database import begin_write
from donations.ledger.books import balances
from donations.reports.journal_formats.beancount import beancount, quoted
from donations.reports.journal_formats.entries import days, entries

CHECK = Path(sys.executable).with_name("bean-check")
_SUMS = """
import json, sys, warnings
warnings.simplefilter("ignore")
from beancount import loader
from beancount.core import realization
known, errors, options = loader.load_file(sys.argv[1])
assert not errors, errors
for real in realization.iter_children(realization.realize(known)):
    for position in real.balance:
        units = position.units
        print(json.dumps([real.account, units.currency, str(units.number)]))
"""


def written(tmp_path, session, question, read=entries):
    path = tmp_path / "books.beancount"
    path.write_text(
        "".join(beancount(session, question, read(session, question))), encoding="utf-8"
    )
    return path


def check(path):
    """What Beancount's own checker says: its exit code, and all it prints."""
    done = subprocess.run([CHECK, "--no-cache", path], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def beancount_s_own_sums(path):
    done = subprocess.run(
        [sys.executable, "-c", _SUMS, path], capture_output=True, text=True, timeout=120, check=True
    )
    sums = Counter()
    for line in done.stdout.splitlines():
        account, currency, number = json.loads(line)
        minor = int(number.replace(".", ""))
        assert len((number + ".").split(".")[1]) in {0, CURRENCIES[currency.lower()].exponent}
        sums[account, currency.lower()] += minor
    return sums


@pytest.mark.parametrize("read", [entries, days])
def test_bean_check_finds_nothing_wrong_with_a_life_of_the_books(
    any_life, session, ask, tmp_path, read
):
    assert check(written(tmp_path, session, ask(), read)) == (0, "")


@pytest.mark.parametrize("months", [((2026, 9), (2026, 9)), ((2026, 10), (2026, 10))])
def test_an_export_that_begins_later_carries_its_balances_forward(
    life, session, ask, tmp_path, months
):
    path = written(tmp_path, session, ask(*months))
    assert "Balances brought forward" in path.read_text()
    assert check(path) == (0, "")


def test_one_currency_alone_is_whole_too(life, session, ask, tmp_path):
    path = written(tmp_path, session, ask((2026, 9), currency="jpy"))
    assert check(path) == (0, "")
    assert "USD" not in path.read_text()
    assert re.search(r" -?[0-9]+ JPY$", path.read_text(), re.MULTILINE)


def test_beancount_sums_the_accounts_to_what_our_books_hold(life, session, ask, tmp_path):
    sums = Counter()
    names = {
        "Assets:Bank": "bank",
        "Assets:Stripe": "stripe_balance",
        "Assets:In-Transit": "in_transit",
        "Liabilities:Deferred": "deferred",
        "Income:Gross": "income",
        "Income:Released": "released",
        "Income:Refunds": "refunds",
        "Income:Disputes": "disputes",
        "Income:Exchange": "exchange",
        "Expenses:Fees:Processing": "fees",
        "Expenses:Fees:Tax": "fee_tax",
        "Expenses:Fees:Disputes": "dispute_fees",
        "Expenses:Fees:Service": "service_fees",
        "Equity:Suspense": "suspense",
    }
    found = beancount_s_own_sums(written(tmp_path, session, ask()))
    for (account, currency), minor in found.items():
        name = next(ours for theirs, ours in names.items() if account.startswith(theirs))
        sums[name, currency] += minor
    ours = {key: minor for key, minor in balances(session).items() if minor}
    assert {key: minor for key, minor in sums.items() if minor} == ours


@pytest.mark.parametrize("currency", ["JPY", "KWD", "USD"])
def test_one_unit_more_anywhere_is_found(life, session, ask, tmp_path, currency):
    path = written(tmp_path, session, ask())
    text = path.read_text()
    chosen = [*re.finditer(rf"^  Assets:\S+  (-?)([0-9.]+) {currency}$", text, re.MULTILINE)][-1]
    digits = chosen[2]
    other = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    path.write_text(text[: chosen.start(2)] + other + text[chosen.end(2) :])
    code, said = check(path)
    assert code != 0
    assert "Transaction does not balance" in said
    assert "Balance failed" in said


def test_an_entry_left_out_is_found_by_the_assertions(life, session, ask, tmp_path):
    path = written(tmp_path, session, ask())
    blocks = path.read_text().split("\n\n")
    del blocks[len(blocks) // 2]
    path.write_text("\n\n".join(blocks))
    code, said = check(path)
    assert code != 0
    assert "Balance failed" in said


def test_what_was_booked_since_changes_not_a_byte(life, session, ask, tmp_path):
    before = ask()
    first = written(tmp_path, session, before).read_bytes()
    begin_write(session)
    live(session, Random(99), days=3, name="later")
    assert written(tmp_path, session, before).read_bytes() == first
    assert written(tmp_path, session, ask()).read_bytes() != first
    assert check(tmp_path / "books.beancount") == (0, "")


def test_nothing_in_the_months_is_a_file_without_accounts(session, ask, tmp_path):
    path = written(tmp_path, session, ask())
    assert check(path) == (0, "")
    assert "open" not in path.read_text()


def test_accounts_bear_the_newsroom_s_codes(life, session, ask, tmp_path):
    question = ask(own={"income.membership": "4099", "fees.usd": "6999"})
    path = written(tmp_path, session, question)
    text = path.read_text()
    assert check(path) == (0, "")
    assert re.search(r'open Income:Gross:Memberships:General \S+\n  code: "4099"', text)
    assert 'code-usd: "6999"' in text
    assert 'code-eur: "6100"' in text


def test_a_text_is_one_string_whatever_is_in_it(life, session, ask, tmp_path):
    assert quoted('a "b" \\ c\nd\x00') == '"a \\"b\\" \\\\ c d"'
    question = ask()
    nasty = 'x"\n2026-10-01 * "stolen" ; \\'
    journal = (replace(each, memo=nasty, source=nasty) for each in entries(session, question))
    path = tmp_path / "books.beancount"
    path.write_text("".join(beancount(session, question, journal)))
    assert check(path) == (0, "")
    assert '\n2026-10-01 * "stolen' not in path.read_text()
