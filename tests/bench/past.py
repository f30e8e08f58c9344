"""Five years of a newsroom's payments, made inside the database: millions of rows in minutes.

Everything goes through the columns the product fills, in the order of time, but past the triggers
and the program: both would take days.  The totals are then rebuilt from the postings by the product
itself.
"""

# ruff: noqa: S608 - every number and name in the statements is our own
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import bindparam, text

from donations.kernel.months import Month

FIRST = date(2021, 12, 1)
LAST = date(2026, 11, 24)
DAYS = (LAST - FIRST).days + 1
TABLES = (
    *("ledger_entry", "ledger_posting", "gift", "refund", "dispute", "membership"),
    *("payout", "payout_line", "supporter", "membership_change"),
)

# What a payment was, by its number: primes, so that no two choices march in step.
CURRENCY = "CASE WHEN i % 7 < 4 THEN 'usd' WHEN i % 7 < 6 THEN 'eur' ELSE 'gbp' END"
CHARGED = f"CASE WHEN i % 29 = 3 THEN 'jpy' ELSE {CURRENCY} END"
FREQUENCY = "CASE WHEN i % 11 < 4 THEN 'once' WHEN i % 11 < 9 THEN 'monthly' ELSE 'annual' END"
FUND = "CASE WHEN i % 13 = 5 THEN 'courts' WHEN i % 13 = 9 THEN 'elections' ELSE '' END"
PLACE = (
    "CASE i % 5 WHEN 0 THEN 'article' WHEN 1 THEN 'support' WHEN 2 THEN 'banner'"
    " WHEN 3 THEN 'letter' ELSE 'account' END"
)
METHOD = "CASE WHEN i % 17 < 12 THEN 'card' WHEN i % 17 < 15 THEN 'sepa_debit' ELSE 'link' END"
COUNTRY = (
    "CASE WHEN i % 19 < 8 THEN 'US' WHEN i % 19 < 11 THEN 'NL' WHEN i % 19 < 14 THEN 'DE'"
    " WHEN i % 19 < 16 THEN 'GB' WHEN i % 19 < 18 THEN 'FR' ELSE 'RU' END"
)
AMOUNT = "(500 + i * 37 % 9500)"
FEE = f"({AMOUNT} * 29 / 1000 + 30)"
PUT_OFF = f"(CASE WHEN i % 11 < 4 THEN 0 ELSE {AMOUNT} / 3 END)"
REFUNDED, DISPUTED = 40, 400  # one payment in so many


def make_past(engine, payments, say=lambda _told: None):
    """Fill an empty, migrated database."""
    past = Past(engine, payments)
    with past.unguarded() as connection:
        for name, make in past.parts():
            say(name)
            for statement in make:
                connection.execute(text(statement), {"n": payments})


class Past:
    """The statements, in the words of one database."""

    def __init__(self, engine, payments):
        self.engine = engine
        self.payments = payments
        self.sqlite = engine.dialect.name == "sqlite"

    def unguarded(self):
        return Unguarded(self.engine)

    def numbers(self, count):
        """The numbers 1 to `count` as `series(i)`."""
        if not self.sqlite:
            return f"(SELECT generate_series(1::bigint, {count}) AS i) AS series"
        return (
            f"(WITH RECURSIVE step(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM step"
            f" WHERE i < {count}) SELECT i FROM step) AS series"
        )

    def key(self, letter, number="i"):
        """32 bytes that differ by number and grow with it."""
        if self.sqlite:
            return f"CAST(printf('{letter}%031d', {number}) AS BLOB)"
        return f"convert_to('{letter}' || lpad(({number})::text, 31, '0'), 'UTF8')"

    def name(self, letters, number="i"):
        if self.sqlite:
            return f"printf('{letters}%010d', {number})"
        return f"'{letters}' || lpad(({number})::text, 10, '0')"

    @property
    def blob(self):
        return "x'78'" if self.sqlite else r"'\x78'::bytea"

    @property
    def no(self):
        return "0" if self.sqlite else "false"

    @property
    def yes(self):
        return "1" if self.sqlite else "true"

    def day(self, number, of):
        """The row of `past_day` of payment `number` of so many."""
        return f"({number} - 1) * {DAYS} / {of}"

    def parts(self):
        yield "days", self._days()
        yield "supporters", self._supporters()
        yield "changes", self._changes()
        yield "gifts", self._gifts()
        yield "entries", self._entries()
        yield "postings", self._postings()
        yield "returns", self._returns()
        yield "payouts", self._payouts()
        yield "end", self._end()

    def _days(self):
        moment = "TIMESTAMP WITH TIME ZONE" if not self.sqlite else "TEXT"
        yield f"CREATE TABLE past_day (n INTEGER PRIMARY KEY, day DATE, at {moment}, month TEXT)"
        for n in range(DAYS):
            day = FIRST + timedelta(days=n)
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            written = at.strftime("%Y-%m-%d %H:%M:%S.000000") + ("" if self.sqlite else "+00")
            yield f"INSERT INTO past_day VALUES ({n}, '{day}', '{written}', '{Month.of_day(day)}')"

    def _supporters(self):
        count = max(self.payments // 20, 1)
        at = "(SELECT at FROM past_day WHERE n = 0)"
        yield (
            f"INSERT INTO data_key (id, wrapped, created_at) SELECT i, {self.blob}, {at}"
            f" FROM {self.numbers(count)}"
        )
        yield (
            "INSERT INTO supporter (id, public_id, data_key_id, language, created_at)"
            f" SELECT i, {self.name('s')}, i, 'en', {at} FROM {self.numbers(count)}"
        )
        yield (
            "INSERT INTO checkout (id, public_id, attempt_key, frequency, amount_minor, currency,"
            f" language, placement, state, round, created_at) SELECT i, {self.name('c')},"
            f" {self.key('c')}, {FREQUENCY}, {AMOUNT}, {CURRENCY}, 'en', {PLACE}, 'paid', 1, {at}"
            f" FROM {self.numbers(1000)}"
        )
        members = max(self.payments // 40, 1)
        yield (
            "INSERT INTO membership (id, public_id, supporter_id, checkout_id,"
            " subscription_sealed, subscription_index, frequency, amount_minor, currency, state,"
            " ends_with_period, started_at, ended_at, end_reason, synced_at, last_failure_at,"
            f" last_failure_code, renews_at) SELECT i, {self.name('m')}, i, i % 1000 + 1,"
            f" {self.blob}, {self.key('m')}, CASE WHEN i % 4 > 0 THEN 'monthly' ELSE 'annual' END,"
            f" {AMOUNT}, {CURRENCY}, CASE WHEN i % 5 = 2 THEN 'ended' WHEN i % 97 = 1 THEN"
            f" 'past_due' ELSE 'active' END, {self.no}, a.at,"
            " CASE WHEN i % 5 = 2 THEN z.at END, CASE WHEN i % 10 = 2 THEN 'payment_failed'"
            " WHEN i % 5 = 2 THEN 'reader' END, z.at,"
            " CASE WHEN i % 97 = 1 THEN z.at END, CASE WHEN i % 97 = 1 THEN 'card_declined' END,"
            f" z.at FROM {self.numbers(members)}"
            f" JOIN past_day a ON a.n = {self.day('i', members)}"
            f" JOIN past_day z ON z.n = a.n + ({DAYS - 1} - a.n) * (i % 23) / 23"
        )

    def _changes(self):
        """Each membership began; one in thirteen was raised since, and every fifth has ended."""
        monthly = "CASE WHEN frequency = 'monthly' THEN amount_minor ELSE (amount_minor * 2 + 12) / 24 END"
        first = f"({monthly}) / CASE WHEN id % 13 = 4 THEN 2 ELSE 1 END"
        for number, at, state, before, after, reason, where in (
            (1, "started_at", "'active'", "0", first, "NULL", "id > 0"),
            (2, "renews_at", "'active'", first, monthly, "NULL", "id % 13 = 4 AND id % 5 <> 2"),
            (2, "ended_at", "state", first, "0", "end_reason", "state = 'ended'"),
        ):
            yield (
                "INSERT INTO membership_change (membership_id, number, at, state, frequency,"
                " before_minor, monthly_minor, reason, amount_minor, currency)"
                f" SELECT id, {number}, {at}, {state}, frequency, {before}, {after}, {reason},"
                f" amount_minor, currency FROM membership WHERE {where}"
            )

    def _gifts(self):
        yield (
            "INSERT INTO gift (id, public_id, supporter_id, checkout_id, membership_id, frequency,"
            " amount_minor, currency, language, method, fund, payment_sealed, payment_index,"
            f" received_at, booked_at) SELECT i, {self.name('g')},"
            f" i % {max(self.payments // 20, 1)} + 1, i % 1000 + 1,"
            f" CASE WHEN i % 11 >= 4 THEN i % {max(self.payments // 40, 1)} + 1 END,"
            f" {FREQUENCY}, {AMOUNT}, {CHARGED}, 'en', {METHOD}, {FUND}, {self.blob},"
            f" {self.key('p')}, at, at FROM {self.numbers(self.payments)}"
            f" JOIN past_day ON n = {self.day('i', self.payments)}"
        )

    def _entry(self, id_, source, kind, charged):
        return (
            "INSERT INTO ledger_entry (id, number, source, kind, frequency, gift_reference,"
            " charged_minor, charged_currency, exchange_rate, campaign, method, card_country,"
            " cohort, occurred_at, available_on, posted_on, booked_at)"
            f" SELECT {id_}, {id_}, {self.name(source)}, '{kind}', {FREQUENCY},"
            f" {self.name('g')}, {charged}, {CHARGED},"
            f" CASE WHEN i % 29 = 3 THEN '0.0066' END, {PLACE}, {METHOD}, {COUNTRY},"
            f" CASE WHEN i % 11 >= 4 THEN month END, at, at, day, at"
        )

    def _entries(self):
        yield (
            f"{self._entry('i', 'txn_g', 'gift', AMOUNT)} FROM {self.numbers(self.payments)}"
            f" JOIN past_day ON n = {self.day('i', self.payments)}"
        )

    def _posting(self, entry, account, amount, fund, where, numbers):
        return (
            "INSERT INTO ledger_posting (entry_id, account, currency, amount_minor, fund)"
            f" SELECT {entry}, '{account}', {CURRENCY}, {amount}, {fund}"
            f" FROM {numbers} WHERE {where}"
        )

    def _postings(self):
        numbers = self.numbers(self.payments)
        for account, amount, fund, where in (
            ("stripe_balance", f"{AMOUNT} - {FEE}", "''", "i > 0"),
            ("fees", FEE, FUND, "i > 0"),
            ("income", f"{PUT_OFF} - {AMOUNT}", FUND, "i > 0"),
            ("deferred", f"-{PUT_OFF}", FUND, "i % 11 >= 4"),
        ):
            yield self._posting("i", account, amount, fund, where, numbers)

    def _returns(self):
        """Refunds and disputes some days after the payment; they follow in number, not in id."""
        for every, table, kind, base in (
            (REFUNDED, "refund", "refund", self.payments),
            (DISPUTED, "dispute", "dispute", self.payments + self.payments // REFUNDED),
        ):
            count = self.payments // every
            numbers = f"(SELECT i * {every} AS i, i AS k FROM {self.numbers(count)}) AS series"
            least = "min" if self.sqlite else "least"
            day = self.day("i", self.payments)
            later = f"JOIN past_day ON n = {least}({day} + 9, {DAYS - 1})"
            yield (
                f"{self._entry(f'{base} + k', f'txn_{kind[0]}', kind, f'-{AMOUNT}')}"
                f" FROM {numbers} {later}"
            )
            account = "refunds" if kind == "refund" else "disputes"
            for name, amount, fund in (
                (account, AMOUNT, FUND),
                ("stripe_balance", f"-{AMOUNT}", "''"),
            ):
                yield self._posting(f"{base} + k", name, amount, fund, "i > 0", numbers)
            more = ", reason, answer_by" if kind == "dispute" else ""
            values = ", 'fraudulent', at" if kind == "dispute" else ""
            state = "succeeded" if kind == "refund" else "lost"
            yield (
                f"INSERT INTO {table} (gift_id, {kind}_sealed, {kind}_index, amount_minor,"
                f" currency, state, moved, created_at, synced_at{more}) SELECT i, {self.blob},"
                f" {self.key(kind[0])}, {AMOUNT}, {CHARGED}, '{state}', {self.yes}, at, at{values}"
                f" FROM {numbers} {later}"
            )

    def _payouts(self):
        """One a day and currency, of everything of that day, the returns too."""
        yield (
            "CREATE TABLE past_net AS SELECT posted_on AS day, currency,"
            " sum(amount_minor) AS minor FROM ledger_posting"
            " JOIN ledger_entry ON ledger_entry.id = entry_id WHERE account = 'stripe_balance'"
            " GROUP BY posted_on, currency"
        )
        number = "CASE past_net.currency WHEN 'usd' THEN 1 WHEN 'eur' THEN 2 ELSE 3 END"
        yield (
            "INSERT INTO payout (id, stripe_id, amount_minor, currency, state, automatic,"
            f" created_at, arrives_on, trace_id, movement, lines_at, synced_at)"
            f" SELECT n * 3 + {number}, {self.name('po_', f'n * 3 + {number}')}, minor, currency,"
            f" 'paid', {self.yes}, at, past_day.day, {self.name('trace', f'n * 3 + {number}')},"
            f" {self.name('txn_p', f'n * 3 + {number}')}, at, at"
            " FROM past_net JOIN past_day ON past_day.day = past_net.day"
        )
        base = self.payments + self.payments // REFUNDED + self.payments // DISPUTED
        row = f"{base} + row_number() OVER (ORDER BY payout.id)"
        yield (
            "INSERT INTO ledger_entry (id, number, source, kind, charged_minor, charged_currency,"
            f" occurred_at, available_on, posted_on, booked_at) SELECT {row}, {row}, movement,"
            " 'payout', -amount_minor, currency, created_at, created_at, arrives_on, created_at"
            " FROM payout WHERE amount_minor <> 0"
        )
        for account, sign in (("stripe_balance", "-"), ("in_transit", "")):
            yield (
                "INSERT INTO ledger_posting (entry_id, account, currency, amount_minor)"
                f" SELECT ledger_entry.id, '{account}', currency, {sign}amount_minor FROM payout"
                " JOIN ledger_entry ON source = movement"
            )
        yield (
            "INSERT INTO payout_line (payout_id, movement, type, amount_minor, fee_minor,"
            " fee_tax_minor, occurred_at) SELECT n * 3 + CASE currency WHEN 'usd' THEN 1"
            " WHEN 'eur' THEN 2 ELSE 3 END, source, CASE kind WHEN 'gift' THEN 'charge' WHEN"
            " 'refund' THEN 'refund' ELSE 'adjustment' END,"
            " amount_minor + CASE kind WHEN 'gift' THEN"
            " charged_minor * 29 / 1000 + 30 ELSE 0 END,"
            " CASE kind WHEN 'gift' THEN charged_minor * 29 / 1000 + 30 ELSE 0 END, 0, occurred_at"
            " FROM ledger_entry JOIN ledger_posting ON entry_id = ledger_entry.id"
            " AND account = 'stripe_balance' JOIN past_day ON past_day.day = posted_on"
            " WHERE kind <> 'payout' ORDER BY ledger_entry.id"
        )

    def _end(self):
        yield (
            "INSERT INTO fund VALUES ('courts', 'The courts', " + self.yes + ", '2021-12-01', NULL)"
        )
        yield (
            "INSERT INTO fund VALUES ('elections', 'The elections', "
            + self.yes
            + ", '2021-12-01', NULL)"
        )
        yield ("UPDATE ledger_books SET last_number = (SELECT max(number) FROM ledger_entry)")
        yield "DROP TABLE past_net"
        yield "DROP TABLE past_day"


class Unguarded:
    """A transaction without triggers, references and secondary indexes; they come back after."""

    def __init__(self, engine):
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"

    def __enter__(self):
        self.connection = self.engine.connect()
        if self.sqlite:
            driver = self.connection.connection.dbapi_connection
            for pragma in (
                *("foreign_keys=OFF", "synchronous=OFF", "cache_size=-1500000"),
                *("temp_store=MEMORY", "secure_delete=OFF", "journal_mode=OFF"),
            ):
                driver.execute(f"PRAGMA {pragma}")
        self.transaction = self.connection.begin()
        if not self.sqlite:
            self.connection.execute(text("SET LOCAL session_replication_role = replica"))
            self.connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
            self.connection.execute(text("SET LOCAL work_mem = '512MB'"))
            self.connection.execute(text("SET LOCAL synchronous_commit = off"))
        self.away = [(kind, name, how) for kind, name, how in self._found()]
        for kind, name, _ in self.away:
            self.connection.exec_driver_sql(f"DROP {kind} {name}")
        return self.connection

    def __exit__(self, *failed):
        if any(failed):
            self.transaction.rollback()
        else:
            for _, _, how in self.away:
                self.connection.exec_driver_sql(how)
            self._count_up()
            self.transaction.commit()
        self.connection.close()
        self.engine.dispose()
        with self.engine.connect() as connection:
            if self.sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA journal_mode=WAL")
        self._look_over()

    def _found(self):
        """Triggers (SQLite) and indexes that are no constraint, and how each was made."""
        if self.sqlite:
            return self.connection.execute(
                text(
                    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND (type ="
                    " 'trigger' OR type = 'index' AND tbl_name IN :tables)"
                ).bindparams(_tables()),
                {"tables": TABLES},
            ).all()
        return self.connection.execute(
            text(
                "SELECT 'INDEX', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
                " AND tablename IN :tables AND indexname NOT IN"
                " (SELECT conname FROM pg_constraint)"
            ).bindparams(_tables()),
            {"tables": TABLES},
        ).all()

    def _count_up(self):
        """PostgreSQL's counters go on after the rows that were numbered by us."""
        if self.sqlite:
            return
        for table in (*TABLES, "data_key", "checkout"):
            self.connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                    f" (SELECT coalesce(max(id), 1) FROM {table}))"
                )
            )

    def _look_over(self):
        """Let the planner know what is there, as PostgreSQL does by itself in time."""
        if self.sqlite:
            return
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _tables():
    return bindparam("tables", expanding=True)
