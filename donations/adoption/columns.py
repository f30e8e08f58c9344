"""Which column of another program's export is what, as data; `--map` names others.

GiveWP: the headings of `Give_Export_Donations_CSV` in github.com/impress-org/givewp, and older
ones.  Patreon: the headings of its members' export, old and new.  Donorbox's are as its users
write of them, and were not seen in a file of its own: the dry run shows what was recognised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from donations.kernel.errors import FieldRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIELDS: Final = (
    *("id", "email", "name", "first_name", "last_name", "amount", "currency"),
    *("date", "time", "status", "mode", "plan"),
)
"""What we read of a line; nothing else of it is ever kept."""

NEEDED: Final = ("email", "amount", "date")
PAID: Final = frozenset(
    {"complete", "completed", "publish", "renewal", "give_subscription", "paid", "succeeded"}
)
UNPAID: Final = frozenset(
    (
        *("pending", "processing", "refunded", "revoked", "failed", "cancelled", "canceled"),
        *("abandoned", "preapproval", "preapproved", "declined", "disputed", "trash"),
    )
)
RHYTHMS: Final = {
    **dict.fromkeys(("", "once", "one-time", "one time", "single", "no", "none"), "once"),
    **dict.fromkeys(("monthly", "month", "every month"), "monthly"),
    **dict.fromkeys(("annual", "annually", "yearly", "year", "every year"), "annual"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """An export of a program: its headings by field, the likelier first.

    `sums` when a line tells all that somebody ever gave, and no single gift; `in_utc` when its
    times are, else they are the newsroom's own.
    """

    headings: Mapping[str, tuple[str, ...]]
    sums: bool = False
    in_utc: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How one file is read: the column of each field, and what the file does not say itself."""

    source: str
    columns: Mapping[str, int]
    currency: str = ""
    dates: str = ""
    paid: frozenset[str] = field(default=PAID)

    def kept(self) -> dict[str, object]:
        """As it stands in the batch, to know whether a file is read in the same way again."""
        return {
            "columns": dict(self.columns),
            "currency": self.currency,
            "dates": self.dates,
            "paid": sorted(self.paid - PAID),
        }


SOURCES: Final[Mapping[str, Source]] = {
    "givewp": Source(
        {
            "id": ("Donation ID", "ID"),
            "email": ("Email Address", "Email", "Donor Email"),
            "name": ("Donor Name", "Name"),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "amount": ("Donation Total", "Donation Amount", "Amount", "Total"),
            "currency": ("Currency Code", "Currency"),
            "date": ("Donation Date", "Payment Date", "Date"),
            "time": ("Donation Time", "Payment Time", "Time"),
            "status": ("Donation Status", "Payment Status", "Status"),
            "mode": ("Payment Mode", "Mode"),
        }
    ),
    "donorbox": Source(
        {
            "id": ("Donation ID", "Id"),
            "email": ("Donor Email", "Email"),
            "name": ("Name", "Donor Name", "Donor"),
            "first_name": ("First Name", "Donor's First Name"),
            "last_name": ("Last Name", "Donor's Last Name"),
            "amount": ("Amount", "Donation Amount"),
            "currency": ("Currency",),
            "date": ("Donated At", "Donation Date", "Date"),
            "status": ("Status", "Donation Status"),
            "plan": ("Recurring Plan", "Recurring", "Donation Type"),
        }
    ),
    "patreon": Source(
        {
            "id": ("User ID",),
            "email": ("Email",),
            "name": ("Name",),
            "first_name": ("FirstName",),
            "last_name": ("LastName",),
            "amount": ("Lifetime Amount", "Lifetime $", "Lifetime"),
            "currency": ("Currency",),
            "date": ("Last Charge Date", "Patronage Since Date"),
            "plan": ("Charge Frequency",),
        },
        sums=True,
        in_utc=True,
    ),
    "other": Source({name: (name, name.replace("_", " ")) for name in FIELDS}),
}


def columns_of(source: str, heads: Sequence[str], mapped: Mapping[str, str]) -> dict[str, int]:
    """The column of every field the file has.

    Raises `FieldRefused` for a field we do not have, a column the file does not have, or a field
    without which a line tells nothing.
    """
    places = {head.strip().casefold(): at for at, head in reversed(list(enumerate(heads)))}
    found: dict[str, int] = {}
    for name, likely in SOURCES[source].headings.items():
        known = (places[each.casefold()] for each in likely if each.casefold() in places)
        if (at := next(known, None)) is not None:
            found[name] = at
    for name, theirs in mapped.items():
        if name not in FIELDS:
            raise FieldRefused(name, "no_field")
        if theirs.strip().casefold() not in places:
            raise FieldRefused(name, "no_column", theirs=theirs)
        found[name] = places[theirs.strip().casefold()]
    for name in NEEDED:
        if name not in found:
            raise FieldRefused(name, "missing")
    return found
