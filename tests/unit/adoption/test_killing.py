"""Killed for real, by the kernel: what was committed stays, and the rest follows."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select
from tests_support.past_exports import givewp

from donations.adoption.models import ImportBatch, PastGift
from donations.supporters.models import Supporter

LINES = 4_000
PROGRAM = """
import os, sys
from donations.app import create_app
from donations.commands.adopt import group
from donations.settings import read_settings
group(lambda: create_app(read_settings(os.environ)))(sys.argv[1:])
"""


def test_an_import_killed_amid_a_part_goes_on_and_brings_every_line_once(
    environment, session, sheet, rows
):
    path = sheet(
        *(givewp(n, f"reader{n % 900}@mail.example", f"Name{n % 900}") for n in range(LINES))
    )
    command = [sys.executable, "-c", PROGRAM, "csv", str(path), "--source", "givewp"]
    known = {**os.environ, **environment, "PYTHONPATH": str(Path(__file__).parents[3])}
    running = subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL)
    for _ in range(600):
        session.rollback()
        if (session.scalar(select(ImportBatch.cursor_line)) or 0) > 500:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    [batch] = rows(ImportBatch)
    assert batch.state == "running"
    assert 500 < batch.cursor_line < LINES
    assert len(rows(PastGift)) == batch.cursor_line - 1
    subprocess.run(command, env=known, stdout=subprocess.DEVNULL, check=True)
    assert len({gift.key for gift in rows(PastGift)}) == LINES
    assert len(rows(Supporter)) == 900
    assert [batch.state for batch in rows(ImportBatch)] == ["done"]
