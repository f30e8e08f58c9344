from __future__ import annotations

import zipfile
from datetime import date

import pytest
from tests_support.months import AFTER, OCTOBER, october

from donations.closing.models import ClosedMonth
from donations.commands import closing as command
from donations.kernel.database import begin_write
from donations.staff.accounts import add_member


@pytest.fixture
def books(app, session, settings, master):
    for login, role in (("olga", "finance"), ("anna", "accountant")):
        begin_write(session)
        add_member(
            session, master, login=login, password="correct horse battery", role=role, now=AFTER
        )
        session.commit()
    return october(session, settings.newsroom)


def test_a_month_closes_and_its_pack_proves_itself(app, books, session, tmp_path, capsys):
    assert command.run_close(app, OCTOBER, "olga", "") == 0
    digest = session.get(ClosedMonth, OCTOBER.first_day).pack_sha256
    assert f"SHA-256 of the pack's manifest: {digest}" in capsys.readouterr().out
    file = tmp_path / "pack.zip"
    assert command.run_pack(app, OCTOBER, file, None) == 0
    assert digest in capsys.readouterr().out
    assert command.run_pack(app, OCTOBER, None, file) == 0
    assert "to the byte" in capsys.readouterr().out


def test_a_file_that_was_changed_is_named(app, books, tmp_path, capsys):
    command.run_close(app, OCTOBER, "olga", "")
    file, other = tmp_path / "pack.zip", tmp_path / "other.zip"
    command.run_pack(app, OCTOBER, file, None)
    with zipfile.ZipFile(file) as read, zipfile.ZipFile(other, "w") as written:
        for name in read.namelist():
            written.writestr(name, read.read(name) + (b" " if name == "proofs.csv" else b""))
    assert command.run_pack(app, OCTOBER, None, other) == 1
    assert "proofs.csv was changed since the pack was made" in capsys.readouterr().out


def test_what_is_open_is_told(app, books, session, capsys):
    name = books.batch(date(2026, 10, 9))
    assert command.run_close(app, OCTOBER, "olga", "") == 1
    assert f"batches: blocked ({name})" in capsys.readouterr().out
    assert session.get(ClosedMonth, OCTOBER.first_day) is None


@pytest.mark.parametrize("login", ["anna", "nobody"])
def test_only_an_account_that_may_close_can_be_named(app, books, login):
    with pytest.raises(command.Refused, match="may close"):
        command.run_close(app, OCTOBER, login, "")


def test_an_open_month_has_no_pack(app, books, tmp_path):
    with pytest.raises(command.Refused, match="is not closed"):
        command.run_pack(app, OCTOBER, tmp_path / "pack.zip", None)
    assert not (tmp_path / "pack.zip").exists()


def test_what_is_no_month_is_refused():
    with pytest.raises(command.Refused):
        command.month_named("october")
