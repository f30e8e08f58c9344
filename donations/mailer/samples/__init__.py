"""Every letter there is, with facts nobody ever had: to be looked at before anyone gets one.

One sample for each form a letter can take.  A template without a sample fails the tests.
"""

from __future__ import annotations

from typing import Final

from donations.kernel.errors import NotFound
from donations.mailer.samples import (
    account,
    books,
    gifting,
    memberships,
    newsletters,
    notices,
    payments,
    promos,
    reminders,
)
from donations.mailer.samples.sample import Sample

__all__ = ("SAMPLES", "Sample", "sample_named")

SAMPLES: Final = (
    *payments.SAMPLES,
    *notices.SAMPLES,
    *memberships.SAMPLES,
    *promos.SAMPLES,
    *reminders.SAMPLES,
    *newsletters.SAMPLES,
    *gifting.SAMPLES,
    *account.SAMPLES,
    *books.SAMPLES,
)


def sample_named(name: str) -> Sample:
    """The sample of a name.  Raises `NotFound`."""
    found = next((sample for sample in SAMPLES if sample.name == name), None)
    if found is None:
        raise NotFound
    return found
