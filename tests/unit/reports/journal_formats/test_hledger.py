from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest

from donations.kernel.currencies import CURRENCIES
from donations.reports.journal_formats.entries import days, entries
from donations.reports.journal_formats.hledger import hledger

_COMMODITY = re.compile(r"commodity 1000\.(0*) ([A-Z]{3})")
_ACCOUNT = re.compile(r"account ([A-Z][A-Za-z0-9-]*(?::[A-Z0-9][A-Za-z0-9-]*)+)(?:  ; .*)?")
_HEAD = re.compile(r"(20\d\d-\d\d-\d\d) \*(?: \(([^()]+)\))? ([^;|]+?)(?:  ; [a-z]+:[^;]*)?")
_AMOUNT = r"(-?[0-9]+(?:\.[0-9]+)?) ([A-Z]{3})"
_POSTING = re.compile(rf"    (\S+)  {_AMOUNT}(?: = {_AMOUNT})?")


class Wrong(Exception):
    pass


def read_strictly(text):
    """Read exactly the syntax we write, prove every sum, and give the balances."""
    decimals, accounts, balances = {}, set(), defaultdict(Decimal)
    open_sums, last_day = None, ""

    def amount(number, currency):
        if currency not in decimals or len((number + ".").split(".")[1]) != decimals[currency]:
            raise Wrong(f"{number} {currency}")
        return Decimal(number)

    def end():
        if open_sums is not None and any(open_sums.values()):
            raise Wrong(f"unbalanced {open_sums}")

    for line in text.splitlines():
        if posted := _POSTING.fullmatch(line):
            name, number, currency, asserted, of = posted.groups()
            if open_sums is None or name not in accounts:
                raise Wrong(line)
            open_sums[currency] += amount(number, currency)
            balances[name, currency] += Decimal(number)
            if asserted is not None and balances[name, of] != amount(asserted, of):
                raise Wrong(f"assertion {line}: {balances[name, of]}")
        elif head := _HEAD.fullmatch(line):
            end()
            if head[1] < last_day:
                raise Wrong(f"order {line}")
            open_sums, last_day = defaultdict(Decimal), head[1]
        elif found := _COMMODITY.fullmatch(line):
            decimals[found[2]] = len(found[1])
        elif found := _ACCOUNT.fullmatch(line):
            accounts.add(found[1])
        elif line and not line.startswith("; ") and line != "decimal-mark .":
            raise Wrong(line)
    end()
    return {key: total for key, total in balances.items() if total}


def text_of(session, question, read=entries):
    return "".join(hledger(session, question, read(session, question)))


def hledger_says(text, *command):
    """What hledger itself says, where it is installed; our strict reader reads it always."""
    program = shutil.which("hledger")
    if program is None:
        return None
    return subprocess.run(
        [program, "-f", "-", *command], input=text, capture_output=True, text=True, timeout=120
    )


def assert_hledger_is_content(text):
    said = hledger_says(text, "check", "--strict")
    assert said is None or (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("read", [entries, days])
@pytest.mark.parametrize("first", [(2026, 8), (2026, 10)])
def test_a_life_of_the_books_is_proved_by_its_last_transaction(any_life, session, ask, first, read):
    text = text_of(session, ask(first), read)
    assert read_strictly(text)
    asserted = set(re.findall(r"^    (\S+)  .* = .* ([A-Z]{3})$", text, re.MULTILINE))
    assert asserted >= read_strictly(text).keys()
    assert_hledger_is_content(text)


def test_currencies_keep_their_own_decimals(life, session, ask):
    text = text_of(session, ask())
    for currency in ("usd", "jpy", "kwd"):
        decimals = "0" * CURRENCIES[currency].exponent
        assert f"commodity 1000.{decimals} {currency.upper()}\n" in text


def test_one_unit_more_anywhere_is_found(life, session, ask):
    text = text_of(session, ask())
    chosen = [*re.finditer(r"^    Assets:Stripe:JPY  -?[0-9]+ JPY$", text, re.MULTILINE)][-1]
    wrong = text[: chosen.end() - 4] + "1" + text[chosen.end() - 4 :]
    with pytest.raises(Wrong, match="unbalanced"):
        read_strictly(wrong)
    said = hledger_says(wrong, "check")
    assert said is None or said.returncode != 0


def test_an_entry_left_out_is_found_by_the_assertions(life, session, ask):
    blocks = text_of(session, ask()).split("\n\n")
    del blocks[len(blocks) // 2]
    wrong = "\n\n".join(blocks)
    with pytest.raises(Wrong, match="assertion"):
        read_strictly(wrong)
    said = hledger_says(wrong, "check")
    assert said is None or said.returncode != 0


def test_beancount_and_hledger_get_the_same_balances(life, session, ask):
    text = text_of(session, ask())
    sums = defaultdict(Decimal)
    for entry in entries(session, ask()):
        for line in entry.lines:
            sums[line.amount.currency.upper()] += line.amount.decimal
    assert not any(sums.values())
    totals = defaultdict(Decimal)
    for (_, currency), total in read_strictly(text).items():
        totals[currency] += total
    assert not any(totals.values())


def test_a_text_breaks_nothing_whatever_is_in_it(life, session, ask):
    nasty = "x; y | z\n2026-10-01 * stolen\n    a  1 USD, b:c"
    question = ask()
    journal = (
        replace(each, memo=nasty, source=nasty, gift=nasty) for each in entries(session, question)
    )
    text = "".join(hledger(session, question, journal))
    assert "\n2026-10-01 * stolen" not in text
    assert read_strictly(text)
    assert_hledger_is_content(text)


def test_no_entries_are_an_empty_journal(session, ask):
    text = text_of(session, ask())
    assert read_strictly(text) == {}
    assert_hledger_is_content(text)
