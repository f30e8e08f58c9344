"""Every rule the sandbox claims of Stripe says how we know it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BEHAVIOUR = Path(__file__).parents[2] / "donations" / "sandbox" / "BEHAVIOUR.md"
SOURCES = ("types", "docs /", "fixture", "recorded", "assumed", "the sandbox's own")


def rows():
    """The rule and the source of every row of every table."""
    for line in BEHAVIOUR.read_text().splitlines():
        if line.startswith("|") and not re.match(r"\|[-| ]+\|$", line):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if cells[:1] != ["Rule"]:
                yield cells


ROWS = list(rows())


def test_there_are_rules():
    assert len(ROWS) > 100


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: cells[0][:60])
def test_a_rule_has_a_source(cells):
    assert len(cells) == 2, cells
    rule, source = cells
    assert rule
    assert source.startswith(SOURCES), source


@pytest.mark.parametrize("cells", ROWS, ids=lambda cells: cells[0][:60])
def test_what_stripe_documents_says_where(cells):
    assert not re.search(r"\bdocs\b(?! /)", cells[-1]), cells[-1]


def test_no_rule_stands_twice():
    rules = [cells[0] for cells in ROWS]
    assert sorted(rules) == sorted(set(rules))
