"""Whom reminders in tests are for."""

from datetime import date

EMAIL = "later@reader.example"
JANUARY = date(2027, 1, 1)
