"""What stands on the statement of a year, in the supporter's language."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from donations.kernel.money import Money
from donations.kernel.wording import day_text
from donations.receipts.facts import State
from donations.receipts.printing import printed
from donations.receipts.receipt_words import frequency_text, issuer_lines, paper_size
from donations.receipts.sheet import Sheet, heading, table, text
from donations.receipts.tongue import exact, speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.receipts.annual import Line, Statement
    from donations.receipts.sheet import Block
    from donations.receipts.tongue import Say


def statement_pdf(statement: Statement) -> bytes:
    """The statement as a PDF: the same year, made on the same day, is the same to the byte."""
    at = datetime.combine(statement.made_on, time(), UTC)
    return printed(statement_sheet(statement).plain(), at)


def statement_sheet(statement: Statement) -> Sheet:
    """The statement's paper."""
    _ = speaker(statement.language)
    title = _("Statement for %(year)s") % {"year": statement.year.name}
    return Sheet(
        title=title,
        author=statement.issuer.legal_name,
        language=statement.language,
        size=paper_size(statement.issuer),
        stamp="",
        head=issuer_lines(statement.issuer, _),
        blocks=tuple(_blocks(statement, _)),
        foot=title,
    )


def _blocks(statement: Statement, _: Say) -> Iterator[Block]:
    yield table((_("What"), _("Details")), tuple(_facts(statement, _)))
    if not statement.lines:
        yield text(_("No gift was received in this time."))
        return
    yield heading(_("Gifts"))
    yield _gifts(statement, _)
    yield heading(_("Totals"))
    yield _totals(statement, _)
    yield text(
        _(
            "What went back to you by the day of this statement is taken off the gift it belongs"
            " to, whenever it went back."
        )
    )
    for paragraph in _taxes(statement, _):
        yield text(paragraph)


def _facts(statement: Statement, _: Say) -> Iterator[tuple[str, str]]:
    language, year = statement.language, statement.year
    if statement.donor:
        yield _("Received from"), statement.donor
    yield _("From"), day_text(year.first_on, language)
    yield _("To"), day_text(year.last_on, language)
    yield _("As of"), day_text(statement.made_on, language)


def _gifts(statement: Statement, _: Say) -> Block:
    heads = [_("Received on"), _("Receipt"), _("Kind"), _("Amount"), _("Went back"), _("Kept")]
    rewarded = any(line.benefit for line in statement.lines)
    if rewarded:
        heads.append(_("Value given in return"))
    rows = [_row(line, statement.language, rewarded=rewarded, _=_) for line in statement.lines]
    return table(heads, rows, right=range(3, len(heads)))


def _row(line: Line, language: str, *, rewarded: bool, _: Say) -> list[str]:
    number = str(line.number)
    if line.state is not State.ISSUED:
        void = line.state is State.VOID
        number = f"{number} ({_('void') if void else _('void in part')})"
    cells = [
        day_text(line.received_on, language),
        number,
        frequency_text(line.frequency, _),
        exact(line.amount, language),
        exact(line.back, language) if line.back else "–",
        exact(line.kept, language),
    ]
    if rewarded:
        cells.append(exact(line.benefit, language) if line.benefit else "–")
    return cells


def _totals(statement: Statement, _: Say) -> Block:
    rewarded = any(benefit for _kept, benefit in statement.totals)
    heads = [_("Currency"), _("Kept")]
    if rewarded:
        heads += [_("Value given in return"), _("Beyond that value")]
    rows = []
    for kept, benefit in statement.totals:
        row = [kept.currency.upper(), exact(kept, statement.language)]
        if rewarded:
            beyond = _beyond(statement, kept.currency)
            row += [exact(benefit, statement.language), exact(beyond, statement.language)]
        rows.append(row)
    return table(heads, rows, right=range(1, len(heads)))


def _beyond(statement: Statement, currency: str) -> Money:
    """What was kept beyond the benefits, payment by payment: one never makes up for another."""
    lines = [line for line in statement.lines if line.amount.currency == currency]
    return Money(sum(max(0, one.kept.minor - one.benefit.minor) for one in lines), currency)


def _taxes(statement: Statement, _: Say) -> Iterator[str]:
    issuer = statement.issuer
    if issuer.regime == "generic":
        yield _(
            "This statement confirms payments and nothing else. What they mean for your taxes"
            " depends on where you pay them."
        )
    elif issuer.regime == "uk_charity":
        yield _(
            "Keep this statement if you complete a Self Assessment tax return. Which of these gifts"
            " are covered by a Gift Aid declaration stands on each receipt."
        )
    else:
        yield from _american(statement, _)


def _american(statement: Statement, _: Say) -> Iterator[str]:
    issuer = statement.issuer
    yield _("%(issuer)s is exempt from tax under section 501(c)(3) of the US tax code.") % {
        "issuer": issuer.legal_name
    }
    if not any(line.benefit for line in statement.lines):
        yield _("No goods or services were provided in return for any of these contributions.")
        return
    yield _(
        "Where a value given in return is shown, goods or services were provided: %(benefits)s. It"
        " is our good-faith estimate. In return for the other contributions none were provided."
    ) % {"benefits": issuer.benefits or _("the benefits of a membership")}
    yield _(
        "For US federal income tax, what you may deduct is limited to what you paid beyond the"
        " value of the goods and services you were given, payment by payment."
    )
